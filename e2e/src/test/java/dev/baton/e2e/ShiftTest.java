package dev.baton.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.e2e.Shift.Span;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ShiftTest {
  private static final List<String> BOTH = List.of("a", "b");

  @Test
  void aHandFreeForTheNextCallIsNotIdle() {
    assertThat(idle(span("a", 0, 2), span("b", 0, 3), span("a", 2, 4))).isZero();
  }

  @Test
  void timeBetweenTwoCallsIsIdle() {
    assertThat(idle(span("a", 0, 2), span("b", 0, 5), span("a", 3, 4)))
        .isEqualTo(Duration.ofSeconds(1));
  }

  @Test
  void aWorkerThatGetsNothingWhileAnotherHasAQueueIsIdle() {
    assertThat(idle(span("a", 0, 2), span("a", 2, 4), span("a", 4, 6)))
        .isEqualTo(Duration.ofSeconds(2));
  }

  @Test
  void timeBeforeEachCouldHaveACallDoesNotCount() {
    assertThat(idle(span("a", 0, 4), span("b", 3, 5), span("a", 4, 6))).isZero();
  }

  @Test
  void timeAfterTheLastStartDoesNotCount() {
    assertThat(idle(span("a", 0, 1), span("b", 0, 9))).isZero();
  }

  @Test
  void theLogGivesTheSpans() {
    var lines =
        Stream.of(
                "2026-01-01T00:00:00.000Z a started c1 cost 2 attempt 1",
                "2026-01-01T00:00:00.500Z b started c2 cost 1 attempt 1",
                "2026-01-01T00:00:01.500Z b finished c2 cost 1 attempt 1",
                "2026-01-01T00:00:02.000Z a finished c1 cost 2 attempt 1")
            .flatMap(line -> WorkerLine.parse(line).stream())
            .toList();
    assertThat(Shift.of(lines).busy())
        .containsEntry("a", Duration.ofSeconds(2))
        .containsEntry("b", Duration.ofSeconds(1));
  }

  private static Duration idle(Span... spans) {
    return new Shift(List.of(spans)).longestIdleWhileACallWaits(BOTH);
  }

  private static Span span(String worker, long fromSecond, long toSecond) {
    return new Span(worker, Instant.ofEpochSecond(fromSecond), Instant.ofEpochSecond(toSecond));
  }
}
