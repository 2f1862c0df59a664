package dev.baton.server.dispatch;

import java.util.Comparator;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/** The dispatcher's own timers. A timer whose reason is gone fires void: its owner checks. */
final class Timers {

  /** What a timer is for. */
  sealed interface Timer {
    /** The offer has not been acquired, or may be made again now. */
    record OfferDue(Offer offer, long stamp) implements Timer {}

    /** Workers had this long to come back to a backlog. */
    record GatheringOver(Group group, Gathering gathering) implements Timer {}

    /** A message whose post failed may be posted again. */
    record PostDue(Unblocks.Unblock unblock) implements Timer {}

    /** The worker had this long to come back. */
    record GraceOver(String group, String pid, String reach, long lostAt) implements Timer {}
  }

  private record Entry(long at, long number, Timer timer) {}

  private final PriorityQueue<Entry> queue =
      new PriorityQueue<>(Comparator.comparingLong(Entry::at).thenComparingLong(Entry::number));
  private long counter;

  /** How far all of them have been moved. */
  private long movedMs;

  void add(long at, Timer timer) {
    queue.add(new Entry(at - movedMs, counter++, timer));
  }

  /** All fire so much later; earlier, if it is negative. */
  void move(long byMs) {
    movedMs += byMs;
  }

  /** Takes the next timer that is due, or null. */
  @Nullable Timer poll(long now) {
    Entry first = queue.peek();
    if (first == null || first.at() + movedMs > now) {
      return null;
    }
    queue.remove();
    return first.timer();
  }

  /** When the next timer is due; {@code Long.MAX_VALUE} if there is none. */
  long nextDueAt() {
    Entry first = queue.peek();
    return first == null ? Long.MAX_VALUE : first.at() + movedMs;
  }

  void clear() {
    queue.clear();
  }
}
