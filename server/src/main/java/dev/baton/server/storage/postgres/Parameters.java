package dev.baton.server.storage.postgres;

import java.sql.PreparedStatement;
import java.sql.SQLException;

/**
 * The arrays that a statement is given, one after the other. A group of them that was empty last
 * time and is again needs no binding: the statement remembers. Each is always of the same type, so
 * that the statement is prepared once.
 */
final class Parameters {

  /** Those before are no arrays. */
  private static final int FIRST = 4;

  static final String[] TEXTS = {};
  static final byte[][] BYTES = {};
  static final int[] INTS = {};
  static final long[] LONGS = {};
  static final Long[] NUMBERS = {};
  static final boolean[] FLAGS = {};

  private final PreparedStatement statement;
  private final boolean[] isEmpty = new boolean[100];
  private int next = FIRST;

  Parameters(PreparedStatement statement) {
    this.statement = statement;
  }

  /** Begins anew with the first array. */
  void begin() {
    next = FIRST;
  }

  /**
   * Passes over the next arrays if there is nothing in them; else they are to be added.
   *
   * @param rows how long each is
   * @param empty such arrays without anything in them
   */
  boolean skips(int rows, Object[] empty) throws SQLException {
    if (rows > 0) {
      return false;
    }
    for (Object array : empty) {
      if (!isEmpty[next]) {
        statement.setObject(next, array);
        isEmpty[next] = true;
      }
      next++;
    }
    return true;
  }

  /** Adds the next array. */
  void add(Object array) throws SQLException {
    isEmpty[next] = false;
    statement.setObject(next++, array);
  }
}
