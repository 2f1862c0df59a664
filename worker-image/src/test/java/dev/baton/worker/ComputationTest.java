package dev.baton.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.baton.worker.Computation.Attempt;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ComputationTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

  private final ByteArrayOutputStream log = new ByteArrayOutputStream();
  private final Computation computation =
      new Computation(
          Duration.ofMillis(1),
          InstantSource.fixed(NOW),
          new PrintStream(log, true, StandardCharsets.UTF_8));

  @AfterEach
  void clearInterrupt() {
    Thread.interrupted();
  }

  @Test
  void theResultTellsWhoDidIt() throws InterruptedException {
    var now = NOW.toEpochMilli();
    assertThat(computation.perform(new Attempt("w1", "c1", 2, 3)))
        .isEqualTo(new Computed("c1", 2, "w1", 3, now, now));
  }

  @Test
  void eachStartAndEachEndIsALineWithWorkerCallCostAndAttempt() throws InterruptedException {
    computation.perform(new Attempt("w1", "c1", 2, 3));
    assertThat(log.toString(StandardCharsets.UTF_8))
        .isEqualToNormalizingNewlines(
            """
            2026-01-02T03:04:05.000Z w1 started c1 cost 2 attempt 3
            2026-01-02T03:04:05.000Z w1 finished c1 cost 2 attempt 3
            """);
  }

  @Test
  void anInterruptAbandonsTheCall() {
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> computation.perform(new Attempt("w1", "c1", 60_000, 1)))
        .isInstanceOf(InterruptedException.class);
    assertThat(log.toString(StandardCharsets.UTF_8))
        .contains("w1 abandoned c1 cost 60000 attempt 1")
        .doesNotContain("finished");
  }

  @Test
  void aCallTakesItsCostInUnits() throws InterruptedException {
    var twentyMs = new Computation(Duration.ofMillis(20), InstantSource.system(), System.out);
    var computed = twentyMs.perform(new Attempt("w1", "c1", 3, 1));
    assertThat(computed.endedAt() - computed.startedAt()).isBetween(59L, 2000L);
  }

  @Test
  void aNegativeCostIsRefused() {
    assertThatThrownBy(() -> new Attempt("w1", "c1", -1, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("computeCost must not be negative, but is -1");
  }
}
