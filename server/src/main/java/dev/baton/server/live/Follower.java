package dev.baton.server.live;

import dev.baton.server.auth.Access;
import dev.baton.server.dispatch.GroupSnapshot;
import dev.baton.server.dispatch.GroupView;
import dev.baton.server.record.Event;
import dev.baton.server.record.SealedPlaces;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Somebody who looks at a view, and what has been sent to them; of the thread of the board. */
final class Follower {

  /** The largest instants of the protocol times this are numbers still. */
  private static final long NUMBERS_A_MS = 1_000;

  /** So many lanes are seen by who has not said which. */
  private static final int FIRST_LANES = 50;

  final View view;
  final Access access;

  /** What its stream is called. */
  final String stream;

  /** Where a stream before this one ended: the first event that was missed; 0 if there is none. */
  private long missedFrom;

  /** Why what was missed is not remembered; null if it may be. */
  private @Nullable String gap;

  /** The first event that has not been sent; 0 before the first snapshot. */
  private long next;

  /** The number that the last event was told under. */
  private long told;

  private boolean isBusy;
  private boolean areLanesNew;
  private @Nullable Set<String> lanes;
  private @Nullable Set<String> firstLanes;

  /** What was sent of each group, of who looks at all. */
  final Map<String, GroupSnapshot> sent = new HashMap<>();

  /** Workers beside the lanes whose change has not been sent. */
  final Set<String> unsent = new LinkedHashSet<>();

  long unsentSince;

  Follower(View view, Access access, String stream) {
    this.view = view;
    this.access = access;
    this.stream = stream;
  }

  /** It goes on where another stream ended. */
  void resume(SealedPlaces.Place place) {
    missedFrom = place.next();
    told = place.told();
  }

  /** It would go on with something that is gone. */
  void gap(String reason) {
    gap = reason;
  }

  /** From now on it sees these workers. */
  void see(Set<String> pids) {
    lanes = pids;
    areLanesNew = true;
  }

  /**
   * Something could not be sent: it is shown everything anew, and told that something is lost.
   *
   * @param from the first event that was not sent
   */
  void fellBehind(String reason, long from) {
    gap = reason;
    missedFrom = from;
    next = 0;
  }

  boolean hasBegun() {
    return next > 0;
  }

  long next() {
    return next;
  }

  long missedFrom() {
    return missedFrom;
  }

  @Nullable String gap() {
    return gap;
  }

  void sentTo(long next) {
    this.next = next;
    missedFrom = 0;
    gap = null;
  }

  boolean isBusy() {
    return isBusy;
  }

  /** Whether what it is shown of a group begins anew; it does then. */
  boolean turnsBusy(boolean isBusyNow) {
    boolean isNew = isBusyNow != isBusy || (isBusyNow && areLanesNew);
    isBusy = isBusyNow;
    areLanesNew = false;
    return isNew;
  }

  /**
   * The workers whose lanes it sees; null for all. Who has not said which sees all of a few, and
   * else those that were first when it was last shown everything.
   */
  @Nullable Set<String> lanes() {
    return lanes == null ? firstLanes : lanes;
  }

  /** Whether it sees every lane, and is owed the state of none from when it did not. */
  boolean seesAllLanes() {
    return lanes() == null && unsent.isEmpty();
  }

  /** Looks which lanes it sees now. */
  void chooseLanes(GroupView group) {
    List<GroupView.WorkerView> workers = group.workers();
    boolean isFew = workers.size() <= FIRST_LANES;
    if (isFew == (firstLanes == null)) {
      return;
    }
    areLanesNew |= lanes == null;
    firstLanes = null;
    if (!isFew) {
      firstLanes = new LinkedHashSet<>();
      for (GroupView.WorkerView worker : workers.subList(0, FIRST_LANES)) {
        firstLanes.add(worker.pid());
      }
    }
  }

  /**
   * Events as it is told of them. Who does not see everything is not told how many others there
   * were: the numbers are made of the instants then, and rise.
   *
   * @param after the number of the last one before them
   */
  List<Event> numbered(List<Event> events, long after) {
    if (access.seesAll()) {
      return events;
    }
    List<Event> numbered = new ArrayList<>(events.size());
    long last = after;
    for (Event event : events) {
      last = Math.max(last + 1, event.at() * NUMBERS_A_MS);
      numbered.add(event.under(last));
    }
    told = Math.max(told, last);
    return numbered;
  }

  /** The number that it was told an event under last; 0 if it was told of none. */
  long told() {
    return told;
  }

  /** Whether an event is of its view and within its reach. */
  boolean wants(Event event) {
    return view.shows(event, access);
  }
}
