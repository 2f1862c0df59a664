package dev.baton.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.baton.server.BatonServer;
import dev.baton.server.config.Key;
import dev.baton.server.config.ServerConfig;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A server on a machine of its own, which is a network namespace here: its link is taken down, and
 * nothing says so. Needs root and the command ip of Linux.
 */
@Timeout(120)
class VanishedServerIT {

  private static final String NAMESPACE = "batonsdk" + ProcessHandle.current().pid() % 1_000;
  private static final String OUR_LINK = NAMESPACE + "a";
  private static final String ITS_LINK = NAMESPACE + "b";
  private static final String NET = "10.203.%d.".formatted(ProcessHandle.current().pid() % 250);
  private static final int PORT = 8001;
  private static final Settings SETTINGS =
      Settings.defaults().withUrl(URI.create("http://" + NET + "2:" + PORT)).withPid("w");

  @TempDir private static Path scratch;

  /** What runs in the namespace. */
  static final class Server {
    public static void main(String[] args) throws InterruptedException {
      var layers =
          LiveServer.layers()
              .set(Key.SERVER_BIND, args[0])
              .set(Key.SERVER_PORT, args[1])
              .set(Key.SERVER_HOST, args[0]);
      try (var _ = BatonServer.start(ServerConfig.of(layers))) {
        new CountDownLatch(1).await();
      }
    }
  }

  private Process server;

  @BeforeEach
  void start() throws IOException {
    assumeTrue(
        ip("netns add " + NAMESPACE)
            && ip("link add %s type veth peer name %s netns %s", OUR_LINK, ITS_LINK, NAMESPACE)
            && ip("addr add %s1/30 dev %s", NET, OUR_LINK)
            && ip("-n %s addr add %s2/30 dev %s", NAMESPACE, NET, ITS_LINK)
            && ip("-n %s link set %s up", NAMESPACE, ITS_LINK)
            && ip("link set %s up", OUR_LINK),
        "network namespaces cannot be made here");
    server =
        ChildProcess.startWithin(
            List.of("ip", "netns", "exec", NAMESPACE),
            Server.class,
            List.of(NET + "2", Integer.toString(PORT)));
  }

  @AfterEach
  void stop() throws IOException {
    if (server != null) {
      server.destroyForcibly();
    }
    ip("netns del " + NAMESPACE);
  }

  private static boolean ip(String format, Object... arguments) throws IOException {
    try {
      return new ProcessBuilder(("ip " + format.formatted(arguments)).split(" "))
              .redirectErrorStream(true)
              .redirectOutput(scratch.resolve("ip.log").toFile())
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false; // There is no such command.
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  @Test
  void vanishedServerIsNoticedWithinFiveSecondsAndFoundAgain() throws IOException {
    try (var resonate = Resonate.connect(SETTINGS)) {
      var mayEnd = new CountDownLatch(1);
      var begun = new CountDownLatch(1);
      resonate.register(
          "work",
          (Context context) -> {
            begun.countDown();
            mayEnd.await();
            return context.attempt();
          });
      resonate.start();
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> resonate.health().state() == Health.State.CONNECTED);
      var call = resonate.beginRpc("a", "work", Integer.class);
      await().until(() -> begun.getCount() == 0);

      // Its end of the link, so that nothing goes another way meanwhile.
      assertThat(ip("-n %s link set %s down", NAMESPACE, ITS_LINK)).isTrue();
      await()
          .atMost(Duration.ofMillis(5_500)) // With half a second for a busy machine.
          .until(() -> resonate.health().state() == Health.State.CONNECTING);
      mayEnd.countDown(); // What the function returns cannot be said yet.

      assertThat(ip("-n %s link set %s up", NAMESPACE, ITS_LINK)).isTrue();
      await()
          .atMost(Duration.ofSeconds(10)) // Seen within one; the kernel looks for the way again.
          .until(() -> resonate.health().state() == Health.State.CONNECTED);
      assertThat(call.result(Duration.ofSeconds(20))).isEqualTo(1);
    }
  }
}
