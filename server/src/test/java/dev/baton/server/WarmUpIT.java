package dev.baton.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.baton.server.config.Key;
import dev.baton.server.config.Layers;
import dev.baton.server.config.ServerConfig;
import dev.baton.server.warmup.WarmUp;
import dev.baton.testing.Client;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

@Timeout(90)
class WarmUpIT {

  @TempDir private Path folder;
  private final CountDownLatch over = new CountDownLatch(1);

  private static BatonServer startWarm(Layers layers) {
    return BatonServer.startWarm(
        ServerConfig.of(layers),
        _ -> {
          throw new IllegalStateException("the old interface is not asked for");
        });
  }

  private static int ready(Client client) {
    return client.send("GET", "/ready", null).status();
  }

  @Test
  void practiceLeavesNothingBehindAndNobodySeesIt() throws IOException {
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    log.start();
    Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    root.addAppender(log);
    Layers layers = Servers.sqlite(folder.resolve("real.db")).set(Key.SERVER_WARM_UP, "60000");
    try (BatonServer server = startWarm(layers);
        Client client = new Client(server.port())) {
      await().atMost(Duration.ofSeconds(60)).until(() -> ready(client) == 200);
      assertThat(client.send("GET", "/groups", null).body().path("groups")).isEmpty();
      assertThat(client.call("promise.search", "{}").data().path("promises")).isEmpty();
    } finally {
      root.detachAppender(log);
    }
    assertThat(log.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .noneMatch(message -> message.contains("practice") || message.contains("Worker "))
        .filteredOn(message -> message.contains("Baton serves"))
        .hasSize(1);
    // At once, unless the machine is so busy that nobody waits for it.
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(() -> {
          assertThat(practiceFolders()).isEmpty();
          assertThat(Thread.getAllStackTraces().keySet())
              .noneMatch(thread -> thread.getName().equals("warm-up"));
        });
  }

  private static List<Path> practiceFolders() throws IOException {
    Path memory = Path.of("/dev/shm");
    Path parent =
        Files.isDirectory(memory) ? memory : Path.of(System.getProperty("java.io.tmpdir"));
    try (Stream<Path> files = Files.list(parent)) {
      return files
          .filter(file -> file.getFileName().toString().startsWith(ownFolders()))
          .sorted()
          .toList();
    }
  }

  /** Other servers of this machine practise, too. */
  private static String ownFolders() {
    return "baton-practice-" + ProcessHandle.current().pid() + "-";
  }

  @Test
  void whatAKilledServerLeftOfItsPracticeIsRemoved() throws Exception {
    Path memory = Path.of("/dev/shm");
    assumeTrue(Files.isDirectory(memory), "the machine has files in memory");
    Process over = new ProcessBuilder("true").start();
    over.waitFor();
    Path left = Files.createDirectory(memory.resolve("baton-practice-" + over.pid() + "-1"));
    Files.writeString(left.resolve("practice.db"), "left");
    Path inUse = Files.createTempDirectory(memory, ownFolders());
    try (BatonServer _ = startWarm(Servers.sqlite(folder.resolve("real.db")))) {
      await().atMost(Duration.ofSeconds(30)).until(() -> !Files.exists(left));
      assertThat(inUse).exists();
    } finally {
      Files.delete(inUse);
    }
  }

  @Test
  void whoIsUsedAlreadyDoesNotWaitForPractice() {
    var requests = new AtomicLong();
    try (WarmUp warmUp = WarmUp.begin(this::hangs, Duration.ofMinutes(10))) {
      warmUp.standBackFor(requests::get);
      assertThat(warmUp.isEnough()).isFalse();
      requests.set(1);
      assertThat(warmUp.isEnough()).isTrue();
      over.countDown();
    }
  }

  @Test
  void practiceThatCannotBeginOrTakesTooLongKeepsNobodyFromStarting() {
    try (WarmUp failed =
            WarmUp.begin(
                () -> {
                  throw new IOException("no port");
                },
                Duration.ofMinutes(10));
        WarmUp slow = WarmUp.begin(this::hangs, Duration.ofMillis(50))) {
      await().until(failed::isEnough);
      await().until(slow::isEnough);
      over.countDown();
    }
  }

  @Test
  void aServerThatHasAnsweredThousandsPractisesNoMore() {
    var ended = new CountDownLatch(1);
    var requests = new AtomicLong(100_000); // And more at each look.
    try (BatonServer throwaway = Servers.start(Servers.memory());
        WarmUp warmUp =
            WarmUp.begin(() -> ground(throwaway.port(), ended), Duration.ofMinutes(10))) {
      warmUp.standBackFor(requests::incrementAndGet);
      await().until(() -> ended.getCount() == 0);
    }
  }

  @Test
  void practiceThatIsAwaitedStandsBackForNobody() throws InterruptedException {
    var looks = new AtomicLong();
    try (BatonServer throwaway = Servers.start(Servers.memory());
        WarmUp warmUp =
            WarmUp.begin(
                () -> ground(throwaway.port(), new CountDownLatch(1)), Duration.ofMinutes(10))) {
      warmUp.standBackFor(() -> looks.incrementAndGet() % 1_000); // It is used all the time.
      await().until(() -> looks.get() > 3);
      assertThat(warmUp.awaitEnough(60_000)).isTrue();
    }
  }

  private static WarmUp.Ground ground(int port, CountDownLatch ended) {
    return new WarmUp.Ground() {
      @Override
      public int port() {
        return port;
      }

      @Override
      public void close() {
        ended.countDown();
      }
    };
  }

  private WarmUp.Ground hangs() throws IOException {
    try {
      over.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw new IOException("the test is over");
  }

  @Test
  void aServerThatLogsEveryRequestDoesNotPractise() {
    try (BatonServer server =
            startWarm(Servers.memory().set(Key.LEVEL, "debug").set(Key.SERVER_WARM_UP, "60000"));
        Client client = new Client(server.port())) {
      assertThat(ready(client)).isEqualTo(200);
    }
  }
}
