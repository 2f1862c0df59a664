package dev.baton.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.baton.server.config.Key;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** What goes wrong between a process and its server, and what is seen of it. */
@Timeout(60)
class FaultsIT {

  private static final String FAR_TOO_LARGE = "x".repeat(3_000_000);

  @Test
  void resultThatTheServerDoesNotTakeFailsAtOnceAndForGood() {
    var runs = new AtomicInteger();
    var retried = Options.defaults().retry(RetryPolicy.constant(Duration.ofMillis(1), 5));
    try (var server = LiveServer.inMemory();
        var worker = server.worker("w1")) {
      worker.register(
          "flow",
          (Context context) -> {
            try {
              return context
                  .with(retried)
                  .run(
                      "large",
                      () -> {
                        runs.incrementAndGet();
                        return FAR_TOO_LARGE;
                      });
            } catch (RemoteException e) {
              context.run("on", () -> 1);
              return e.typeName() + ": " + e.remoteMessage();
            }
          });
      worker.register("large", () -> FAR_TOO_LARGE);
      worker.start();
      assertThat(worker.rpc("a", "flow", String.class))
          .startsWith(EncodingException.class.getName())
          .contains("the result of step a.1 'large' of call a cannot be stored")
          .contains("the request of 4000", "bytes is too large");
      assertThat(runs).hasValue(1);
      assertThat(worker.promises().get("a.1").state().toString()).isEqualTo("REJECTED");
      assertThatThrownBy(() -> worker.rpc("b", "large", String.class))
          .isInstanceOf(RemoteException.class)
          .hasMessageContaining("the result of call b cannot be stored");
    }
  }

  @Test
  void refusedTaskDoesNotKeepOthersFromTheOnlySlot() {
    try (var server = LiveServer.inMemory();
        var worker = Resonate.connect(server.settings("w1").withSlots(1));
        var client = server.client()) {
      worker.register("known", (Integer n) -> n).start();
      var toWorkers = client.with(Options.target("workers"));
      toWorkers.beginRpc("misspelt", "knwon", Integer.class, 1);
      for (int i = 0; i < 10; i++) {
        assertThat(
                toWorkers
                    .beginRpc("a" + i, "known", Integer.class, i)
                    .result(Duration.ofSeconds(10)))
            .isEqualTo(i);
      }
    }
  }

  @Test
  void absenceOfTheServerBeyondTheLeaseCostsNothing(@TempDir Path directory) throws Exception {
    var layers =
        LiveServer.layers()
            .set(Key.STORAGE_SQLITE_PATH, directory.resolve("baton.db").toString())
            .set(Key.HANDOVER_GRACE, "500");
    var runs = new AtomicInteger();
    var reached = new CountDownLatch(1);
    var mayEnd = new CountDownLatch(1);
    try (var server = LiveServer.start(layers);
        var wire = new Wire(server.port());
        var worker =
            Resonate.connect(
                server
                    .settings("w1")
                    .withUrl(wire.url())
                    .withLeaseTtl(Duration.ofSeconds(1))
                    .withDrainTimeout(Duration.ZERO));
        var client = server.client()) {
      worker.register(
          "work",
          (Context context) -> {
            runs.incrementAndGet();
            reached.countDown();
            mayEnd.await();
            return context.run("step", () -> "done");
          });
      worker.start();
      var call = client.with(Options.target("workers")).beginRpc("a", "work", String.class);
      reached.await();
      wire.cut();
      // Far beyond the lease and the grace: for the server the task is nobody's.
      await().untilAsserted(() -> assertThat(server.group().path("ready").asInt()).isEqualTo(1));
      mayEnd.countDown();
      wire.mend();
      assertThat(call.result(Duration.ofSeconds(20))).isEqualTo("done");
      assertThat(runs).hasValue(1);
    }
  }

  /** As when a gateway has no server behind it while that is replaced. */
  @Test
  void answersOfSomethingElseOnTheWayCostNoCall() throws Exception {
    var runs = new AtomicInteger();
    var reached = new CountDownLatch(1);
    var mayEnd = new CountDownLatch(1);
    try (var server = LiveServer.inMemory();
        var wire = new Wire(server.port());
        var worker =
            Resonate.connect(
                server.settings("w1").withUrl(wire.url()).withDrainTimeout(Duration.ZERO));
        var client = server.client()) {
      worker.register(
          "work",
          () -> {
            runs.incrementAndGet();
            reached.countDown();
            mayEnd.await();
            return "done";
          });
      worker.start();
      var call = client.with(Options.target("workers")).beginRpc("a", "work", String.class);
      reached.await();
      wire.leadAstray();
      mayEnd.countDown();
      await()
          .until(() -> wire.answeredBySomethingElse() >= 4); // The result, and who asks after it.
      wire.mend();
      assertThat(call.result(Duration.ofSeconds(20))).isEqualTo("done");
      assertThat(runs).hasValue(1);
    }
  }

