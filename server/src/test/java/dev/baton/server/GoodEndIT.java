package dev.baton.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.baton.testing.Client;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a server does between SIGTERM and its end. */
@Timeout(60)
class GoodEndIT {

  private static final long GRACE_MS = 3_000;
  private static final int CLIENTS = 8;

  @TempDir private Path folder;

  @Test
  void itSaysThatItIsNotReadyAndServesOnUntilTheGraceIsOver() throws Exception {
    ServerProcess server =
        ServerProcess.start(
            folder.resolve("baton.db"), List.of(), List.of("--server-ready-grace=" + GRACE_MS));
    try (Client client = new Client(server.port());
        Client.Stream worker = client.open("/poll/g/w")) {
      assertThat(status(client, "/ready")).isEqualTo(200);
      long asked = System.nanoTime();
      server.terminate();
      await().until(() -> status(client, "/ready") == 503);
      assertThat(status(client, "/health")).isEqualTo(200);
      assertThat(
              client
                  .call(
                      "promise.create",
                      "{'id':'late','timeoutAt':99999999999999,'tags':{'resonate:target':'poll://any@g'}}")
                  .status())
          .isEqualTo(200);
      assertThat(worker.nextTask()).isEqualTo("late");
      try (Client another = new Client(server.port());
          Client.Stream newcomer = another.open("/poll/g/w2")) {
        assertThat(newcomer.status()).isEqualTo(200);
        assertThat(worker.next(2 * GRACE_MS)).isNotNull().asString().contains("end");
        assertThat(newcomer.next(GRACE_MS)).isNotNull().asString().contains("end");
      }
      await().until(() -> isGone(client));
      assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - asked))
          .isGreaterThanOrEqualTo(GRACE_MS);
      assertThat(server.waitFor(20, TimeUnit.SECONDS)).isZero();
    } finally {
      server.kill();
    }
  }

  @Test
  void withoutAGraceItEndsAtOnce() throws Exception {
    ServerProcess server = ServerProcess.start(folder.resolve("baton.db"));
    try (Client client = new Client(server.port());
        Client.Stream worker = client.open("/poll/g/w")) {
      server.terminate();
      assertThat(worker.next(10_000)).isNotNull().asString().contains("end");
      await().until(() -> isGone(client));
      assertThat(server.waitFor(20, TimeUnit.SECONDS)).isZero();
    } finally {
      server.kill();
    }
  }

  /** What is answered with 503 is lost on SDKs that repeat only what nobody has answered. */
  @Test
  void whatComesTooLateGetsNoAnswerAndWhatWasAnsweredIsKept() throws Exception {
    Path store = folder.resolve("baton.db");
    Set<Integer> statuses = ConcurrentHashMap.newKeySet();
    Set<String> answered = ConcurrentHashMap.newKeySet();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      try (BatonServer server = Servers.start(Servers.sqlite(store))) {
        CountDownLatch underWay = new CountDownLatch(CLIENTS);
        for (int i = 0; i < CLIENTS; i++) {
          String prefix = "c" + i + "-";
          threads.execute(() -> {
            try (Client client = new Client(server.port())) {
              for (int n = 0; ; n++) {
                String id = prefix + n;
                int status = create(client, id);
                statuses.add(status);
                answered.add(id);
                underWay.countDown();
              }
            } catch (UncheckedIOException e) {
              underWay.countDown(); // The connection has ended.
            }
          });
        }
        underWay.await();
      }
    }
    assertThat(statuses).containsExactly(200);
    try (BatonServer server = Servers.start(Servers.sqlite(store));
        Client client = new Client(server.port())) {
      assertThat(answered)
          .allSatisfy(id ->
              assertThat(client.call("promise.get", "{'id':'%s'}".formatted(id)).status())
                  .isEqualTo(200));
    }
  }

  private static int create(Client client, String id) {
    return client
        .call("promise.create", "{'id':'%s','timeoutAt':99999999999999}".formatted(id))
        .status();
  }

  private static int status(Client client, String path) {
    return client.send("GET", path, null).status();
  }

  private static boolean isGone(Client client) {
    try {
      status(client, "/health");
      return false;
    } catch (UncheckedIOException e) {
      assertThat(e.getCause()).isInstanceOf(IOException.class);
      return true;
    }
  }
}
