package dev.baton.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.baton.testing.Client;
import dev.baton.testing.Postgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A database whose disk has no room, and then has: nothing acknowledged is lost. */
@Timeout(120)
class PostgresFullDiskIT {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String PAYLOAD = incompressible(37_500);

  private static String incompressible(int bytes) {
    byte[] random = new byte[bytes];
    new Random(1).nextBytes(random);
    return Base64.getEncoder().encodeToString(random);
  }

  private static boolean runs(String... command) throws InterruptedException {
    try {
      return new ProcessBuilder(command).inheritIO().start().waitFor() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  private static int create(Client client, String id) {
    return client
        .call(
            "promise.create",
            "{'id':'%s','timeoutAt':99999999999999,'param':{'data':'%s'}}".formatted(id, PAYLOAD))
        .status();
  }

  private static int ready(Client client) {
    return client.send("GET", "/ready", null).status();
  }

  @Test
  void aDatabaseWithoutRoomIsServedFromWhenItHasSome(@TempDir Path folder) throws Exception {
    Path disk = Files.createDirectory(folder.resolve("disk"));
    assumeTrue(
        runs("mount", "-t", "tmpfs", "-o", "size=20m", "tmpfs", disk.toString()),
        "no right to mount a small disk here");
    try (Postgres postgres = Postgres.start("fsync=off", "autovacuum=off")) {
      execute(
          postgres,
          "CREATE TABLESPACE small LOCATION '" + disk + "'",
          "CREATE DATABASE small TEMPLATE template0 TABLESPACE small");
      try (var server = Servers.start(Servers.postgres(postgres.url("small")));
          Client client = new Client(server.port())) {
        await().atMost(PATIENCE).until(() -> ready(client) == 200);
        List<String> acknowledged = new ArrayList<>();
        for (String id = "p0"; create(client, id) == 200; id = "p" + acknowledged.size()) {
          acknowledged.add(id);
          assertThat(acknowledged).as("there is no end of the disk").hasSizeLessThan(1_000);
        }
        await().atMost(PATIENCE).until(() -> ready(client) == 503);
        assertThat(create(client, "refused")).isEqualTo(503);
        assertThat(client.send("GET", "/health", null).status()).isEqualTo(200);
        assertThat(runs("mount", "-o", "remount,size=64m", disk.toString())).isTrue();
        long room = System.nanoTime();
        await()
            .pollInterval(Duration.ofMillis(10))
            .atMost(PATIENCE)
            .until(() -> create(client, "later") == 200);
        System.out.printf(
            Locale.ROOT,
            "PostgreSQL has room again after %d promises: served again after %d ms%n",
            acknowledged.size(),
            TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - room));
        assertThat(ready(client)).isEqualTo(200);
        assertThat(acknowledged).hasSizeGreaterThan(10);
        for (String id : acknowledged) {
          var answer = client.call("promise.get", "{'id':'%s'}".formatted(id));
          assertThat(answer.data().at("/promise/param/data").asText()).as(id).isEqualTo(PAYLOAD);
        }
      }
    } finally {
      assertThat(runs("umount", disk.toString())).isTrue();
    }
  }

  private static void execute(Postgres postgres, String... statements) {
    try (Connection connection = DriverManager.getConnection(postgres.url("postgres"));
        Statement statement = connection.createStatement()) {
      for (String each : statements) {
        statement.execute(each);
      }
    } catch (SQLException e) {
      throw new IllegalStateException(String.join("; ", statements), e);
    }
  }
}
