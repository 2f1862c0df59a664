package dev.baton.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class UnderWayTest {

  /** Longer than the test may take. */
  private static final long LONG_MS = 600_000;

  private final UnderWay underWay = new UnderWay();

  @Test
  void theLastThatEndsSaysSo() {
    underWay.awaitNone(LONG_MS);
    assertThat(underWay.begin()).isEqualTo(1);
    assertThat(underWay.begin()).isEqualTo(2);
    CompletableFuture<Void> none =
        CompletableFuture.runAsync(() -> underWay.awaitNone(LONG_MS))
            .orTimeout(20, TimeUnit.SECONDS);
    underWay.end();
    assertThat(none).isNotDone();
    underWay.end();
    none.join();
  }

  @Test
  void itDoesNotWaitForEver() {
    underWay.begin();
    underWay.awaitNone(1);
  }
}
