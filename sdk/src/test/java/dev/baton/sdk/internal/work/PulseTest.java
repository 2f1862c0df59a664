package dev.baton.sdk.internal.work;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class PulseTest {

  @Test
  void failureOfABeatOrATickIsNotTheLast() {
    var beats = new AtomicInteger();
    var ticks = new AtomicInteger();
    var pulse =
        new Pulse(Duration.ofMillis(60), () -> failOnce(beats, 1), () -> failOnce(ticks, 2));
    pulse.start();
    try {
      await().until(() -> beats.get() > 3 && ticks.get() > 3);
    } finally {
      pulse.close();
    }
  }

  private static void failOnce(AtomicInteger count, int when) {
    if (count.incrementAndGet() == when) {
      throw new LinkageError("only this time");
    }
  }
}
