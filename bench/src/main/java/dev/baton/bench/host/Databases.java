package dev.baton.bench.host;

import dev.baton.bench.load.LoadException;
import dev.baton.testing.Postgres;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A PostgreSQL of the benchmark's own, with a database for each file that a server would have. */
public final class Databases {

  private static @Nullable Postgres postgres;
  private static final Map<Path, String> URLS = new HashMap<>();

  private Databases() {}

  /** The database in place of a file; the same for the same file. */
  static synchronized String urlOf(Path file) {
    if (postgres == null) {
      postgres = Postgres.start();
    }
    return URLS.computeIfAbsent(file, _ -> Databases.postgres().newDatabase());
  }

  /** Which of several servers on the database in place of a file owns it. */
  public static ServerProcess owner(Path file, List<ServerProcess> servers) {
    try (Connection connection = DriverManager.getConnection(urlOf(file));
        Statement select = connection.createStatement();
        ResultSet row = select.executeQuery("SELECT url FROM baton_shard WHERE NOT released")) {
      String url = row.next() ? row.getString(1) : "";
      for (ServerProcess server : servers) {
        if (url.endsWith(":" + server.wirePort())) {
          return server;
        }
      }
      throw new LoadException("none of the servers owns the database, but '" + url + "'", null);
    } catch (SQLException e) {
      throw new LoadException("asking who owns the database", e);
    }
  }

  /** Ends all processes of the database at once. */
  public static synchronized void kill() {
    postgres().kill();
  }

  /** Starts the database again; it accepts connections when this returns. */
  public static synchronized void startAgain() {
    postgres().startAgain();
  }

  private static Postgres postgres() {
    if (postgres == null) {
      throw new IllegalStateException("it was never started");
    }
    return postgres;
  }

  /** CPU seconds that it has used; 0 if there is none. */
  public static synchronized double cpuSeconds() {
    if (postgres == null) {
      return 0;
    }
    double sum = Proc.cpuSecondsWithEnded(postgres.pid());
    for (ProcessHandle child : postgres.children()) {
      sum += Proc.cpuSecondsOrZero(child.pid());
    }
    return sum;
  }
}
