package dev.baton.server.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ClockTest {

  private long wall = 1_000_000;
  private long nanos = 77;
  private final Clock clock = new Clock(() -> wall, () -> nanos);

  private void pass(long ms) {
    wall += ms;
    nanos += TimeUnit.MILLISECONDS.toNanos(ms);
  }

  @Test
  void timeThatPassesIsNoSetting() {
    assertThat(clock.now()).isEqualTo(1_000_000);
    pass(3_600_000);
    assertThat(clock.now()).isEqualTo(4_600_000);
    assertThat(clock.wasSet()).isFalse();
  }

  @Test
  void aClockThatIsSetIsFollowedAndSaysByHowMuch() {
    clock.now();
    pass(10);
    wall += 3_600_000;
    assertThat(clock.now()).isEqualTo(4_600_010);
    assertThat(clock.takeJumpMs()).isEqualTo(3_600_000);
    pass(10);
    wall -= 3_600_000;
    assertThat(clock.now()).isEqualTo(1_000_020);
    assertThat(clock.wasSet()).isTrue();
    assertThat(clock.takeJumpMs()).isEqualTo(-3_600_000);
    assertThat(clock.takeJumpMs()).isZero();
  }

  @Test
  void aSmallCorrectionIsWaitedOut() {
    clock.now();
    pass(1_000);
    wall -= 300;
    assertThat(clock.now()).isEqualTo(1_000_700);
    wall -= 100;
    assertThat(clock.now()).isEqualTo(1_000_700);
    pass(150);
    assertThat(clock.now()).isEqualTo(1_000_750);
    assertThat(clock.wasSet()).isFalse();
  }

  /** The process is stopped between the two looks, which must not look like a setting. */
  @Test
  void twoClocksThatAreReadFarApartAreReadAgain() {
    Queue<Long> times = new ArrayDeque<>(List.of(0L, 0L, 0L, 60_000_000_000L, 60_000_000_000L));
    long[] reads = {0};
    Clock interrupted =
        new Clock(
            () -> 1_000_000 + (reads[0] < 4 ? 0 : 60_000),
            () -> {
              reads[0]++;
              Long next = times.poll();
              return next == null ? 60_000_000_000L : next;
            });
    interrupted.now();
    assertThat(interrupted.now()).isEqualTo(1_060_000);
    assertThat(interrupted.wasSet()).isFalse();
  }
}
