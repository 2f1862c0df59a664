package dev.baton.server.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WatchdogTest {

  private long steps;
  private boolean isWorkWaiting;
  private long nanos;

  private final Watchdog watchdog =
      new Watchdog(
          new Watchdog.Watched() {
            @Override
            public long steps() {
              return steps;
            }

            @Override
            public boolean isWorkWaiting() {
              return isWorkWaiting;
            }

            @Override
            public StackTraceElement[] whereabouts() {
              return Thread.currentThread().getStackTrace();
            }
          },
          Duration.ofSeconds(10));

  @AfterEach
  void close() {
    watchdog.close();
  }

  /** Looks once a second. */
  private boolean isStuckAfter(int seconds) {
    for (int i = 0; i < seconds; i++) {
      nanos += Duration.ofSeconds(1).toNanos();
      watchdog.look(nanos);
    }
    return watchdog.isStuck();
  }

  @Test
  void anEngineThatStandsStillWhileWorkWaitsIsStuckUntilItGoesOn() {
    assertThat(isStuckAfter(5)).isFalse();
    isWorkWaiting = true;
    assertThat(isStuckAfter(9)).isFalse();
    assertThat(isStuckAfter(1)).isTrue();
    steps++;
    assertThat(isStuckAfter(1)).isFalse();
  }

  @Test
  void anIdleEngineIsNotStuckHoweverLong() {
    assertThat(isStuckAfter(100)).isFalse();
    isWorkWaiting = true;
    assertThat(isStuckAfter(1)).as("something has only just come").isFalse();
  }

  @Test
  void aBusyEngineIsNotStuck() {
    isWorkWaiting = true;
    for (int i = 0; i < 100; i++) {
      steps++;
      assertThat(isStuckAfter(5)).isFalse();
    }
  }

  @Test
  void aPauseOfTheWholeProcessIsNotTheEnginesFault() {
    isWorkWaiting = true;
    isStuckAfter(2);
    nanos += Duration.ofHours(1).toNanos();
    watchdog.look(nanos);
    assertThat(watchdog.isStuck()).isFalse();
  }
}
