package dev.baton.server.storage.postgres;

import java.sql.Connection;
import java.sql.SQLException;

/** Transactions on connections that commit each statement by itself otherwise. */
final class Transactions {

  private Transactions() {}

  /** What happens in one. */
  interface Work<R> {
    R run() throws SQLException;
  }

  /**
   * Commits what the work does, or nothing of it.
   *
   * @throws SQLException what the work failed with, whatever else may fail after that
   */
  static <R> R run(Connection connection, Work<R> work) throws SQLException {
    connection.setAutoCommit(false);
    R result;
    try {
      result = work.run();
      connection.commit();
    } catch (SQLException e) {
      try {
        connection.rollback();
        connection.setAutoCommit(true);
      } catch (SQLException further) {
        e.addSuppressed(further);
      }
      throw e;
    }
    connection.setAutoCommit(true);
    return result;
  }
}
