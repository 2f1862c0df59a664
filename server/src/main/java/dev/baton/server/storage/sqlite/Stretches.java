package dev.baton.server.storage.sqlite;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Looks at rows in stretches of a bounded length. Within each SQLite passes over those that are not
 * wanted: a row that is shown to Java only to be passed over costs several times as much, and a
 * string each.
 */
final class Stretches {

  private static final int LEAST_ROWS = 256;
  private static final int MOST_ROWS = 4_096;

  /** The next is longer while one takes less, and shorter when it takes more. */
  private static final long NANOS_OF_A_STRETCH = TimeUnit.MILLISECONDS.toNanos(1);

  /** Beyond every id, because SQLite puts all bytes behind all texts. */
  private static final byte[] BEYOND = {0};

  /**
   * Some rows, one after the other.
   *
   * @param first the id of the first that may be wanted; null if none may
   * @param end the id of the last row; null if there are no rows behind it
   * @param rows how many it has, if it has an end
   */
  record Stretch(@Nullable String first, @Nullable String end, int rows) {}

  private final PreparedStatements statements;
  private final Scan.Whole scan;
  private String from;
  private boolean isFromIncluded;
  private int rowsMost = LEAST_ROWS;

  Stretches(PreparedStatements statements, Scan.Whole scan) {
    this.statements = statements;
    this.scan = scan;
    this.from = scan.arguments().getFirst();
    this.isFromIncluded = scan.isFirstIncluded();
  }

  /** The next rows, so many at most. */
  Stretch next(int most) throws SQLException {
    long began = System.nanoTime();
    int rows = Math.clamp(most, 1, rowsMost);
    String last = last(rows);
    String first = first(last);
    if (last != null) {
      from = last;
      isFromIncluded = false;
    }
    boolean isQuick = System.nanoTime() - began < NANOS_OF_A_STRETCH;
    rowsMost = isQuick ? Math.min(rowsMost * 2, MOST_ROWS) : Math.max(rowsMost / 2, LEAST_ROWS);
    return new Stretch(first, last, rows);
  }

  private @Nullable String last(int rows) throws SQLException {
    PreparedStatement end =
        statements.get(isFromIncluded ? Statement.END_AT : Statement.END_BEHIND, scan);
    end.setString(1, from);
    end.setInt(2, rows - 1);
    try (ResultSet row = end.executeQuery()) {
      return row.next() ? row.getString(1) : null;
    }
  }

  private @Nullable String first(@Nullable String last) throws SQLException {
    PreparedStatement first =
        statements.get(isFromIncluded ? Statement.FIRST_AT : Statement.FIRST_BEHIND, scan);
    bind(first, from, last);
    try (ResultSet row = first.executeQuery()) {
      return row.next() ? row.getString(1) : null;
    }
  }

  /** The ids of those that may be wanted. */
  List<String> wanted(Stretch stretch) throws SQLException {
    List<String> ids = new ArrayList<>();
    if (stretch.first() != null) {
      try (ResultSet row = select(Statement.IDS, stretch, stretch.first())) {
        while (row.next()) {
          ids.add(row.getString(1));
        }
      }
    }
    return ids;
  }

  /** The rows of those that may be wanted; to be closed before the next stretch. */
  ResultSet rows(Stretch stretch, String first) throws SQLException {
    return select(Statement.ROWS, stretch, first);
  }

  private ResultSet select(Statement what, Stretch stretch, String first) throws SQLException {
    PreparedStatement select = statements.get(what, scan);
    bind(select, first, stretch.end());
    return select.executeQuery();
  }

  private void bind(PreparedStatement statement, String begin, @Nullable String last)
      throws SQLException {
    List<String> arguments = scan.arguments();
    statement.setString(1, begin);
    for (int i = 1; i < arguments.size(); i++) {
      statement.setString(i + 1, arguments.get(i));
    }
    if (last == null) {
      statement.setBytes(arguments.size() + 1, BEYOND);
    } else {
      statement.setString(arguments.size() + 1, last);
    }
  }

  /** What is asked of a stretch. */
  enum Statement {
    END_AT,
    END_BEHIND,
    FIRST_AT,
    FIRST_BEHIND,
    IDS,
    ROWS;

    String sql(Scan.Whole scan) {
      return switch (this) {
        case END_AT -> end(scan, "id >= ?1");
        case END_BEHIND -> end(scan, "id > ?1");
        case FIRST_AT -> wanted("id", scan, "id >= ?1") + " LIMIT 1";
        case FIRST_BEHIND -> wanted("id", scan, "id > ?1") + " LIMIT 1";
        case IDS -> wanted("id", scan, "id >= ?1");
        case ROWS -> wanted(RowCodec.COLUMNS, scan, "id >= ?1");
      };
    }

    private static String end(Scan.Whole scan, String begin) {
      return "SELECT id " + scan.rows() + begin + " ORDER BY id LIMIT 1 OFFSET ?2";
    }

    private static String wanted(String columns, Scan.Whole scan, String begin) {
      return "SELECT %s %s%s AND id <= ?%d AND %s ORDER BY id"
          .formatted(columns, scan.rows(), begin, scan.arguments().size() + 1, scan.wanted());
    }
  }
}
