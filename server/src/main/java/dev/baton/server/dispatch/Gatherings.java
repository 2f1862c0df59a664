package dev.baton.server.dispatch;

import java.util.function.Consumer;

/**
 * After a start, or when all workers of a group were away: lets those who come within a moment
 * share what waits for them, instead of giving it all to the first.
 */
final class Gatherings {

  /** So long after a start workers are thought to return. */
  private static final long AFTER_START_MS = 60_000;

  /** So long it is remembered how many workers there were. */
  private static final long MEMORY_MS = 600_000;

  /** Workers that leave within such a time leave together. */
  private static final long TOGETHER_MS = 60_000;

  private final Roster roster;
  private final Timers timers;
  private final Consumer<Group> changed;
  private boolean isStarted;
  private long startedAt = Long.MIN_VALUE / 2;

  /**
   * @param changed told of groups whose workers may get more
   */
  Gatherings(Roster roster, Timers timers, Consumer<Group> changed) {
    this.roster = roster;
    this.timers = timers;
    this.changed = changed;
  }

  /** All that was unfinished has been shown. */
  void started(long now) {
    isStarted = true;
    startedAt = now;
  }

  /** A task was held when the server started. */
  void heldAtStart(Group group, String pid) {
    if (!isStarted) {
      group.holdersAtStart.add(pid);
    }
  }

  /** A worker has connected that was not. */
  void joined(Group group, long now) {
    if (group.connected == 1 && Gathering.isWorthwhile(group.waiting.forAnyone())) {
      begin(group, now);
    }
    Gathering gathering = group.gathering;
    if (gathering != null && gathering.joined(group.connected, now)) {
      end(group);
    }
  }

  private void begin(Group group, long now) {
    boolean isRemembered = now - group.lastLeftAt < MEMORY_MS;
    boolean isAfterStart = now - startedAt < AFTER_START_MS;
    int lately = isRemembered ? group.workersLately : 0;
    int expected = Math.max(lately, isAfterStart ? group.holdersAtStart.size() : 0);
    Gathering gathering =
        new Gathering(group.waiting.forAnyone(), expected, isRemembered || isAfterStart, now);
    group.gathering = gathering;
    group.workers.values().forEach(worker -> worker.takenOfBacklog = 0);
    timers.add(gathering.until, new Timers.Timer.GatheringOver(group, gathering));
  }

  /** It is time to look whether everybody has come. */
  void due(Group group, Gathering gathering, long now) {
    if (group.gathering != gathering) {
      return;
    }
    if (gathering.until > now) {
      timers.add(gathering.until, new Timers.Timer.GatheringOver(group, gathering));
    } else {
      end(group);
    }
  }

  /** What waited has been given away, or everybody is there. */
  void end(Group group) {
    group.gathering = null;
    group.holdersAtStart.clear();
    group.workers.values().forEach(roster::refresh);
    changed.accept(group);
  }

  /** A worker has left, and has no other connection. */
  void left(Group group, long now) {
    int before = group.connected + 1;
    boolean isTogether = now - group.lastLeftAt < TOGETHER_MS;
    group.workersLately = isTogether ? Math.max(group.workersLately, before) : before;
    group.lastLeftAt = now;
  }
}
