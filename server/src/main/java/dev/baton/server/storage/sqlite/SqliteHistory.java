package dev.baton.server.storage.sqlite;

import dev.baton.core.History;
import dev.baton.core.Promise;
import dev.baton.core.Schedule;
import dev.baton.core.Task;
import dev.baton.core.UnreadableException;
import dev.baton.server.storage.StorageException;
import dev.baton.server.storage.UnreadableRows;
import dev.baton.server.storage.UnreadableRows.Kind;
import dev.baton.server.storage.sqlite.RowCodec.PromiseRow;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads rows that are no longer in memory. What memory still holds may be older here; memory wins.
 */
final class SqliteHistory implements History, AutoCloseable {

  private static final String SELECT = "SELECT " + RowCodec.COLUMNS + " FROM promises ";

  static final String OF_BRANCH =
      "FROM promises WHERE branch = ? AND branch <> id AND state <> " + RowCodec.PENDING;

  private final PreparedStatement byId;
  private final PreparedStatement byBranch;

  // Most ids are new and most branches have nothing here: to learn that takes no columns.
  private final PreparedStatement hasId;
  private final PreparedStatement hasBranch;

  private final UnreadableRows unreadable;

  SqliteHistory(Connection connection, UnreadableRows unreadable) throws SQLException {
    this.unreadable = unreadable;
    this.byId = connection.prepareStatement(SELECT + "WHERE id = ?");
    this.byBranch =
        connection.prepareStatement(
            "SELECT " + RowCodec.COLUMNS + " " + OF_BRANCH + " ORDER BY id");
    this.hasId = connection.prepareStatement("SELECT 1 FROM promises WHERE id = ?");
    this.hasBranch = connection.prepareStatement("SELECT 1 " + OF_BRANCH + " LIMIT 1");
  }

  private @Nullable PromiseRow find(String id) {
    try {
      if (!finds(hasId, id)) {
        return null;
      }
      byId.setString(1, id);
      try (ResultSet row = byId.executeQuery()) {
        return row.next()
            ? RowCodec.read(row, Kind.PROMISE, unreadable, RowCodec::promiseRow)
            : null;
      }
    } catch (SQLException e) {
      throw failed("reading promise " + id, e);
    }
  }

  @Override
  public @Nullable Promise promise(String id) {
    PromiseRow found = find(id);
    return found == null ? null : found.promise();
  }

  @Override
  public @Nullable Task task(String id) {
    PromiseRow found = find(id);
    return found == null ? null : found.task();
  }

  @Override
  public @Nullable Schedule schedule(String id) {
    if (unreadable.holds(Kind.SCHEDULE, id)) {
      throw unreadable.report(Kind.SCHEDULE, id, "it has been set aside");
    }
    return null;
  }

  private static boolean finds(PreparedStatement probe, String key) throws SQLException {
    probe.setString(1, key);
    try (ResultSet row = probe.executeQuery()) {
      return row.next();
    }
  }

  @Override
  public List<Promise> branch(String branch, boolean withRoot) {
    List<Promise> found = new ArrayList<>();
    Promise root = withRoot ? readable(branch) : null;
    if (root != null && branch.equals(root.branch())) {
      found.add(root);
    }
    try {
      if (!finds(hasBranch, branch)) {
        return found;
      }
      byBranch.setString(1, branch);
      try (ResultSet row = byBranch.executeQuery()) {
        while (row.next()) {
          add(row, found);
        }
      }
    } catch (SQLException e) {
      throw failed("reading branch " + branch, e);
    }
    return found;
  }

  private @Nullable Promise readable(String id) {
    try {
      return promise(id);
    } catch (UnreadableException _) {
      return null;
    }
  }

  private void add(ResultSet row, List<Promise> found) throws SQLException {
    try {
      found.add(RowCodec.read(row, Kind.PROMISE, unreadable, RowCodec::promise));
    } catch (UnreadableException _) {
      // Whoever wants it may ask for it by its id, and is told.
    }
  }

  private static StorageException failed(String what, SQLException e) {
    return new StorageException(what + ": " + e.getMessage(), e);
  }

  @Override
  public void close() throws SQLException {
    byId.close();
    byBranch.close();
    hasId.close();
    hasBranch.close();
  }
}
