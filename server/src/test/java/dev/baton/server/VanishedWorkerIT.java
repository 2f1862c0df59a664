package dev.baton.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.baton.server.config.Key;
import dev.baton.testing.Client;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A worker on a machine of its own, which is a network namespace here: its link is taken down, and
 * nothing says so. Needs root and the command ip of Linux.
 */
@Tag("alone")
@Timeout(120)
class VanishedWorkerIT {

  private static final String NAMESPACE = "baton" + ProcessHandle.current().pid() % 10_000;
  private static final String OUR_LINK = NAMESPACE + "a";
  private static final String ITS_LINK = NAMESPACE + "b";
  private static final String NET = "10.201.%d.".formatted(ProcessHandle.current().pid() % 250);

  @TempDir private static Path scratch;

  private static BatonServer server;
  private static Client client;
  private final List<Process> workers = new ArrayList<>();

  @BeforeAll
  static void start() throws IOException {
    assumeTrue(
        ip("netns add " + NAMESPACE)
            && ip("link add %s type veth peer name %s netns %s", OUR_LINK, ITS_LINK, NAMESPACE)
            && ip("addr add %s1/30 dev %s", NET, OUR_LINK)
            && ip("-n %s addr add %s2/30 dev %s", NAMESPACE, NET, ITS_LINK)
            && ip("-n %s link set %s up", NAMESPACE, ITS_LINK),
        "network namespaces cannot be made here");
    connect();
    server = Servers.start(Servers.memory().set(Key.SERVER_BIND, NET + "1"));
    client = Client.at("http://" + NET + "1:" + server.port());
  }

  @AfterAll
  static void stop() throws IOException {
    if (server != null) {
      client.close();
      server.close();
    }
    ip("netns del " + NAMESPACE);
  }

  @AfterEach
  void endWorkers() throws IOException {
    workers.forEach(Process::destroyForcibly);
    connect();
  }

  private static boolean ip(String format, Object... arguments) throws IOException {
    return succeeds(("ip " + format.formatted(arguments)).split(" "));
  }

  private static boolean succeeds(String... command) throws IOException {
    try {
      return new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(scratch.resolve("ip.log").toFile())
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false; // There is no such command.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  private static void connect() throws IOException {
    ip("link set %s up", OUR_LINK);
  }

  private static void vanish() throws IOException {
    assertThat(ip("link set %s down", OUR_LINK)).isTrue();
  }

  /** A worker on the other machine; what it hears goes to a file. */
  private Path worker(String group, String pid) throws IOException {
    Path heard = scratch.resolve(group + "-" + pid);
    workers.add(
        new ProcessBuilder(
                "ip",
                "netns",
                "exec",
                NAMESPACE,
                "curl",
                "-sN",
                "http://" + NET + "1:" + server.port() + "/poll/" + group + "/" + pid + "?slots=9")
            .redirectOutput(heard.toFile())
            .start());
    await().until(() -> connected(group) == 1);
    return heard;
  }

  private static int connected(String group) {
    return client.send("GET", "/groups/" + group, null).body().path("connectedWorkers").asInt();
  }

  private static void create(String id, String group, String param) {
    Client.Answer answer =
        client.call(
            "promise.create",
            "{'id':'%s','timeoutAt':99999999999999,'param':{'data':'%s'},'tags':{'resonate:target':'poll://any@%s'}}"
                .formatted(id, param, group));
    assertThat(answer.status()).isEqualTo(200);
  }

  /** A task that the worker on the other machine holds with a lease of a minute. */
  private void hold(String id, String group, String pid) throws IOException {
    Path heard = worker(group, pid);
    create(id, group, "");
    await().until(() -> Files.readString(heard).contains("\"id\":\"" + id + "\""));
    acquire(id, pid);
  }

  private static void acquire(String id, String pid) {
    Client.Answer answer =
        client.call(
            "task.acquire", "{'id':'%s','version':0,'pid':'%s','ttl':60000}".formatted(id, pid));
    assertThat(answer.status()).isEqualTo(200);
  }

  @Test
  void whatAVanishedMachineHeldGoesToASurvivorWithinFiveSeconds() throws IOException {
    hold("quiet", "g1", "w1");
    try (Client.Stream survivor = client.open("/poll/g1/w2")) {
      vanish();
      assertThat(survivor.next(5_000)).isNotNull().asString().contains("\"id\":\"quiet\"");
    }
  }

  @Test
  void soDoesWhatItHeldAndWhatItWasSentWhenSomethingWasUnderWay() throws IOException {
    hold("held", "g2", "w1");
    vanish();
    create("sent", "g2", ""); // Nobody else is there: it is written to the dead.
    try (Client.Stream survivor = client.open("/poll/g2/w2")) {
      List<String> taken = new ArrayList<>();
      await()
          .atMost(Duration.ofMillis(5_500))
          .untilAsserted(() -> {
            var event = survivor.next(100);
            if (event != null) {
              taken.add(event.path("data").path("task").path("id").asText());
            }
            assertThat(taken).contains("held", "sent");
          });
    }
  }

  @Test
  void aFrozenProcessIsWhatItsLeaseSays() throws IOException {
    hold("frozen", "g3", "w1");
    freeze();
    create("more", "g3", "x".repeat(100_000)); // Its kernel takes it.
    await()
        .during(Duration.ofSeconds(6))
        .atMost(Duration.ofSeconds(30))
        .until(() -> connected("g3") == 1 && isHeld("frozen", "w1"));
  }

  @Test
  void soIsOneThatHasNoRoomForWhatItIsSent() throws IOException {
    hold("full", "g4", "w1");
    freeze();
    for (int i = 0; i < 12; i++) { // Unblocks carry results; after some megabytes nothing fits.
      create("large" + i, "none", "x".repeat(1_000_000));
      client.call(
          "promise.register_listener",
          "{'awaited':'large%d','address':'poll://uni@g4/w1'}".formatted(i));
      client.call("promise.settle", "{'id':'large%d','state':'resolved'}".formatted(i));
    }
    await()
        .during(Duration.ofSeconds(6))
        .atMost(Duration.ofSeconds(30))
        .until(() -> connected("g4") == 1 && isHeld("full", "w1"));
  }

  private static boolean isHeld(String id, String pid) {
    return client
        .call("task.get", "{'id':'%s'}".formatted(id))
        .data()
        .path("task")
        .path("pid")
        .asText()
        .equals(pid);
  }

  /** Its machine lives on; "ip netns exec" becomes the worker's process. */
  private void freeze() throws IOException {
    assertThat(succeeds("kill", "-STOP", Long.toString(workers.getLast().pid()))).isTrue();
  }
}
