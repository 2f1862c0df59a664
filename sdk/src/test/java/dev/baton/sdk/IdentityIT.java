package dev.baton.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Several who were told the same pid: two containers of a pod, two clients of a process. */
@Timeout(60)
class IdentityIT {

  private final LiveServer server = LiveServer.inMemory();

  @AfterEach
  void stop() {
    server.close();
  }

  private List<String> pids() {
    return pids("workers");
  }

  private List<String> pids(String group) {
    return server
        .group(group)
        .path("workers")
        .valueStream()
        .map(w -> w.path("pid").asText())
        .toList();
  }

  @Test
  void clientsOfOnePidEachHearTheirResultsAtOnce() {
    try (var one = Resonate.connect(server.settings("pod-1"));
        var two = Resonate.connect(server.settings("pod-1"));
        var worker = server.worker("w1")) {
      worker.register("echo", (String text) -> text);
      for (var client : List.of(one, two)) {
        client.promises().create("warm-" + client.hashCode(), Duration.ofMinutes(1));
        assertThat(client.get("warm-" + client.hashCode(), String.class).isDone()).isFalse();
      }
      var first = one.with(Options.target("workers")).beginRpc("a", "echo", String.class, "one");
      var second = two.with(Options.target("workers")).beginRpc("b", "echo", String.class, "two");
      assertThat(first.isDone()).isFalse();
      assertThat(second.isDone()).isFalse();
      // Each has a channel of its own; neither takes that of the other.
      await().untilAsserted(() -> assertThat(pids("workers-clients")).hasSize(2));
      worker.start();
      // Far below the half minute after which a lost message is made up for.
      assertThat(first.result(Duration.ofSeconds(10))).isEqualTo("one");
      assertThat(second.result(Duration.ofSeconds(10))).isEqualTo("two");
    }
  }

  @Test
  void workerAndClientOfOnePidEachHearTheirOwn() {
    try (var worker = server.worker("pod-1");
        var client = Resonate.connect(server.settings("pod-1"))) {
      worker.register("echo", (Context context) -> context.pid()).start();
      assertThat(client.rpc("a", "echo", String.class)).isEqualTo("pod-1");
      assertThat(worker.rpc("b", "echo", String.class)).isEqualTo("pod-1");
      assertThat(pids()).containsExactly("pod-1");
    }
  }

  @Test
  void secondWorkerOfThisProcessGetsAPidOfItsOwn() {
    try (var one = server.worker("pod-1");
        var two = server.worker("pod-1")) {
      var met = new CountDownLatch(2);
      for (var worker : List.of(one, two)) {
        worker.register(
            "meet",
            (Context context) -> {
              met.countDown();
              met.await();
              return context.pid() + context.attempt();
            });
        worker.start();
      }
      await().untilAsserted(() -> assertThat(pids()).hasSize(2).contains("pod-1"));
      var client = one.with(Options.target("workers"));
      var first = client.beginRpc("a", "meet", String.class);
      var second = client.beginRpc("b", "meet", String.class);
      assertThat(List.of(first.result(), second.result()))
          .contains("pod-11")
          .anyMatch(pid -> pid.matches("pod-1~[0-9a-f]{8}1"));
    }
  }

  @Test
  void workerOfAnotherProcessTakesThePidAndTheEarlierGoesOnBesideIt() throws Exception {
    var runs = new AtomicInteger();
    var mayEnd = new CountDownLatch(1);
    try (var worker = server.worker("pod-1")) {
      worker.register(
          "work",
          (Context context) -> {
            if (context.id().equals("a")) {
              runs.incrementAndGet();
              mayEnd.await();
            }
            return context.pid();
          });
      worker.start();
      var client = worker.with(Options.target("workers"));
      worker.promises().create("reached", Duration.ofMinutes(1)); // What the process says there.
      var call = client.beginRpc("a", "work", String.class);
      await().untilAsserted(() -> assertThat(runs).hasValue(1));
      var process = ServingProcess.start(server.settings("pod-1"));
      try {
        await()
            .atMost(Duration.ofSeconds(40))
            .untilAsserted(
                () -> assertThat(pids()).hasSize(2).anyMatch(pid -> pid.startsWith("pod-1~")));
        assertThat(pids()).contains("pod-1");
        for (int i = 0; i < 20; i++) {
          JsonNode group = server.group();
          assertThat(group.path("connectedWorkers").asInt()).isEqualTo(2);
        }
      } finally {
        mayEnd.countDown();
        process.destroyForcibly().waitFor();
      }
      assertThat(call.result(Duration.ofSeconds(20))).startsWith("pod-1");
    }
  }
}
