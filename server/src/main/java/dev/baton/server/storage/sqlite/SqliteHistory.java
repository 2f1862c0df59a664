package dev.baton.server.storage.sqlite;

import dev.baton.core.History;
import dev.baton.core.Promise;
import dev.baton.core.Task;
import dev.baton.protocol.PromiseRecord;
import dev.baton.protocol.TaskRecord;
import dev.baton.server.storage.StorageException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads rows that are no longer in memory. What memory still holds may be older here; memory wins.
 */
final class SqliteHistory implements History, AutoCloseable {

  private static final String SELECT = "SELECT " + RowCodec.COLUMNS + " FROM promises ";

  static final String OF_BRANCH =
      "FROM promises WHERE branch = ? AND branch <> id AND state <> " + RowCodec.PENDING;

  private final Connection connection;
  private final PreparedStatement byId;
  private final PreparedStatement byBranch;

  // Most ids are new and most branches have nothing here: to learn that takes no columns.
  private final PreparedStatement hasId;
  private final PreparedStatement hasBranch;

  SqliteHistory(Connection connection) throws SQLException {
    this.connection = connection;
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

  @Override
  public List<Promise> searchPromises(
      PromiseRecord.@Nullable State state,
      Map<String, String> tags,
      @Nullable String after,
      int limit) {
    List<Promise> found = new ArrayList<>();
    String query =
        SELECT
            + "WHERE id > ?"
            + (state == null ? "" : " AND state = " + RowCodec.code(state))
            + " ORDER BY id";
    try (PreparedStatement statement = connection.prepareStatement(query)) {
      statement.setString(1, after == null ? "" : after);
      try (ResultSet row = statement.executeQuery()) {
        while (found.size() < limit && row.next()) {
          Promise promise = RowCodec.promise(row);
          if (promise.tags().entrySet().containsAll(tags.entrySet())) {
            found.add(promise);
          }
        }
      }
    } catch (SQLException e) {
      throw failed("searching promises", e);
    }
    return found;
  }

  @Override
  public List<Task> searchTasks(
      TaskRecord.@Nullable State state, @Nullable String after, int limit) {
    List<Task> found = new ArrayList<>();
    String query =
        SELECT
            + "WHERE id > ? AND task_state "
            + (state == null ? "IS NOT NULL" : "IN (" + codes(state) + ")")
            + " ORDER BY id LIMIT "
            + limit;
    try (PreparedStatement statement = connection.prepareStatement(query)) {
      statement.setString(1, after == null ? "" : after);
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          Task task = RowCodec.task(row, RowCodec.promise(row));
          if (task != null) {
            found.add(task);
          }
        }
      }
    } catch (SQLException e) {
      throw failed("searching tasks", e);
    }
    return found;
  }

  private static String codes(TaskRecord.State state) {
    return switch (state) {
      case PENDING -> RowCodec.TASK_OFFERED + ", " + RowCodec.TASK_DELAYED;
      case ACQUIRED -> "" + RowCodec.TASK_ACQUIRED;
      case SUSPENDED -> "" + RowCodec.TASK_SUSPENDED;
      case HALTED -> "" + RowCodec.TASK_HALTED;
      case FULFILLED -> "" + RowCodec.TASK_FULFILLED;
    };
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
