package dev.baton.server.storage.postgres;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** What the classes of SQLSTATE say of a statement that failed. */
final class SqlStates {

  private SqlStates() {}

  /**
   * Whether the database itself refused the statement: then nothing of it has happened. What ends a
   * session may have come after the commit.
   */
  static boolean isRefusal(SQLException e) {
    String of = classOf(e);
    return of != null && !isOfTheConnection(e) && !of.equals("XX");
  }

  /**
   * Whether the connection is of no more use, or there is none: it broke (08), the database is
   * ending, starting or hopelessly full (57, 53), or only reads at present (25006), as a standby.
   */
  static boolean isOfTheConnection(SQLException e) {
    String of = classOf(e);
    return of == null
        || of.equals("08")
        || of.equals("57")
        || of.equals("53")
        || of.equals("58")
        || "25006".equals(e.getSQLState());
  }

  /** Whether it waited for a lock for as long as it may. */
  static boolean isLockTimeout(SQLException e) {
    return "55P03".equals(e.getSQLState());
  }

  private static @Nullable String classOf(SQLException e) {
    String state = e.getSQLState();
    return state == null || state.length() < 2 ? null : state.substring(0, 2);
  }
}
