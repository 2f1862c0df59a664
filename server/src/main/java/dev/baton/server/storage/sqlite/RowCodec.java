package dev.baton.server.storage.sqlite;

import dev.baton.core.Promise;
import dev.baton.core.PromiseState;
import dev.baton.core.Schedule;
import dev.baton.core.Task;
import dev.baton.core.UnreadableException;
import dev.baton.protocol.PromiseRecord;
import dev.baton.protocol.Value;
import dev.baton.server.storage.UnreadableRows;
import dev.baton.server.storage.rows.PromiseRow;
import dev.baton.server.storage.rows.StateCodes;
import dev.baton.server.storage.rows.StringMaps;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Maps rows to values. */
final class RowCodec {

  /** The columns that {@link #promise} and {@link #task} read. */
  static final String COLUMNS =
      "id, state, param_headers, param_data, value_headers, value_data, tags, timeout_at,"
          + " created_at, settled_at, task_state, task_version, task_pid, task_ttl, task_due_at,"
          + " task_acquired_at";

  /** How many bytes of payload a row has; to know it takes no look at them. */
  static final String PAYLOAD =
      "(coalesce(octet_length(param_headers), 0) + coalesce(octet_length(param_data), 0)"
          + " + coalesce(octet_length(value_headers), 0) + coalesce(octet_length(value_data), 0))";

  private static final int PAYLOAD_COLUMN = 17;

  /** The same columns, those of the payload empty where it is larger, and its size. */
  static String columnsWithPayload(int most) {
    return columnsWithPayloadWhere(PAYLOAD + " <= " + most) + ", " + PAYLOAD;
  }

  /** The same columns, those of the payload empty where something, as SQL, is not true. */
  static String columnsWithPayloadWhere(String condition) {
    return Arrays.stream(COLUMNS.split(", "))
        .map(column ->
            column.startsWith("param_") || column.startsWith("value_")
                ? "CASE WHEN " + condition + " THEN " + column + " END"
                : column)
        .collect(Collectors.joining(", "));
  }

  static final String SCHEDULE_COLUMNS =
      "id, cron, promise_id, promise_timeout, param_headers, param_data, promise_tags, created_at,"
          + " next_run_at, last_run_at";

  private RowCodec() {}

  /** Makes a value of the row at hand. */
  interface Decoder<R> {
    R decode(ResultSet row) throws SQLException;
  }

  /**
   * Reads the row at hand, whose first column is its id.
   *
   * @throws UnreadableException if it cannot be read, which has been reported
   * @throws SQLException if the database failed
   */
  static <R> R read(
      ResultSet row, UnreadableRows.Kind kind, UnreadableRows unreadable, Decoder<R> decoder)
      throws SQLException {
    try {
      return decoder.decode(row);
    } catch (RuntimeException e) {
      throw unreadable.report(kind, row.getString(1), e);
    }
  }

  /** Reads both. */
  static PromiseRow promiseRow(ResultSet row) throws SQLException {
    Promise promise = promise(row);
    return new PromiseRow(promise, task(row, promise));
  }

  private static String required(ResultSet row, int column, String name) throws SQLException {
    return Objects.requireNonNull(row.getString(column), name);
  }

  /**
   * A promise of {@link #columnsWithPayload}, and its task, if it has one.
   *
   * @param most as it was given there
   */
  static PromiseRow promiseRow(ResultSet row, int most) throws SQLException {
    Promise promise = promise(row);
    long payload = row.getLong(PAYLOAD_COLUMN);
    Promise found =
        payload <= most
            ? promise
            : new Promise(
                promise.id(),
                promise.param(),
                promise.tags(),
                promise.timeoutAt(),
                promise.createdAt(),
                promise.state(),
                payload);
    return new PromiseRow(found, task(row, found));
  }

  static Promise promise(ResultSet row) throws SQLException {
    return promise(row, required(row, 1, "id"));
  }

  /** The same where the id has been read. */
  static Promise promise(ResultSet row, String id) throws SQLException {
    PromiseRecord.State as = StateCodes.promiseState(row.getInt(2));
    PromiseState state =
        as == PromiseRecord.State.PENDING
            ? new PromiseState.Pending()
            : new PromiseState.Settled(
                as, value(row.getString(5), row.getString(6)), row.getLong(10));
    return new Promise(
        id,
        value(row.getString(3), row.getString(4)),
        StringMaps.map(required(row, 7, "tags")),
        row.getLong(8),
        row.getLong(9),
        state);
  }

  static @Nullable Task task(ResultSet row, Promise promise) throws SQLException {
    int code = row.getInt(11);
    if (row.wasNull()) {
      return null;
    }
    String target = Objects.requireNonNull(promise.target(), "a task without a target");
    return new Task(
        promise.id(),
        target,
        row.getLong(12),
        StateCodes.taskState(
            code, row.getString(13), row.getLong(14), row.getLong(15), row.getLong(16)));
  }

  static Schedule schedule(ResultSet row) throws SQLException {
    long at = row.getLong(10);
    Long lastRunAt = row.wasNull() ? null : at;
    return new Schedule(
        required(row, 1, "id"),
        required(row, 2, "cron"),
        required(row, 3, "promiseId"),
        row.getLong(4),
        value(row.getString(5), row.getString(6)),
        StringMaps.map(required(row, 7, "tags")),
        row.getLong(8),
        row.getLong(9),
        lastRunAt);
  }

  private static Value value(@Nullable String headers, @Nullable String data) {
    return headers == null && data == null
        ? Value.EMPTY
        : new Value(headers == null ? null : StringMaps.map(headers), data);
  }

  static @Nullable String headers(Value value) {
    Map<String, String> headers = value.headers();
    return headers == null ? null : StringMaps.text(headers);
  }
}
