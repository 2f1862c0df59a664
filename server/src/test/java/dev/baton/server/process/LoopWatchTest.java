package dev.baton.server.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LoopWatchTest {

  private long nanos;
  private final LoopWatch watch = new LoopWatch(() -> nanos);
  private final LoopWatch.Loop one = watch.watch();
  private final LoopWatch.Loop two = watch.watch();

  private void pass(long ms) {
    nanos += TimeUnit.MILLISECONDS.toNanos(ms);
  }

  private void beat() {
    one.beat();
    two.beat();
  }

  @Test
  void loopsThatGoRoundDoNotPause() {
    for (int i = 0; i < 100; i++) {
      pass(i % 2 == 0 ? LoopWatch.BEAT_MS : 2 * LoopWatch.BEAT_MS);
      beat();
      assertThat(watch.takePause()).isNull();
    }
  }

  /** Whoever looks first when the process goes on, the engine or a loop. */
  @Test
  void aPauseIsSeenByWhoLooksFirst() {
    pass(30_000);
    assertThat(watch.takePause()).isEqualTo(new LoopWatch.Pause(30_000, 0));
    pass(20);
    beat();
    assertThat(watch.takePause()).isEqualTo(new LoopWatch.Pause(20, 0));
    assertThat(watch.takePause()).isNull();
    pass(30_000);
    beat();
    pass(100);
    assertThat(watch.takePause()).isEqualTo(new LoopWatch.Pause(30_000, 100));
    assertThat(watch.takePause()).isNull();
  }

  @Test
  void aPauseOfSeveralLoopsIsOne() {
    pass(5_000);
    one.beat();
    pass(1_000);
    one.beat();
    two.beat();
    assertThat(watch.takePause()).isEqualTo(new LoopWatch.Pause(6_000, 0));
  }

  @Test
  void oneLoopThatIsHeldUpIsAPause() {
    for (int i = 0; i < 20; i++) {
      pass(LoopWatch.BEAT_MS);
      one.beat();
    }
    assertThat(watch.takePause()).isEqualTo(new LoopWatch.Pause(20 * LoopWatch.BEAT_MS, 0));
    two.beat();
    assertThat(watch.takePause()).isNull();
  }
}
