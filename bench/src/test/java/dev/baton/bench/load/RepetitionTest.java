package dev.baton.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.bench.ceiling.EchoServer;
import io.vertx.core.Vertx;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class RepetitionTest {

  private static final int COUNT = 5;
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  @Test
  void pausesBeforeEachRequestAndCountsNoPause() {
    Vertx vertx = Vertx.vertx();
    try (Loop loop = new Loop()) {
      Target target = Target.local(EchoServer.start(vertx));
      Template request = new Requests(target, "paced").createPromise();
      long started = System.nanoTime();
      Repetition load = Repetition.paced(loop, target, request, COUNT, PAUSE_NANOS);
      while (loop.call(load.samples()::size) < COUNT) {
        Thread.onSpinWait();
      }
      long took = System.nanoTime() - started;
      load.close();
      assertThat(took).isGreaterThanOrEqualTo(COUNT * PAUSE_NANOS);
      double inAnswersMs = COUNT * load.samples().meanMs();
      assertThat(inAnswersMs).isLessThanOrEqualTo((took - COUNT * PAUSE_NANOS) / 1e6);
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().join();
    }
  }
}
