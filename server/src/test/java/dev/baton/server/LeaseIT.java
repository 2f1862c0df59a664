package dev.baton.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.baton.testing.Client;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A worker that heartbeats in time keeps its task, whatever befalls the server. Longer with {@code
 * -Dlease.factor=7}: leases of 14 s, and absences of 4 and 28 s.
 */
@Tag("alone")
class LeaseIT {

  private static final int FACTOR = Integer.getInteger("lease.factor", 1);
  private static final long LEASE_MS = 2_000L * FACTOR;

  @TempDir Path folder;

  /** Heartbeats all the time, whether or not anybody listens. */
  private static final class Holder implements AutoCloseable {

    private final AtomicInteger port;
    private final Thread thread;
    private volatile boolean isOver;

    Holder(int port) {
      this.port = new AtomicInteger(port);
      try (var client = new Client(port)) {
        client.call(
            "promise.create",
            "{'id':'t','timeoutAt':99999999999999,'tags':{'resonate:target':'poll://any@g'}}");
        String acquire = "{'id':'t','version':0,'pid':'w','ttl':%d}".formatted(LEASE_MS);
        assertThat(client.call("task.acquire", acquire).status()).isEqualTo(200);
      }
      thread = Thread.ofVirtual().start(this::heartbeat);
    }

    private void heartbeat() {
      while (!isOver) {
        try (var client = new Client(port.get())) {
          client.call("task.heartbeat", "{'pid':'w','tasks':[{'id':'t','version':1}]}");
        } catch (UncheckedIOException e) {
          // Nobody is there: the next one may be heard.
        }
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(LEASE_MS / 3));
      }
    }

    void moveTo(int otherPort) {
      port.set(otherPort);
    }

    @Override
    public void close() {
      isOver = true;
      LockSupport.unpark(thread);
    }
  }

  private static void pass(long ms) {
    await()
        .pollDelay(Duration.ofMillis(ms))
        .atMost(Duration.ofMillis(ms + 60_000))
        .until(() -> true);
  }

  /** Another worker is there and has room all the time. */
  private static void keepsAndFulfils(int port) {
    try (var client = new Client(port);
        var other = client.open("/poll/g/other")) {
      assertThat(other.next(3 * LEASE_MS)).as("nothing is handed over").isNull();
      assertThat(client.call("task.get", "{'id':'t'}").data().toString())
          .contains("acquired", "\"version\":1", "\"pid\":\"w\"");
      String result =
          "{'id':'t','version':1,'action':{'kind':'promise.settle','head':{},'data':{'id':'t','state':'resolved','value':{}}}}";
      assertThat(client.call("task.fulfill", result).status()).isEqualTo(200);
    }
  }

  /** Shorter than a lease, and longer. */
  @ParameterizedTest
  @ValueSource(longs = {500, 4_000})
  void overAServerThatIsKilledAndComesBack(long awayMs) throws Exception {
    Path file = folder.resolve("killed.db");
    ServerProcess first = ServerProcess.start(file);
    try (Holder holder = new Holder(first.port())) {
      pass(LEASE_MS / 2);
      first.kill();
      first.waitFor(10, TimeUnit.SECONDS);
      pass(awayMs * FACTOR);
      ServerProcess second = ServerProcess.start(file);
      try {
        holder.moveTo(second.port());
        keepsAndFulfils(second.port());
      } finally {
        second.kill();
      }
    } finally {
      first.kill();
    }
  }

  /** For two leases; what came meanwhile waits in the sockets. */
  @Test
  void overAServerThatStandsStill() throws Exception {
    ServerProcess server = ServerProcess.start(folder.resolve("frozen.db"));
    try (Holder holder = new Holder(server.port())) {
      pass(LEASE_MS / 2);
      server.freeze(true);
      pass(2 * LEASE_MS);
      server.freeze(false);
      holder.moveTo(server.port());
      keepsAndFulfils(server.port());
    } finally {
      server.kill();
    }
  }

  /** Who has really gone is noticed, a lease later. */
  @Test
  void aTaskWhoseHolderDiedMeanwhileGoesToAnother() throws Exception {
    Path file = folder.resolve("both.db");
    ServerProcess first = ServerProcess.start(file);
    try (Holder holder = new Holder(first.port())) {
      holder.moveTo(1);
    } finally {
      first.kill();
      first.waitFor(10, TimeUnit.SECONDS);
    }
    ServerProcess second = ServerProcess.start(file);
    try (var client = new Client(second.port());
        var other = client.open("/poll/g/other")) {
      var event = other.next(30 * LEASE_MS);
      assertThat(event).as("a message").isNotNull();
      assertThat(client.call("task.get", "{'id':'t'}").data().toString()).contains("pending");
    } finally {
      second.kill();
    }
  }
}
