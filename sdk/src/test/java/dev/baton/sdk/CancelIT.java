package dev.baton.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.baton.protocol.PromiseRecord;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Calls that end before their functions do, over a real server. */
@Timeout(60)
class CancelIT {

  /** No heartbeat falls into a test: whatever is heard comes on the stream. */
  private static final Duration LONG_LEASE = Duration.ofMinutes(5);

  private final LiveServer server = LiveServer.inMemory();
  private final Resonate worker =
      Resonate.connect(server.settings("w1").withSlots(8).withLeaseTtl(LONG_LEASE));
  private final Resonate client = server.client();
  private final Caller toWorkers = client.with(Options.target("workers"));
  private final CountDownLatch begun = new CountDownLatch(1);
  private final CountDownLatch interrupted = new CountDownLatch(1);
  private final CountDownLatch never = new CountDownLatch(1);

  @AfterEach
  void close() {
    client.close();
    worker.close();
    server.close();
  }

  private String block() throws InterruptedException {
    begun.countDown();
    try {
      never.await();
      return "";
    } catch (InterruptedException e) {
      interrupted.countDown();
      throw e;
    }
  }

  private PromiseRecord.State state(String id) {
    return client.promises().get(id).state();
  }

  private void assertIdle() {
    await().until(() -> worker.health().running() == 0);
    await().until(() -> server.group().path("inFlight").asInt() == 0);
  }

  @Test
  void cancelledFunctionIsInterruptedAndItsSlotIsFree() throws Exception {
    worker.register("block", this::block);
    worker.start();
    Handle<String> handle = toWorkers.beginRpc("a", "block", String.class);
    begun.await();
    assertThat(handle.cancel()).isTrue();
    interrupted.await();
    assertThatThrownBy(handle::result).isInstanceOf(PromiseCanceledException.class);
    assertThat(handle.cancel()).isTrue();
    assertIdle();
  }

  @Test
  void whatIsOverCannotBeCancelled() {
    worker.register("quick", () -> "done");
    worker.start();
    Handle<String> handle = toWorkers.beginRpc("a", "quick", String.class);
    assertThat(handle.result()).isEqualTo("done");
    assertThat(handle.cancel()).isFalse();
    assertThatThrownBy(() -> client.get("nobody", String.class).cancel())
        .isInstanceOf(ServerException.class);
  }

  @Test
  void computingCodeIsToldThatItIsCancelled() throws Exception {
    var ended = new AtomicBoolean();
    worker.register(
        "compute",
        (Context context) -> {
          begun.countDown();
          while (!context.isCancelled()) {
            Thread.onSpinWait();
          }
          ended.set(true);
          return "";
        });
    worker.start();
    Handle<String> handle = toWorkers.beginRpc("a", "compute", String.class);
    begun.await();
    assertThat(ended).isFalse();
    handle.cancel();
    await().untilTrue(ended);
    assertIdle();
  }

  @Test
  void deadlineReachesTheFunction() throws Exception {
    worker.register("block", this::block);
    worker.start();
    Handle<String> handle =
        client
            .with(Options.target("workers").timeout(Duration.ofSeconds(2)))
            .beginRpc("a", "block", String.class);
    begun.await();
    interrupted.await();
    assertThatThrownBy(handle::result).isInstanceOf(PromiseTimeoutException.class);
    assertIdle();
  }

  @Test
  void endOfACallReachesAllThatItHasBegun() throws Exception {
    worker.register("block", this::block);
    worker.register("middle", (Context context) -> context.rpc("block", String.class));
    worker.register(
        "flow",
        (Context context) -> {
          context.promise(String.class);
          context.detached("block");
          context.beginSleep(Duration.ofHours(1));
          return context.rpc("middle", String.class); // suspended: no worker holds it
        });
    worker.start();
    Handle<String> handle = toWorkers.beginRpc("a", "flow", String.class);
    begun.await();
    await().until(() -> server.group().path("suspended").asInt() == 2);
    assertThat(handle.cancel()).isTrue();
    interrupted.await();
    assertThat(List.of("a", "a.1", "a.3", "a.4", "a.4.1"))
        .allSatisfy(id -> assertThat(state(id)).isEqualTo(PromiseRecord.State.REJECTED_CANCELED));
    // What is detached lives on.
    await().until(() -> server.group().path("inFlight").asInt() == 1);
  }

  @Test
  void endOfARunningCallReachesItsChildrenWhoeverEndedIt() throws Exception {
    worker.register("block", this::block);
    worker.register(
        "flow",
        (Context context) -> {
          context.beginRpc("block", String.class);
          never.await();
          return "";
        });
    worker.start();
    toWorkers.beginRpc("a", "flow", String.class);
    begun.await();
    client.promises().resolve("a", "somebody else's");
    interrupted.await();
    await().until(() -> state("a.1") == PromiseRecord.State.REJECTED_CANCELED);
    assertIdle();
  }

  @Test
  void functionCancelsWhatItHasBegun() throws Exception {
    var laps = new AtomicInteger();
    var stepped = new CountDownLatch(1);
    worker.register("block", this::block);
    worker.register(
        "flow",
        (Context context) -> {
          var child = context.beginRpc("block", String.class);
          var step =
              context.beginStep(
                  "step",
                  () -> {
                    laps.incrementAndGet();
                    stepped.countDown();
                    never.await();
                    return "";
                  });
          var timer = context.beginSleep(Duration.ofHours(1));
          stepped.await();
          begun.await();
          child.cancel();
          step.cancel();
          timer.cancel();
          String said = "";
          for (var cancelled : List.of(child, step, timer)) {
            try {
              cancelled.result();
            } catch (PromiseCanceledException e) {
              said += e.promiseId() + " ";
            }
          }
          context.sleep(Duration.ofMillis(10));
          return said;
        });
    worker.start();
    assertThat(client.with(Options.target("workers")).rpc("a", "flow", String.class))
        .isEqualTo("a.1 a.2 a.3 ");
    interrupted.await();
    assertThat(laps).hasValue(1);
    assertIdle();
  }

  @Test
  void cancellationReachesAWorkerProcessWithinASecond() throws Exception {
    var process =
        ServingProcess.start(
            server.settings("child").withLeaseTtl(LONG_LEASE), List.of(), Map.of());
    try {
      client.promises().create("reached", Duration.ofMinutes(1));
      client.promises().create("interrupted", Duration.ofMinutes(1));
      Handle<String> handle = toWorkers.beginRpc("a", "work", String.class);
      client.get("reached", String.class).result(Duration.ofSeconds(40));
      long at = System.currentTimeMillis();
      assertThat(handle.cancel()).isTrue();
      var told = client.get("interrupted", Long.class).result(Duration.ofSeconds(20));
      assertThat(told - at).isLessThan(1_000);
      await().until(() -> server.group().path("inFlight").asInt() == 0);
      await().until(() -> server.group().path("workers").path(0).path("load").asInt() == 0);
    } finally {
      process.destroyForcibly();
    }
  }
}
