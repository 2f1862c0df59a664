package dev.baton.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.baton.core.RuleSet;
import dev.baton.server.config.Key;
import dev.baton.server.storage.StorageException;
import dev.baton.server.storage.sqlite.SqliteRestore;
import dev.baton.server.storage.sqlite.SqliteStorage;
import dev.baton.testing.Client;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BackupIT {

  private static final String FAR = "99999999999999";

  @TempDir Path folder;

  private BatonServer open(String file) {
    return Servers.start(Servers.sqlite(folder.resolve(file)));
  }

  private static HttpResponse<Path> backup(int port, Path into) throws Exception {
    try (var http = HttpClient.newHttpClient()) {
      return http.send(
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/backup"))
              .POST(HttpRequest.BodyPublishers.noBody())
              .build(),
          HttpResponse.BodyHandlers.ofFile(into));
    }
  }

  /** Creates promises, and settles some, until told to stop; tells whatever was acknowledged. */
  private static void write(
      int port, int writer, AtomicBoolean isOver, List<String> acknowledged, AtomicInteger count) {
    try (var client = new Client(port)) {
      for (int i = 0; !isOver.get(); i++) {
        String id = "p-" + writer + "-" + i;
        String data =
            "{'id':'%s','timeoutAt':%s,'param':{'data':'%s'},'tags':{'resonate:target':'poll://any@g'}}"
                .formatted(id, FAR, "x".repeat(1_000));
        assertThat(client.call("promise.create", data).status()).isEqualTo(200);
        if (i % 2 == 0) {
          client.call("promise.settle", "{'id':'%s','state':'resolved'}".formatted(id));
        }
        acknowledged.add(id);
        count.incrementAndGet();
      }
    }
  }

  @Test
  void aBackupUnderLoadHoldsAllThatWasAcknowledgedBeforeItAndServes() throws Exception {
    List<List<String>> before = new ArrayList<>();
    Path file = folder.resolve("backup.db");
    try (var server = open("busy.db");
        ExecutorService writers = Executors.newVirtualThreadPerTaskExecutor()) {
      var isOver = new AtomicBoolean();
      var count = new AtomicInteger();
      List<Future<?>> running = new ArrayList<>();
      for (int w = 0; w < 4; w++) {
        List<String> acknowledged = Collections.synchronizedList(new ArrayList<>());
        before.add(acknowledged);
        int writer = w;
        running.add(
            writers.submit(() -> write(server.port(), writer, isOver, acknowledged, count)));
      }
      while (count.get() < 400) {
        Thread.onSpinWait();
      }
      List<List<String>> soFar = new ArrayList<>();
      for (List<String> acknowledged : before) {
        synchronized (acknowledged) {
          soFar.add(List.copyOf(acknowledged));
        }
      }
      before = soFar;
      assertThat(backup(server.port(), file).statusCode()).isEqualTo(200);
      int during = count.get();
      while (count.get() < during + 20) { // And it goes on.
        Thread.onSpinWait();
      }
      isOver.set(true);
      for (Future<?> each : running) {
        each.get();
      }
    }
    assertThat(leftOvers("busy.db")).isEmpty();

    SqliteRestore.Restored restored = SqliteRestore.restore(file, folder.resolve("restored.db"));
    assertThat(restored.promises()).isGreaterThanOrEqualTo(400);
    try (var server = open("restored.db");
        var client = new Client(server.port());
        var worker = client.open("/poll/g/w?slots=1")) {
      for (List<String> acknowledged : before) {
        for (int i = 0; i < acknowledged.size(); i++) {
          var answer = client.call("promise.get", "{'id':'%s'}".formatted(acknowledged.get(i)));
          assertThat(answer.status()).as(acknowledged.get(i)).isEqualTo(200);
          assertThat(answer.data().path("promise").path("state").asText())
              .isEqualTo(i % 2 == 0 ? "resolved" : "pending");
        }
      }
      assertThat(worker.nextTask()).startsWith("p-");
      assertThat(
              client.call("promise.create", "{'id':'new','timeoutAt':%s}".formatted(FAR)).status())
          .isEqualTo(200);
    }
  }

  private List<Path> leftOvers(String name) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> file.getFileName().toString().startsWith(name + ".copy"))
          .toList();
    }
  }

  @Test
  void aBackupIsWrittenWhereItIsToBe() throws Exception {
    Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
    var layers =
        Servers.sqlite(folder.resolve("a.db"))
            .set(Key.STORAGE_SQLITE_BACKUP_DIR, elsewhere.toString())
            .set(Key.STORAGE_SQLITE_AUTO_CHECKPOINT, "0");
    Files.writeString(elsewhere.resolve("a.db.copy-left"), "by a process that was killed");
    try (var server = Servers.start(layers)) {
      assertThat(elsewhere).isEmptyDirectory();
      assertThat(backup(server.port(), folder.resolve("copy.db")).statusCode()).isEqualTo(200);
      // It is deleted when all of it has been sent, which the client may know first.
      await().untilAsserted(() -> assertThat(elsewhere).isEmptyDirectory());
    }
    assertThatThrownBy(() ->
            Servers.start(
                layers.set(Key.STORAGE_SQLITE_BACKUP_DIR, folder.resolve("missing").toString())))
        .isInstanceOf(StorageException.class)
        .hasMessageContaining("missing");
  }

  @Test
  void aStoreThatKeepsNothingHasNoBackup() throws Exception {
    try (var server = Servers.start(Servers.memory());
        var client = new Client(server.port())) {
      var answer = client.send("POST", "/backup", null);
      assertThat(answer.status()).isEqualTo(501);
      assertThat(answer.body().path("error").asText()).contains("no backup");
      assertThat(client.send("GET", "/backup", null).status()).isEqualTo(405);
      assertThat(client.send("POST", "/backup/x", null).status()).isEqualTo(404);
    }
  }

  @Test
  void nothingIsRestoredThatIsNoBackupOrOverSomethingElse() throws Exception {
    Path backup = folder.resolve("good.db");
    SqliteStorage.open(backup, RuleSet.Profile.RELEASE).close();
    Path target = folder.resolve("target.db");

    assertRefused(folder.resolve("none.db"), target, "no file");
    Path text = Files.writeString(folder.resolve("text"), "no database at all".repeat(500));
    assertRefused(text, target, "not a database");
    Path foreign = folder.resolve("foreign.db");
    execute(foreign, "CREATE TABLE t (a)");
    assertRefused(foreign, target, "no store of a server");
    Path newer = Files.copy(backup, folder.resolve("newer.db"));
    execute(newer, "PRAGMA user_version = 9999");
    assertRefused(newer, target, "this server knows up to");
    Path damaged = Files.copy(backup, folder.resolve("damaged.db"));
    byte[] bytes = Files.readAllBytes(damaged);
    Arrays.fill(bytes, 4096 + 200, 3 * 4096, (byte) 0x5a);
    Files.write(damaged, bytes);
    assertRefused(damaged, target, "target.db");
    assertThat(target).doesNotExist();

    Path log = Files.writeString(folder.resolve("target.db-wal"), "of another store");
    assertRefused(backup, target, "is left of another store");
    Files.delete(log);
    assertThat(SqliteRestore.restore(backup, target)).isEqualTo(new SqliteRestore.Restored(0, 0));
    assertRefused(backup, target, "it exists");
    try (var server = open("target.db")) {
      assertRefused(backup, target, "open");
      assertThat(server.port()).isPositive();
    }
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files.map(Path::toString)).noneMatch(name -> name.contains(".part"));
    }
  }

  private static void assertRefused(Path backup, Path target, String why) {
    assertThatThrownBy(() -> SqliteRestore.restore(backup, target))
        .isInstanceOf(StorageException.class)
        .hasMessageContaining(why);
  }

  private static void execute(Path file, String sql) throws Exception {
    try (var connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        var statement = connection.createStatement()) {
      statement.executeUpdate(sql);
    }
  }
}
