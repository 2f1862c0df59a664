package dev.baton.sdk.micrometer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.baton.sdk.Context;
import dev.baton.sdk.RemoteException;
import dev.baton.sdk.Resonate;
import dev.baton.sdk.Settings;
import dev.baton.server.BatonServer;
import dev.baton.server.config.Layers;
import dev.baton.server.config.ServerConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is counted and timed, over a real server. */
@Timeout(60)
class SdkMetricsIT {

  private final BatonServer server = BatonServer.start(ServerConfig.of(Layers.inMemory()));
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final SdkMetrics metrics = SdkMetrics.of(registry);
  private final Resonate worker =
      metrics.watch(
          Resonate.connect(
              Settings.defaults()
                  .withUrl(URI.create(server.url()))
                  .withGroup("workers")
                  .withPid("w1")
                  .withSlots(3)
                  .withLeaseTtl(Duration.ofMillis(300))
                  .withInterceptor(metrics)));

  @AfterEach
  void stop() {
    worker.close();
    server.close();
  }

  private boolean isThere(String timer, String function, String outcome) {
    return registry
            .find("baton.sdk." + timer)
            .tags("function", function, "outcome", outcome)
            .timer()
        != null;
  }

  private long count(String timer, String function, String outcome) {
    return registry
        .get("baton.sdk." + timer)
        .tags("function", function, "outcome", outcome)
        .timer()
        .count();
  }

  @Test
  void callsAttemptsAndStepsAreTimedByOutcome() {
    worker.register(
        "leaf",
        (Integer n) -> {
          await().until(() -> isThere("attempts", "flow", "suspended")); // Else it need not be.
          return n + 1;
        });
    worker.register(
        "flow",
        (Context context) -> {
          int one = context.step("one", () -> 1);
          return context.rpc("leaf", Integer.class, one);
        });
    worker.register(
        "broken",
        () -> {
          throw new IllegalStateException("no");
        });
    worker.start();
    assertThat(worker.rpc("a", "flow", Integer.class)).isEqualTo(2);
    assertThatThrownBy(() -> worker.rpc("b", "broken", Void.class))
        .isInstanceOf(RemoteException.class);
    worker.close();
    assertThat(count("calls", "flow", "completed")).isEqualTo(1);
    assertThat(count("calls", "leaf", "completed")).isEqualTo(1);
    assertThat(count("attempts", "flow", "suspended")).isEqualTo(1);
    assertThat(count("attempts", "flow", "completed")).isEqualTo(1);
    assertThat(count("attempts", "broken", "failed")).isEqualTo(1);
    assertThat(count("steps", "flow", "completed")).isEqualTo(1);
    assertThat(
            registry
                .get("baton.sdk.attempts")
                .tags("function", "flow", "outcome", "completed")
                .timer()
                .totalTime(TimeUnit.NANOSECONDS))
        .isPositive();
  }

  private double gauge(String name) {
    return registry.get("baton.sdk." + name).tags("group", "workers", "pid", "w1").gauge().value();
  }

  @Test
  void connectionSlotsAndHeartbeatsAreShown() {
    assertThat(gauge("connected")).isZero();
    assertThat(gauge("slots.limit")).isEqualTo(3);
    var mayEnd = new Semaphore(0);
    worker.register(
        "work",
        () -> {
          mayEnd.acquire();
          return 1;
        });
    worker.start();
    var call = worker.beginRpc("a", "work", Integer.class);
    await().until(() -> gauge("connected") == 1 && gauge("slots.used") == 1);
    await()
        .until(() ->
            registry
                    .get("baton.sdk.heartbeats")
                    .tags("outcome", "answered")
                    .functionCounter()
                    .count()
                >= 2);
    assertThat(
            registry
                .get("baton.sdk.heartbeats")
                .tags("outcome", "failed")
                .functionCounter()
                .count())
        .isZero();
    mayEnd.release();
    assertThat(call.result()).isEqualTo(1);
    await().until(() -> gauge("slots.used") == 0);
  }
}
