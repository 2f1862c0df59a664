package dev.baton.server.fuzz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.baton.server.ServerProcess;
import dev.baton.testing.Client;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real server with a heap of 128 MB among clients who want all of it, beside a caller and a
 * worker who want nothing special: it lives, those two are served, and memory comes back. {@code
 * -Dbaton.hostile-seconds=120} goes on for longer.
 */
@Tag("alone")
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class HostileIT {

  private static final int SECONDS = Integer.getInteger("baton.hostile-seconds", 20);

  /** Heap, buffers outside of it, code, threads and SQLite's cache. */
  private static final long RESIDENT_MOST = 512L << 20;

  private static final List<String> SMALL =
      List.of("-Xmx128m", "-XX:+UseCompactObjectHeaders", "-XX:+ExitOnOutOfMemoryError");

  @TempDir Path folder;

  @Test
  void aServerOf128MegabytesOutlivesThoseWhoWantAllOfIt() throws Exception {
    ServerProcess server = ServerProcess.start(folder.resolve("baton.db"), SMALL);
    try (Ordinary ordinary = new Ordinary(server.port())) {
      Attackers attackers = new Attackers(server.port());
      attackers.prepare();
      ordinary.call("before");
      long before = heapUsed(server);
      List<Long> durations = new ArrayList<>();
      try (attackers) {
        attackers.begin();
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        for (int i = 0; System.nanoTime() < end; i++) {
          durations.add(ordinary.call("during-" + i).toMillis());
        }
      }
      Collections.sort(durations);
      System.out.printf(
          "Hostile %d s: %d calls, median %d ms, longest %d ms; resident at most %d MB; %s%n",
          SECONDS,
          durations.size(),
          durations.get(durations.size() / 2),
          durations.getLast(),
          residentMost(server) >> 20,
          attackers);
      assertThat(durations.getLast()).as("ms").isLessThan(20_000);
      assertThat(residentMost(server)).isLessThan(RESIDENT_MOST);
      assertThat(ordinary.call("after")).isLessThan(Duration.ofSeconds(5));
      await("memory comes back")
          .atMost(Duration.ofSeconds(60))
          .pollInterval(Duration.ofSeconds(1))
          .until(() -> heapUsed(server) < before + (24 << 20));
    } finally {
      server.kill();
    }
  }

  /** Calls, and does what it calls. Like any client it comes again when it is told to. */
  private static final class Ordinary implements AutoCloseable {
    private final Client client;
    private final Client.Stream stream;

    Ordinary(int port) {
      client = new Client(port);
      stream = client.open("/poll/workers/w");
    }

    private Client.Answer ask(String kind, String data) {
      Client.Answer answer = client.call(kind, data);
      while (answer.status() == 503 || answer.status() == 429) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100)); // As Retry-After asks, sooner.
        answer = client.call(kind, data);
      }
      return answer;
    }

    Duration call(String id) {
      long began = System.nanoTime();
      assertThat(
              ask(
                      "promise.create",
                      "{'id':'%s','timeoutAt':99999999999999,'param':{'data':'p'},'tags':{'resonate:target':'poll://any@workers'}}"
                          .formatted(id))
                  .status())
          .isEqualTo(200);
      JsonNode task = null;
      while (task == null) {
        JsonNode event =
            Objects.requireNonNull(stream.next(30_000), "the offer of " + id + " did not come");
        JsonNode offered = event.path("data").path("task");
        task = offered.path("id").asText().equals(id) ? offered : null;
      }
      long version = task.path("version").asLong();
      assertThat(
              ask(
                      "task.acquire",
                      "{'id':'%s','version':%d,'pid':'w','ttl':60000}".formatted(id, version))
                  .status())
          .isEqualTo(200);
      assertThat(
              ask(
                      "task.fulfill",
                      "{'id':'%s','version':%d,'action':{'kind':'promise.settle','head':{'corrId':'c','version':'2026-04-01'},'data':{'id':'%s','state':'resolved','value':{'data':'r'}}}}"
                          .formatted(id, version + 1, id))
                  .status())
          .isEqualTo(200);
      assertThat(ask("promise.get", "{'id':'%s'}".formatted(id)).data().toString())
          .contains("resolved");
      return Duration.ofNanos(System.nanoTime() - began);
    }

    @Override
    public void close() {
      stream.close();
      client.close();
    }
  }

  private static long residentMost(ServerProcess server) throws IOException {
    Path status = Path.of("/proc/" + server.pid() + "/status");
    if (!Files.exists(status)) {
      return 0; // Not on this system.
    }
    Matcher most = Pattern.compile("VmHWM:\\s+(\\d+) kB").matcher(Files.readString(status));
    return most.find() ? Long.parseLong(most.group(1)) << 10 : 0;
  }

  /** The bytes of heap that are in use after a collection. */
  private static long heapUsed(ServerProcess server) throws IOException, InterruptedException {
    jcmd(server, "GC.run");
    Matcher used = Pattern.compile("used (\\d+)K \\[").matcher(jcmd(server, "GC.heap_info"));
    long sum = 0;
    while (used.find()) {
      sum += Long.parseLong(used.group(1)) << 10;
    }
    assertThat(sum).isPositive();
    return sum;
  }

  private static String jcmd(ServerProcess server, String command)
      throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                Long.toString(server.pid()),
                command)
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes());
    process.waitFor();
    return output;
  }
}
