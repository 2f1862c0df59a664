package dev.baton.server.storage.postgres;

import java.sql.SQLException;

/**
 * What the database, or a pooler in front of it, has refused, and what to do where that is known.
 */
final class Advice {

  private static final String NO_STATEMENT = "26000";
  private static final String STATEMENT_EXISTS = "42P05";

  private Advice() {}

  static String of(SQLException e) {
    String said = String.valueOf(e.getMessage()).strip();
    String advice = advice(String.valueOf(e.getSQLState()), said);
    return advice.isEmpty() ? said : said + " - " + advice;
  }

  private static String advice(String state, String said) {
    if (state.equals(NO_STATEMENT) || state.equals(STATEMENT_EXISTS)) {
      return "a pooler lends connections by transaction and does not know prepared statements: put"
          + " ?prepareThreshold=0 behind storage.postgres.url, or let PgBouncer (1.21 or newer)"
          + " keep them (max_prepared_statements)";
    }
    if (said.contains("unsupported startup parameter")) {
      return "leave it out of storage.postgres.url, or let the pooler ignore it"
          + " (ignore_startup_parameters)";
    }
    if (said.contains("statement pooling")) {
      return "Baton needs transactions: let the pooler lend connections by transaction or by"
          + " session (pool_mode)";
    }
    return "";
  }
}
