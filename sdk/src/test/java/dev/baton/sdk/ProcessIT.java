package dev.baton.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.baton.server.config.Key;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Signals to a worker's process. */
@Timeout(60)
class ProcessIT {

  private static final Duration GRACE = Duration.ofSeconds(4);

  private final LiveServer server =
      LiveServer.start(
          LiveServer.layers().set(Key.HANDOVER_GRACE, Long.toString(GRACE.toMillis())));
  private final Resonate survivor = server.worker("survivor");
  private final Process process =
      ServingProcess.start(server.settings("child").withDrainTimeout(Duration.ofMillis(100)));
  private Handle<String> call;

  @BeforeEach
  void holdATask() {
    survivor.register("work", (Context context) -> context.pid() + context.attempt());
    survivor.promises().create("reached", Duration.ofMinutes(1));
    call = survivor.beginRpc("a", "work", String.class);
    survivor.get("reached", String.class).result(Duration.ofSeconds(40));
    survivor.start();
    await().until(() -> server.group().path("connectedWorkers").asInt() == 2);
  }

  @AfterEach
  void stop() {
    process.destroyForcibly();
    survivor.close();
    server.close();
  }

  @Test
  void terminatedProcessDrainsGivesBackAndEnds() throws Exception {
    process.destroy();
    assertThat(call.result(GRACE)).isEqualTo("survivor2");
    assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isZero();
  }

  @Test
  void killedProcessIsNoticedByItsConnection() {
    process.destroyForcibly();
    assertThat(call.result(GRACE.plusSeconds(3))).isEqualTo("survivor2");
  }
}
