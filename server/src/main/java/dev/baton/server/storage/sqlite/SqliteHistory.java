package dev.baton.server.storage.sqlite;

import dev.baton.core.History;
import dev.baton.core.Promise;
import dev.baton.core.Task;
import dev.baton.server.storage.StorageException;
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

  SqliteHistory(Connection connection) throws SQLException {
    this.byId = connection.prepareStatement(SELECT + "WHERE id = ?");
    this.byBranch =
        connection.prepareStatement(
            "SELECT " + RowCodec.COLUMNS + " " + OF_BRANCH + " ORDER BY id");
    this.hasId = connection.prepareStatement("SELECT 1 FROM promises WHERE id = ?");
    this.hasBranch = connection.prepareStatement("SELECT 1 " + OF_BRANCH + " LIMIT 1");
  }

  private record Found(Promise promise, @Nullable Task task) {}

  private @Nullable Found find(String id) {
    try {
      if (!finds(hasId, id)) {
        return null;
      }
      byId.setString(1, id);
      try (ResultSet row = byId.executeQuery()) {
        if (!row.next()) {
          return null;
        }
        Promise promise = RowCodec.promise(row);
        return new Found(promise, RowCodec.task(row, promise));
      }
    } catch (SQLException e) {
      throw failed("reading promise " + id, e);
    }
  }

  @Override
  public @Nullable Promise promise(String id) {
    Found found = find(id);
    return found == null ? null : found.promise();
  }

  @Override
  public @Nullable Task task(String id) {
    Found found = find(id);
    return found == null ? null : found.task();
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
    Promise root = withRoot ? promise(branch) : null;
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
          found.add(RowCodec.promise(row));
        }
      }
    } catch (SQLException e) {
      throw failed("reading branch " + branch, e);
    }
    return found;
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
