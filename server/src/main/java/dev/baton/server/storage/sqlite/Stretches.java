package dev.baton.server.storage.sqlite;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Looks at rows in stretches of a bounded length. Within each SQLite passes over those that are not
 * wanted: a row that is shown to Java only to be passed over costs several times as much, and a
 * string each.
 */
final class Stretches implements AutoCloseable {

  /** A millisecond's work or less. */
  private static final int ROWS = 256;

  /** Beyond every id, because SQLite puts all bytes behind all texts. */
  private static final byte[] BEYOND = {0};

  /**
   * Some rows, one after the other.
   *
   * @param wanted the ids of those that may be wanted
   * @param end the id of the last row; null if there are no rows behind it
   * @param rows how many it has, if it has an end
   */
  record Stretch(List<String> wanted, @Nullable String end, int rows) {}

  private final Connection connection;
  private final Scan.Whole scan;
  private PreparedStatement end;
  private PreparedStatement wanted;
  private String from;
  private boolean isFirst = true;

  Stretches(Connection connection, Scan.Whole scan) throws SQLException {
    this.connection = connection;
    this.scan = scan;
    this.from = scan.arguments().getFirst();
    String begin = scan.isFirstIncluded() ? "id >= ?1" : "id > ?1";
    this.end = end(begin);
    try {
      this.wanted = wanted(begin);
    } catch (SQLException e) {
      end.close();
      throw e;
    }
  }

  private PreparedStatement end(String begin) throws SQLException {
    return connection.prepareStatement(
        "SELECT id " + scan.rows() + begin + " ORDER BY id LIMIT 1 OFFSET ?2");
  }

  private PreparedStatement wanted(String begin) throws SQLException {
    return connection.prepareStatement(
        "SELECT id %s%s AND id <= ?%d AND %s ORDER BY id"
            .formatted(scan.rows(), begin, scan.arguments().size() + 1, scan.wanted()));
  }

  /** The next rows, so many at most. */
  Stretch next(int rowsMost) throws SQLException {
    int rows = Math.clamp(rowsMost, 1, ROWS);
    String last = last(rows);
    List<String> ids = new ArrayList<>();
    wanted.setString(1, from);
    for (int i = 1; i < scan.arguments().size(); i++) {
      wanted.setString(i + 1, scan.arguments().get(i));
    }
    if (last == null) {
      wanted.setBytes(scan.arguments().size() + 1, BEYOND);
    } else {
      wanted.setString(scan.arguments().size() + 1, last);
    }
    try (ResultSet row = wanted.executeQuery()) {
      while (row.next()) {
        ids.add(row.getString(1));
      }
    }
    if (last != null) {
      from = last;
      goOnBehind();
    }
    return new Stretch(ids, last, rows);
  }

  private @Nullable String last(int rows) throws SQLException {
    end.setString(1, from);
    end.setInt(2, rows - 1);
    try (ResultSet row = end.executeQuery()) {
      return row.next() ? row.getString(1) : null;
    }
  }

  private void goOnBehind() throws SQLException {
    if (isFirst && scan.isFirstIncluded()) {
      close();
      end = end("id > ?1");
      wanted = wanted("id > ?1");
    }
    isFirst = false;
  }

  @Override
  public void close() throws SQLException {
    end.close();
    wanted.close();
  }
}
