package dev.baton.server.record;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.server.record.Event.Cause;
import dev.baton.server.record.Event.Kind;
import dev.baton.server.record.Event.State;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RingTest {

  private static void sent(Ring ring, String id) {
    ring.record(7, Kind.SENT, id, "g", "p", 3, null, State.SENT);
  }

  private static @Nullable List<String> ids(Ring ring, long from) {
    List<Event> events = ring.between(from, ring.next(), _ -> true);
    return events == null
        ? null
        : events.stream().map(event -> requireNonNull(event.id())).toList();
  }

  @Test
  void whatWasRecordedIsRead() {
    Ring ring = new Ring(4);
    ring.record(7, Kind.RETURNED, "a", "g", "p", 3, Cause.LEASE_OVER, State.READY);
    ring.record(8, Kind.LOST, null, "g", "p", Event.NO_VERSION, null, null);
    assertThat(ring.find(1))
        .isEqualTo(new Event(1, 7, Kind.RETURNED, "a", "g", "p", 3, Cause.LEASE_OVER, State.READY));
    assertThat(ring.find(2))
        .isEqualTo(new Event(2, 8, Kind.LOST, null, "g", "p", Event.NO_VERSION, null, null));
    assertThat(ring.find(0)).isNull();
    assertThat(ring.find(3)).isNull();
  }

  @Test
  void theOldestIsForgottenFirst() {
    for (int size : List.of(3, 1_024, 1_500)) {
      Ring ring = new Ring(size);
      for (int i = 1; i <= 2 * size + 1; i++) {
        sent(ring, "t" + i);
      }
      assertThat(ring.next()).isEqualTo(2 * size + 2);
      assertThat(ring.first()).isEqualTo(size + 2);
      assertThat(ids(ring, ring.first())).hasSize(size).startsWith("t" + (size + 2));
      assertThat(ids(ring, ring.first() - 1)).as("one is gone").isNull();
    }
  }

  @Test
  void theEventsOfSomeTasksAreFoundFromAnInstantOn() {
    Ring ring = new Ring(6);
    for (int i = 1; i <= 9; i++) {
      ring.record(i, Kind.SENT, "t" + i % 3, "g", "p", 3, null, State.SENT);
    }
    assertThat(ring.firstAt()).isEqualTo(4);
    assertThat(ring.ofTasks(Set.of("t1"), 0)).extracting(Event::at).containsExactly(4L, 7L);
    assertThat(ring.ofTasks(Set.of("t1", "t2"), 5))
        .extracting(Event::at)
        .containsExactly(5L, 7L, 8L);
    assertThat(ring.ofTasks(Set.of("t4"), 0)).isEmpty();
    ring.record(10, Kind.LOST, null, "g", "p", Event.NO_VERSION, null, null);
    assertThat(ring.ofTasks(Set.of("t0"), 0)).extracting(Event::at).containsExactly(6L, 9L);
    assertThat(new Ring(3).ofTasks(Set.of("t1"), 0)).isEmpty();
    assertThat(new Ring(3).firstAt()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void tasksWhoseIdsHaveTheSameHashAreToldApart() {
    Ring ring = new Ring(8);
    assertThat("Aa").hasSameHashCodeAs("BB");
    for (String id : List.of("Aa", "BB", "", "BB")) {
      sent(ring, id);
    }
    ring.record(10, Kind.LOST, null, "g", "p", Event.NO_VERSION, null, null);
    assertThat(ring.ofTasks(Set.of("BB"), 0)).extracting(Event::seq).containsExactly(2L, 4L);
    assertThat(ring.ofTasks(Set.of(""), 0)).extracting(Event::seq).containsExactly(3L);
  }

  @Test
  void longNamesAreForgottenSooner() {
    Ring ring = new Ring(100, 1_000);
    for (int i = 0; i < 10; i++) {
      sent(ring, "x".repeat(400));
    }
    assertThat(ids(ring, ring.first())).hasSize(2);
    sent(ring, "y".repeat(2_000));
    assertThat(ids(ring, ring.first())).as("one alone may be longer").hasSize(1);
    sent(ring, "z");
    assertThat(ids(ring, ring.first())).containsExactly("z");
  }

  @Test
  void whoeverFollowsNoticesThatAllWasCleared() {
    Ring ring = new Ring(4);
    sent(ring, "a");
    long next = ring.next();
    ring.cleared();
    assertThat(ids(ring, next)).isNull();
    sent(ring, "b");
    assertThat(ids(ring, ring.first())).containsExactly("b");
  }

  /** What is read while others are recorded is whole, or is said to be gone. */
  @Test
  void readersAreNotHeldUpAndNotDeceived() throws InterruptedException {
    Ring ring = new Ring(64);
    AtomicBoolean isOver = new AtomicBoolean();
    Thread writer =
        Thread.ofPlatform()
            .start(() -> {
              while (!isOver.get()) {
                long seq = ring.next();
                ring.record(
                    seq, Kind.SENT, Long.toString(seq), "g", "p" + seq, seq, null, State.SENT);
              }
            });
    int whole = 0;
    for (int i = 0; i < 200_000; i++) {
      long seq = Math.max(ring.first(), ring.next() - 1 - i % 64);
      Event event = ring.find(seq);
      if (event != null) {
        whole++;
        assertThat(event.at()).isEqualTo(seq);
        assertThat(event.version()).isEqualTo(seq);
        assertThat(event.id()).isEqualTo(Long.toString(seq));
        assertThat(event.pid()).isEqualTo("p" + seq);
      }
    }
    isOver.set(true);
    writer.join();
    assertThat(whole).isPositive();
  }
}
