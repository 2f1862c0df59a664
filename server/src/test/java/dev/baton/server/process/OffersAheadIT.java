package dev.baton.server.process;

import dev.baton.core.RuleSet;
import dev.baton.server.storage.Storage;
import dev.baton.server.storage.postgres.PostgresStorage;
import dev.baton.testing.Postgres;
import java.sql.DriverManager;
import java.sql.SQLException;

class OffersAheadIT extends OffersAheadContract {

  private final String url = Postgres.shared().newDatabase();

  @Override
  Storage open() {
    return PostgresStorage.open(
        PostgresStorage.Settings.of(url, Postgres.USER), RuleSet.Profile.RELEASE);
  }

  @Override
  void refuse(boolean on) throws SQLException {
    try (var connection = DriverManager.getConnection(url, Postgres.USER, "");
        var statement = connection.createStatement()) {
      if (on) {
        statement.execute(
            "CREATE OR REPLACE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS"
                + " $$ BEGIN RAISE 'no room'; END $$");
        statement.execute(
            "CREATE TRIGGER no_room BEFORE INSERT ON baton_promises"
                + " FOR EACH STATEMENT EXECUTE FUNCTION no_room()");
      } else {
        statement.execute("DROP TRIGGER no_room ON baton_promises");
      }
    }
  }
}