  /** Takes over a minute: {@code -Dbaton.long=true}. */
  @Test
  @Timeout(150)
  @EnabledIfSystemProperty(named = "baton.long", matches = "true")
  void minuteWithoutTheServerAbortsNoCallAndRunsNoneTwice(@TempDir Path directory)
      throws Exception {
    int calls = 20;
    var layers =
        LiveServer.layers().set(Key.STORAGE_SQLITE_PATH, directory.resolve("baton.db").toString());
    var runs = new AtomicInteger();
    var interrupted = new AtomicInteger();
    var reached = new CountDownLatch(calls);
    var mayEnd = new CountDownLatch(1);
    try (var server = LiveServer.start(layers);
        var wire = new Wire(server.port());
        var worker = Resonate.connect(server.settings("w1").withUrl(wire.url()));
        var client = server.client()) {
      worker.register(
          "work",
          (Context context) -> {
            runs.incrementAndGet();
            reached.countDown();
            try {
              mayEnd.await();
            } catch (InterruptedException e) {
              interrupted.incrementAndGet();
              throw e;
            }
            return context.step("step", () -> "done") + context.attempt();
          });
      worker.start();
      var toWorkers = client.with(Options.target("workers"));
      var handles =
          IntStream.range(0, calls)
              .mapToObj(i -> toWorkers.beginRpc("a" + i, "work", String.class))
              .toList();
      reached.await();
      wire.cut();
      long cutAt = System.nanoTime();
      await()
          .atMost(Duration.ofSeconds(90))
          .until(() -> System.nanoTime() - cutAt > Duration.ofSeconds(60).toNanos());
      mayEnd.countDown();
      wire.mend();
      assertThat(handles)
          .allSatisfy(it -> assertThat(it.result(Duration.ofSeconds(30))).isEqualTo("done1"));
      assertThat(runs).hasValue(calls);
      assertThat(interrupted).hasValue(0);
    }
  }

  @Test
  void longestDrainTimeoutThereIsEndsWhenTheWorkDoes() {
    for (var longest :
        List.of(Duration.ofMillis(Long.MAX_VALUE), Duration.ofSeconds(Long.MAX_VALUE))) {
      try (var server = LiveServer.inMemory();
          var worker =
              Resonate.connect(
                  server
                      .settings("w1")
                      .withDrainTimeout(longest)
                      .withLeaseTtl(Duration.ofMinutes(1))
                      .withRequestTimeout(longest))) {
        worker.register("work", () -> "done").start();
        assertThat(
                worker
                    .with(Options.defaults().timeout(Duration.ofSeconds(Long.MAX_VALUE)))
                    .beginRpc("a", "work", String.class)
                    .result(longest))
            .isEqualTo("done");
      }
    }
  }

  @Test
  void refusedWorkerSaysSoAndEndsAfterAWhile() throws Exception {
    var stub = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    stub.createContext(
        "/",
        exchange -> {
          byte[] text = "Unauthorized: the token has expired".getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(401, text.length);
          exchange.getResponseBody().write(text);
          exchange.close();
        });
    stub.start();
    var settings =
        Settings.defaults()
            .withUrl(URI.create("http://127.0.0.1:" + stub.getAddress().getPort()))
            .withRefusalLimit(Duration.ofSeconds(1));
    try (var worker = Resonate.connect(settings)) {
      assertThat(worker.health().state()).isEqualTo(Health.State.IDLE);
      assertThatThrownBy(worker::serve)
          .isInstanceOfSatisfying(ServerException.class, e -> assertThat(e.status()).isEqualTo(401))
          .hasMessageContaining("the token has expired");
      assertThat(worker.health().state()).isEqualTo(Health.State.CLOSED);
    }
    try (var worker = Resonate.connect(settings)) {
      worker.start();
      await().until(() -> worker.health().state() == Health.State.REFUSED);
      assertThat(worker.health().problem()).contains("401", "the token has expired");
      assertThat(worker.health().isUp()).isFalse();
    } finally {
      stub.stop(0);
    }
  }

  @Test
  void healthFollowsTheConnection() {
    try (var server = LiveServer.inMemory();
        var wire = new Wire(server.port());
        var worker = Resonate.connect(server.settings("w1").withUrl(wire.url()))) {
      worker.start();
      await().until(() -> worker.health().state() == Health.State.CONNECTED);
      assertThat(worker.health().isUp()).isTrue();
      wire.cut();
      await().until(() -> worker.health().state() == Health.State.CONNECTING);
      wire.mend();
      await().until(() -> worker.health().state() == Health.State.CONNECTED);
    }
  }

  @Test
  void hostMayHaveAnUnderscoreInItsName(@TempDir Path directory) throws Exception {
    var hosts = Files.writeString(directory.resolve("hosts"), "127.0.0.1 my_resonate_server\n");
    try (var server = LiveServer.inMemory()) {
      var settings =
          server
              .settings("w1")
              .withUrl(URI.create("http://my_resonate_server:" + server.port() + "/"));
      var process =
          ServingProcess.start(settings, List.of("-Djdk.net.hosts.file=" + hosts), Map.of());
      try (var client = server.client()) {
        assertThat(
                client
                    .with(Options.target("workers"))
                    .beginRpc("a", "compute", String.class, 1L)
                    .result(Duration.ofSeconds(40)))
            .startsWith("w1");
        process.destroy();
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
      } finally {
        process.destroyForcibly();
      }
    }
    assertThatThrownBy(() -> Settings.defaults().withUrl(URI.create("https://my_server:1")))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
