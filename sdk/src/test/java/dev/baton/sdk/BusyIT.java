package dev.baton.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Functions that compute without a pause, on a machine of one processor. */
@Timeout(120)
class BusyIT {

  private final LiveServer server = LiveServer.inMemory();
  private final Resonate client = server.client();

  @AfterEach
  void stop() {
    client.close();
    server.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"virtual", "platform"})
  void longComputationUnderAShortLeaseIsDoneOnce(String threads) {
    var process =
        ServingProcess.start(
            server.settings("busy").withLeaseTtl(Duration.ofSeconds(2)),
            List.of("-XX:ActiveProcessorCount=1"),
            Map.of("RESONATE_THREADS", threads, "RESONATE_SLOTS", "2"));
    try {
      var toWorkers = client.with(Options.target("workers"));
      var first = toWorkers.beginRpc("a", "compute", String.class, 7_000L);
      var second = toWorkers.beginRpc("b", "compute", String.class, 7_000L);
      assertThat(first.result(Duration.ofSeconds(50))).isEqualTo("busy 1 true");
      assertThat(second.result(Duration.ofSeconds(50))).isEqualTo("busy 1 true");
      // Heartbeats held the leases all the time; else they would be offered, and taken, again.
      assertThat(server.version("a")).isEqualTo(1);
      assertThat(server.version("b")).isEqualTo(1);
    } finally {
      process.destroyForcibly();
    }
  }

  /** Takes over a minute: {@code -Dbaton.long=true}. */
  @Test
  @EnabledIfSystemProperty(named = "baton.long", matches = "true")
  void minuteOfComputationUnderTheDefaultLeaseIsOneAttempt() {
    var process =
        ServingProcess.start(
            server.settings("busy").withLeaseTtl(Duration.ofSeconds(15)),
            List.of("-XX:ActiveProcessorCount=1"),
            Map.of());
    try {
      var call =
          client.with(Options.target("workers")).beginRpc("a", "compute", String.class, 60_000L);
      assertThat(call.result(Duration.ofSeconds(110))).isEqualTo("busy 1 true");
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void finiteNumberOfTasksIsTakenByDefault() {
    try (var worker = Resonate.connect(server.settings("w1"))) {
      worker.register("wait", (Context context) -> context.promise(String.class).id());
      worker.start();
      await()
          .untilAsserted(() ->
              assertThat(server.group().at("/workers/0/slots").asInt())
                  .isEqualTo(Settings.DEFAULT_SLOTS));
    }
  }
}
