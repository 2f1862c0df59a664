package dev.baton.server.storage.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class DatabaseClockTest {

  private static final long HOUR = 3_600_000;

  private long wall = 1_000_000;
  private long nanos = 5_000_000;
  private final DatabaseClock clock = new DatabaseClock(() -> wall, () -> nanos);

  private void pass(long ms) {
    wall += ms;
    nanos += TimeUnit.MILLISECONDS.toNanos(ms);
  }

  private void measure(long said, long wayMs) {
    long before = clock.ticks();
    pass(wayMs);
    clock.measured(before, said, clock.ticks());
  }

  @Test
  void beforeItIsMeasuredItIsThisMachines() {
    assertThat(clock.now()).isEqualTo(1_000_000);
    pass(10);
    assertThat(clock.now()).isEqualTo(1_000_010);
    assertThat(clock.offsetMs()).isZero();
  }

  @Test
  void itIsTheDatabasesLessHalfTheWay() {
    measure(wall + HOUR, 10);
    assertThat(clock.now()).isEqualTo(wall + HOUR - 5);
    assertThat(clock.offsetMs()).isEqualTo(HOUR - 5);
  }

  /** What is due in an hour would else be due at once, until the next measurement. */
  @Test
  void aMachineWhoseClockIsSetMakesNothingDue() {
    measure(wall, 0);
    long now = clock.now();
    wall += HOUR;
    assertThat(clock.now()).isEqualTo(now);
    assertThat(clock.offsetMs()).isEqualTo(-HOUR);
    wall -= 2 * HOUR;
    pass(7);
    assertThat(clock.now()).isEqualTo(now + 7);
  }

  @Test
  void aDatabaseWhoseClockIsSetIsFollowedByWhatWasMeasured() {
    measure(wall, 0);
    measure(wall + HOUR, 0);
    assertThat(clock.now()).isEqualTo(wall + HOUR);
  }

  @Test
  void whatMayBeTheWayOfTheAnswerIsNoDifference() {
    measure(wall, 0);
    long now = clock.now();
    measure(now + 6, 20);
    assertThat(clock.now()).isEqualTo(now + 20);
  }
}
