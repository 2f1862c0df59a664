package dev.baton.server.storage.sqlite;

import dev.baton.core.Promise;
import dev.baton.core.PromiseState;
import dev.baton.core.Schedule;
import dev.baton.core.Task;
import dev.baton.core.TaskState;
import dev.baton.protocol.Value;
import dev.baton.server.storage.rows.Batch;
import dev.baton.server.storage.rows.StateCodes;
import dev.baton.server.storage.rows.StringMaps;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes a batch. Its statements are prepared once. */
final class Statements implements AutoCloseable {

  private final PreparedStatement begin;
  private final PreparedStatement commit;
  private final PreparedStatement insert;
  private final PreparedStatement settle;
  private final PreparedStatement task;
  private final PreparedStatement putCallback;
  private final PreparedStatement deleteCallback;
  private final PreparedStatement putListener;
  private final PreparedStatement deleteListener;
  private final PreparedStatement putSchedule;
  private final PreparedStatement deleteSchedule;
  private final Connection connection;

  Statements(Connection connection) throws SQLException {
    this.connection = connection;
    begin = connection.prepareStatement("BEGIN IMMEDIATE");
    commit = connection.prepareStatement("COMMIT");
    insert =
        connection.prepareStatement(
            """
            INSERT INTO promises (id, state, param_headers, param_data, value_headers, value_data,
              tags, timeout_at, created_at, settled_at, task_state, task_version, task_pid,
              task_ttl, task_due_at, task_acquired_at, branch, origin)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """);
    settle =
        connection.prepareStatement(
            """
            UPDATE promises SET state = ?, value_headers = ?, value_data = ?, settled_at = ?,
              task_state = ?, task_version = ?, task_pid = ?, task_ttl = ?, task_due_at = ?,
              task_acquired_at = ?
            WHERE id = ?
            """);
    task =
        connection.prepareStatement(
            """
            UPDATE promises SET task_state = ?, task_version = ?, task_pid = ?, task_ttl = ?,
              task_due_at = ?, task_acquired_at = ?
            WHERE id = ?
            """);
    putCallback =
        connection.prepareStatement(
            "INSERT INTO callbacks (awaited, awaiter, fired) VALUES (?, ?, ?)"
                + " ON CONFLICT DO UPDATE SET fired = excluded.fired");
    deleteCallback =
        connection.prepareStatement("DELETE FROM callbacks WHERE awaited = ? AND awaiter = ?");
    putListener =
        connection.prepareStatement(
            "INSERT INTO listeners (awaited, address) VALUES (?, ?) ON CONFLICT DO NOTHING");
    deleteListener =
        connection.prepareStatement("DELETE FROM listeners WHERE awaited = ? AND address = ?");
    putSchedule =
        connection.prepareStatement(
            "INSERT OR REPLACE INTO schedules ("
                + RowCodec.SCHEDULE_COLUMNS
                + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    deleteSchedule = connection.prepareStatement("DELETE FROM schedules WHERE id = ?");
  }

  void begin() throws SQLException {
    begin.executeUpdate();
  }

  void commit() throws SQLException {
    commit.executeUpdate();
  }

  /** Writes the batch's rows into the open transaction. */
  void write(Batch batch) throws SQLException {
    if (batch.clears()) {
      clear();
    }
    for (Map.Entry<String, Batch.Row> entry : batch.rows().entrySet()) {
      write(entry.getKey(), entry.getValue());
    }
    for (Map.Entry<Batch.Pair, @Nullable Boolean> entry : batch.callbacks().entrySet()) {
      Boolean fired = entry.getValue();
      PreparedStatement statement = fired == null ? deleteCallback : putCallback;
      bind(statement, entry.getKey());
      if (fired != null) {
        statement.setInt(3, fired ? 1 : 0);
      }
      statement.executeUpdate();
    }
    for (Map.Entry<Batch.Pair, Boolean> entry : batch.listeners().entrySet()) {
      PreparedStatement statement = entry.getValue() ? putListener : deleteListener;
      bind(statement, entry.getKey());
      statement.executeUpdate();
    }
    for (Map.Entry<String, @Nullable Schedule> entry : batch.schedules().entrySet()) {
      write(entry.getKey(), entry.getValue());
    }
  }

  private void clear() throws SQLException {
    try (var statement = connection.createStatement()) {
      for (String table : new String[] {"promises", "callbacks", "listeners", "schedules"}) {
        statement.executeUpdate("DELETE FROM " + table);
      }
    }
  }

  private static void bind(PreparedStatement statement, Batch.Pair pair) throws SQLException {
    statement.setString(1, pair.awaited());
    statement.setString(2, pair.other());
  }

  private void write(String id, Batch.Row row) throws SQLException {
    Promise promise = row.promise();
    if (promise == null) {
      bindTask(task, 1, row.task());
      task.setString(7, id);
      task.executeUpdate();
    } else if (row.isNew()) {
      insert(promise, row.task());
    } else if (promise.state() instanceof PromiseState.Settled settled) {
      settle.setInt(1, StateCodes.code(settled.as()));
      bindValue(settle, 2, settled.value());
      settle.setLong(4, settled.settledAt());
      bindTask(settle, 5, row.task());
      settle.setString(11, id);
      settle.executeUpdate();
    }
  }

  private void insert(Promise promise, @Nullable Task ownTask) throws SQLException {
    insert.setString(1, promise.id());
    bindValue(insert, 3, promise.param());
    insert.setString(7, StringMaps.text(promise.tags()));
    insert.setLong(8, promise.timeoutAt());
    insert.setLong(9, promise.createdAt());
    if (promise.state() instanceof PromiseState.Settled settled) {
      insert.setInt(2, StateCodes.code(settled.as()));
      bindValue(insert, 5, settled.value());
      insert.setLong(10, settled.settledAt());
    } else {
      insert.setInt(2, StateCodes.PENDING);
      bindValue(insert, 5, Value.EMPTY);
      insert.setNull(10, Types.BIGINT);
    }
    bindTask(insert, 11, ownTask);
    insert.setString(17, promise.branch());
    insert.setString(18, promise.statedOrigin());
    insert.executeUpdate();
  }

  private static void bindValue(PreparedStatement statement, int at, Value value)
      throws SQLException {
    statement.setString(at, RowCodec.headers(value));
    statement.setString(at + 1, value.data());
  }

  private static void bindTask(PreparedStatement statement, int at, @Nullable Task task)
      throws SQLException {
    if (task == null) {
      for (int column = at; column < at + 6; column++) {
        statement.setNull(column, Types.INTEGER);
      }
      return;
    }
    statement.setInt(at, StateCodes.code(task.state()));
    statement.setLong(at + 1, task.version());
    switch (task.state()) {
      case TaskState.Pending(long retryAt, _) -> bindLease(statement, at, null, 0, retryAt, 0);
      case TaskState.Acquired(String pid, long ttlMs, long expiresAt, long acquiredAt) ->
          bindLease(statement, at, pid, ttlMs, expiresAt, acquiredAt);
      case TaskState.Suspended _, TaskState.Halted _, TaskState.Fulfilled _ ->
          bindLease(statement, at, null, 0, 0, 0);
    }
  }

  private static void bindLease(
      PreparedStatement statement,
      int at,
      @Nullable String pid,
      long ttlMs,
      long dueAt,
      long acquiredAt)
      throws SQLException {
    statement.setString(at + 2, pid);
    statement.setLong(at + 3, ttlMs);
    statement.setLong(at + 4, dueAt);
    statement.setLong(at + 5, acquiredAt);
  }

  private void write(String id, @Nullable Schedule schedule) throws SQLException {
    if (schedule == null) {
      deleteSchedule.setString(1, id);
      deleteSchedule.executeUpdate();
      return;
    }
    putSchedule.setString(1, id);
    putSchedule.setString(2, schedule.cron());
    putSchedule.setString(3, schedule.promiseId());
    putSchedule.setLong(4, schedule.promiseTimeoutMs());
    bindValue(putSchedule, 5, schedule.promiseParam());
    putSchedule.setString(7, StringMaps.text(schedule.promiseTags()));
    putSchedule.setLong(8, schedule.createdAt());
    putSchedule.setLong(9, schedule.nextRunAt());
    Long lastRunAt = schedule.lastRunAt();
    if (lastRunAt == null) {
      putSchedule.setNull(10, Types.BIGINT);
    } else {
      putSchedule.setLong(10, lastRunAt);
    }
    putSchedule.executeUpdate();
  }

  @Override
  public void close() throws SQLException {
    for (PreparedStatement statement :
        new PreparedStatement[] {
          begin,
          commit,
          insert,
          settle,
          task,
          putCallback,
          deleteCallback,
          putListener,
          deleteListener,
          putSchedule,
          deleteSchedule
        }) {
      statement.close();
    }
  }
}
