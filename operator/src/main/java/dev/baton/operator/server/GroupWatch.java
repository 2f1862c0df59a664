package dev.baton.operator.server;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/** Follows one group until it is closed. One virtual thread owns it and tells what it sees. */
final class GroupWatch implements AutoCloseable {

  private final GroupsApi api;
  private final GroupAddress address;
  private final WatchTimings timings;
  private final Runnable changed;
  private final Thread owner;
  private volatile Sighting latest = new Sighting.NotYet();
  private volatile boolean closed;

  GroupWatch(GroupsApi api, GroupAddress address, WatchTimings timings, Runnable changed) {
    this.api = api;
    this.address = address;
    this.timings = timings;
    this.changed = changed;
    this.owner = Thread.ofVirtual().name("group-watch " + address.group()).unstarted(this::run);
  }

  void start() {
    owner.start();
  }

  GroupAddress address() {
    return address;
  }

  Sighting latest() {
    return latest;
  }

  /** Takes figures that came by another way. */
  void publish(Sighting sighting) {
    if (!closed && !sighting.equals(latest)) {
      latest = sighting;
      changed.run();
    }
  }

  @Override
  public void close() {
    closed = true;
    owner.interrupt();
  }

  private void run() {
    int failures = 0;
    try {
      while (!closed) {
        try {
          Thread.sleep(follow());
          failures = 0;
        } catch (ServerUnavailableException e) {
          failures = latest instanceof Sighting.Unseen ? failures + 1 : 1;
          publish(new Sighting.Unseen(e.kind(), e.text()));
          Thread.sleep(jittered(timings.retryAfter(failures)));
        }
      }
    } catch (InterruptedException e) {
      // Closed.
    }
  }

  /** Follows one answer to its end; returns how long to wait before the next. */
  private Duration follow() throws InterruptedException {
    try (GroupStream stream = api.follow(address)) {
      while (true) {
        switch (stream.next(timings.silence())) {
          case GroupStream.Item.Figures(GroupFigures figures) ->
              publish(new Sighting.Seen(figures));
          case GroupStream.Item.KeepAlive _ -> {}
          case GroupStream.Item.Silence _ -> publish(new Sighting.Seen(api.figures(address)));
          case GroupStream.Item.Failure(ServerUnavailableException cause) -> throw cause;
          case GroupStream.Item.End _ -> {
            return stream.isLive() ? timings.firstRetry() : timings.look();
          }
        }
      }
    }
  }

  /** Half to all of it, so that many watches do not come back at once. */
  private static Duration jittered(Duration pause) {
    return pause.multipliedBy(ThreadLocalRandom.current().nextInt(50, 101)).dividedBy(100);
  }
}
