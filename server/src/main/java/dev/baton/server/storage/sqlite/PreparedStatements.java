package dev.baton.server.storage.sqlite;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The statements of one connection that were used last: to prepare one takes longer than to find a
 * few rows with it. Each is to be used by one caller at a time, and no more than a few at once.
 */
final class PreparedStatements implements AutoCloseable {

  private static final int MOST = 16;

  private record OfStretch(Stretches.Statement what, String rows, String wanted) {}

  private final Connection connection;
  private final Map<Object, PreparedStatement> known = new LinkedHashMap<>(MOST * 2, 0.75f, true);

  PreparedStatements(Connection connection) {
    this.connection = connection;
  }

  PreparedStatement get(String sql) throws SQLException {
    PreparedStatement statement = known.get(sql);
    return statement == null ? prepare(sql, sql) : statement;
  }

  PreparedStatement get(Stretches.Statement what, Scan.Whole scan) throws SQLException {
    var key = new OfStretch(what, scan.rows(), scan.wanted());
    PreparedStatement statement = known.get(key);
    return statement == null ? prepare(key, what.sql(scan)) : statement;
  }

  private PreparedStatement prepare(Object key, String sql) throws SQLException {
    if (known.size() == MOST) {
      Iterator<PreparedStatement> longest = known.values().iterator();
      PreparedStatement last = longest.next();
      longest.remove();
      last.close();
    }
    PreparedStatement statement = connection.prepareStatement(sql);
    known.put(key, statement);
    return statement;
  }

  /** Lets go of what was asked for, which may be large. */
  void forgetArguments() throws SQLException {
    for (PreparedStatement statement : known.values()) {
      statement.clearParameters();
    }
  }

  @Override
  public void close() throws SQLException {
    for (PreparedStatement statement : known.values()) {
      statement.close();
    }
    known.clear();
  }
}
