package dev.baton.server.storage.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteCopyTest {

  private static final int MIB = 20;

  @TempDir Path folder;

  @Test
  void itRestsAfterEachMebibyteAsItIsTold() throws SQLException {
    Path file = folder.resolve("baton.db");
    try (var connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        var statement = connection.createStatement()) {
      statement.execute("PRAGMA journal_mode = WAL");
      statement.executeUpdate("CREATE TABLE large (bytes BLOB)");
      for (int i = 0; i < MIB; i++) {
        statement.executeUpdate("INSERT INTO large VALUES (randomblob(%d))".formatted(1 << 20));
      }
    }
    List<Long> worked = new ArrayList<>();
    long restNanos = 1_000_000;
    long begin = System.nanoTime();
    Path copy =
        new SqliteCopy(file, null, new AutoCheckpoint(0))
            .write(nanos -> {
              worked.add(nanos);
              return restNanos;
            });
    assertThat(System.nanoTime() - begin).isGreaterThan(MIB * restNanos);
    assertThat(worked).hasSizeGreaterThanOrEqualTo(MIB).allMatch(nanos -> nanos > 0);
    try (var connection = DriverManager.getConnection("jdbc:sqlite:" + copy);
        var row =
            connection.createStatement().executeQuery("SELECT SUM(length(bytes)) FROM large")) {
      assertThat(row.getLong(1)).isEqualTo((long) MIB << 20);
    }
  }
}
