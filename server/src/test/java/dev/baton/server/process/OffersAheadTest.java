package dev.baton.server.process;

import dev.baton.core.RuleSet;
import dev.baton.server.storage.Storage;
import dev.baton.server.storage.sqlite.SqliteStorage;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import org.junit.jupiter.api.io.TempDir;

class OffersAheadTest extends OffersAheadContract {

  @TempDir Path folder;

  private Path file() {
    return folder.resolve("baton.db");
  }

  @Override
  Storage open() {
    return SqliteStorage.open(file(), RuleSet.Profile.RELEASE);
  }

  @Override
  void refuse(boolean on) throws SQLException {
    try (var connection = DriverManager.getConnection("jdbc:sqlite:" + file());
        var statement = connection.createStatement()) {
      statement.execute(
          on
              ? "CREATE TRIGGER no_room BEFORE INSERT ON promises"
                  + " BEGIN SELECT RAISE(ABORT, 'no room'); END"
              : "DROP TRIGGER no_room");
    }
  }
}
