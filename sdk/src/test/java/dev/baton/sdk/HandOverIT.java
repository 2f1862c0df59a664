package dev.baton.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.baton.server.config.Key;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Workers that die, leave, or lose sight of the server. */
@Timeout(60)
class HandOverIT {

  /** After which the server ends the leases of a worker whose connection broke. */
  private static final Duration GRACE = Duration.ofSeconds(3);

  private LiveServer server;
  private Wire wire;
  private Resonate client;

  @BeforeEach
  void start(@TempDir Path directory) {
    server =
        LiveServer.start(
            LiveServer.layers()
                .set(Key.HANDOVER_GRACE, Long.toString(GRACE.toMillis()))
                .set(Key.STORAGE_SQLITE_PATH, directory.resolve("baton.db").toString()));
    wire = new Wire(server.port());
    client = server.client();
  }

  @AfterEach
  void stop() {
    wire.close();
    client.close();
    server.close();
  }

  /** A worker whose wire can be cut. */
  private Resonate wired(String pid) {
    return Resonate.connect(
        server.settings(pid).withUrl(wire.url()).withDrainTimeout(Duration.ZERO));
  }

  private Caller toWorkers() {
    return client.with(Options.target("workers"));
  }

  @Test
  void crashedWorkersCallIsTakenOverByReplay() throws Exception {
    var stepped = new AtomicInteger();
    var reached = new CountDownLatch(1);
    ConcurrentMap<String, Integer> starts = new ConcurrentHashMap<>();
    try (var dying = wired("dying");
        var survivor = server.worker("survivor")) {
      for (var worker : List.of(dying, survivor)) {
        worker.register(
            "flow",
            (Context context) -> {
              starts.merge(context.pid(), 1, Integer::sum);
              String step = context.run("step", () -> context.pid() + stepped.incrementAndGet());
              if (context.pid().equals("dying")) {
                reached.countDown();
                new Semaphore(0).acquire();
              }
              return step + " " + context.pid() + " " + context.attempt();
            });
      }
      dying.start();
      var call = toWorkers().beginRpc("a", "flow", String.class);
      reached.await();
      survivor.start();
      wire.cut();
      assertThat(call.result(Duration.ofSeconds(10))).isEqualTo("dying1 survivor 2");
      assertThat(starts).containsEntry("dying", 1).containsEntry("survivor", 1);
      assertThat(stepped).hasValue(1);
    }
  }

  @Test
  void closingWorkerGivesItsCallToAnotherAtOnce() throws Exception {
    var reached = new CountDownLatch(1);
    var survivor = server.worker("survivor");
    var leaving =
        Resonate.connect(server.settings("leaving").withDrainTimeout(Duration.ofMillis(50)));
    try (survivor) {
      for (var worker : List.of(leaving, survivor)) {
        worker.register(
            "work",
            (Context context) -> {
              if (context.pid().equals("leaving")) {
                reached.countDown();
                new Semaphore(0).acquire();
              }
              return context.pid();
            });
      }
      leaving.start();
      var call = toWorkers().beginRpc("a", "work", String.class);
      reached.await();
      survivor.start();
      await().until(() -> server.group().path("connectedWorkers").asInt() == 2);
      leaving.close();
      // Sooner than a broken connection alone would have ended the lease.
      assertThat(call.result(GRACE)).isEqualTo("survivor");
    }
  }

  @Test
  void closingWorkerFinishesWhatItCanAndTakesNoMore() throws Exception {
    var reached = new CountDownLatch(1);
    var mayEnd = new CountDownLatch(1);
    var leaving = server.worker("leaving");
    leaving.register(
        "work",
        (Context context) -> {
          reached.countDown();
          mayEnd.await();
          return context.pid() + context.attempt();
        });
    leaving.start();
    var call = toWorkers().beginRpc("a", "work", String.class);
    reached.await();
    var closing = Thread.ofVirtual().start(leaving::close);
    await().until(() -> server.group().at("/workers/0/draining").asBoolean());
    var next = toWorkers().beginRpc("b", "work", String.class);
    mayEnd.countDown();
    assertThat(call.result(Duration.ofSeconds(10))).isEqualTo("leaving1");
    closing.join();
    assertThat(next.isDone()).isFalse();
    assertThat(server.group().path("ready").asInt()).isEqualTo(1);
  }

  @Test
  void briefCutCostsNothing() throws Exception {
    var reached = new CountDownLatch(1);
    var mayEnd = new CountDownLatch(1);
    try (var worker = wired("w1")) {
      worker.register(
          "work",
          (Context context) -> {
            reached.countDown();
            mayEnd.await();
            return context.pid() + context.attempt();
          });
      worker.start();
      var call = toWorkers().beginRpc("a", "work", String.class);
      reached.await();
      wire.cut();
      wire.mend();
      await().until(() -> server.group().path("connectedWorkers").asInt() == 1);
      mayEnd.countDown();
      assertThat(call.result(Duration.ofSeconds(10))).isEqualTo("w11");
    }
  }

  @Test
  void workerThatWasDeclaredGoneStopsAndWritesNothing() throws Exception {
    var reached = new CountDownLatch(1);
    var stopped = new CountDownLatch(1);
    try (var slow = server.worker("slow");
        var survivor = server.worker("survivor")) {
      for (var worker : List.of(slow, survivor)) {
        worker.register(
            "work",
            (Context context) -> {
              if (context.pid().equals("slow") && context.attempt() == 1) {
                reached.countDown();
                try {
                  new Semaphore(0).acquire();
                } finally {
                  stopped.countDown();
                }
              }
              return context.run("who", context::pid) + context.attempt();
            });
      }
      slow.start();
      var call = toWorkers().beginRpc("a", "work", String.class);
      reached.await();
      survivor.start();
      await().until(() -> server.group().path("connectedWorkers").asInt() == 2);
      assertThat(server.gone("slow").path("leasesEnded").asInt()).isEqualTo(1);
      assertThat(call.result(Duration.ofSeconds(10))).endsWith("2");
      // Its connection was closed, it comes back, asks, and learns that it has lost its lease.
      stopped.await();
    }
  }

  @Test
  void everythingGoesOnAfterARestartOfTheServer(@TempDir Path directory) throws Exception {
    var layers =
        LiveServer.layers().set(Key.STORAGE_SQLITE_PATH, directory.resolve("r.db").toString());
    var before = LiveServer.start(layers);
    layers.set(Key.SERVER_PORT, Integer.toString(before.port()));
    var reached = new CountDownLatch(1);
    var mayEnd = new CountDownLatch(1);
    try (var worker = before.worker("w1");
        var caller = before.client()) {
      worker.register(
          "flow",
          (Context context) -> {
            String step = context.run("step", () -> "kept");
            reached.countDown();
            mayEnd.await();
            return step + " " + context.promise(String.class).result();
          });
      worker.start();
      var call = caller.with(Options.target("workers")).beginRpc("a", "flow", String.class);
      assertThat(call.isDone()).isFalse();
      reached.await();
      before.close();
      try (var after = LiveServer.start(layers)) {
        mayEnd.countDown();
        await().until(() -> after.group().path("suspended").asInt() == 1);
        caller.promises().resolve("a.2", "on");
        assertThat(call.result(Duration.ofSeconds(20))).isEqualTo("kept on");
      }
    }
  }
}
