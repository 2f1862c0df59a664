package dev.baton.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.baton.testing.Client;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk without room, and then with: nothing acknowledged is lost, and no restart is needed. */
class FullDiskIT {

  private static final String FAR = "99999999999999";

  @TempDir Path folder;

  private static boolean runs(String... command) throws InterruptedException {
    try {
      return new ProcessBuilder(command).inheritIO().start().waitFor() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  private static int create(Client client, String id, int size) {
    String data = "{'id':'%s','timeoutAt':%s,'param':{'data':'%s'}}";
    return client.call("promise.create", data.formatted(id, FAR, "x".repeat(size))).status();
  }

  private static int status(Client client, String path) {
    return client.send("GET", path, null).status();
  }

  /** Creates promises until one is refused; answers the ids of the others. */
  private static List<String> fill(Client client) {
    List<String> acknowledged = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      if (create(client, "a" + i, 50_000) != 200) {
        return acknowledged;
      }
      acknowledged.add("a" + i);
    }
    throw new AssertionError("there is no end of the disk");
  }

  private static void checkThere(Client client, List<String> ids) {
    for (String id : ids) {
      var answer = client.call("promise.get", "{'id':'%s'}".formatted(id));
      assertThat(answer.status()).as(id).isEqualTo(200);
      assertThat(answer.data().at("/promise/param/data").asText()).hasSize(50_000);
    }
  }

  private static void checkRecovery(Client client) {
    long roomAt = System.nanoTime();
    await()
        .pollInterval(Duration.ofMillis(50))
        .atMost(Duration.ofSeconds(30))
        .until(() -> create(client, "later", 50_000) == 200);
    System.out.printf(
        "saves again %d ms after there is room%n",
        TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - roomAt));
    assertThat(status(client, "/ready")).isEqualTo(200);
    assertThat(create(client, "last", 10)).isEqualTo(200);
  }

  /** The limit of a process on the size of files stands for a disk: it needs no rights. */
  @Test
  void aServerWhoseFilesMayNotGrowSavesAgainWhenTheyMay() throws Exception {
    assumeTrue(runs("prlimit", "--version"), "no prlimit here to let files grow again");
    Path file = folder.resolve("limited.db");
    ServerProcess process =
        ServerProcess.start(
            List.of("bash", "-c", "ulimit -S -f 2048; exec \"$@\"", "limited"), file, List.of());
    try (Client client = new Client(process.port())) {
      List<String> acknowledged = fill(client);
      assertThat(acknowledged).hasSizeGreaterThan(10);
      assertThat(status(client, "/health")).isEqualTo(200);
      checkThere(client, acknowledged);
      assertThat(runs("prlimit", "--pid", "" + process.pid(), "--fsize=unlimited:")).isTrue();
      checkRecovery(client);
      process.kill();
      process.waitFor(30, TimeUnit.SECONDS);
      ServerProcess next = ServerProcess.start(file);
      try (Client after = new Client(next.port())) {
        checkThere(after, acknowledged);
        checkThere(after, List.of("later"));
      } finally {
        next.kill();
      }
    } finally {
      process.kill();
    }
  }

  @Test
  void aServerOnAFullDiskIsNotReadyUntilThereIsRoom() throws Exception {
    Path disk = Files.createDirectory(folder.resolve("disk"));
    String place = disk.toString();
    assumeTrue(
        runs("mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", place),
        "no right to mount a small disk here");
    try {
      try (BatonServer server = Servers.start(Servers.sqlite(disk.resolve("baton.db")));
          Client client = new Client(server.port())) {
        List<String> acknowledged = fill(client);
        assertThat(acknowledged).hasSizeGreaterThan(5);
        fillUp(disk);
        await().until(() -> create(client, "b", 10) != 200);
        for (int i = 0; i < 20; i++) {
          assertThat(status(client, "/ready")).as("while others read").isEqualTo(503);
          checkThere(client, acknowledged.subList(0, 1));
        }
        assertThat(create(client, "c", 10)).isEqualTo(503);
        assertThat(status(client, "/health")).isEqualTo(200);
        assertThat(runs("mount", "-o", "remount,size=32m", place)).isTrue();
        checkRecovery(client);
        checkThere(client, acknowledged);
      }
    } finally {
      assertThat(runs("umount", place)).isTrue();
    }
  }

  /** Takes what room there is. */
  private static void fillUp(Path disk) throws IOException {
    long room = Files.getFileStore(disk).getUsableSpace();
    if (room > 0) {
      Files.write(disk.resolve("filler"), new byte[(int) room]);
    }
  }
}
