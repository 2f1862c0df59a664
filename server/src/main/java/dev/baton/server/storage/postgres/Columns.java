package dev.baton.server.storage.postgres;

import dev.baton.core.MemoryState;
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
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Maps rows to values. */
final class Columns {

  /** The bytes of a row's payload; to know it takes no look at them. */
  static final String PAYLOAD =
      "(coalesce(octet_length(p.param_headers), 0) + coalesce(octet_length(p.param_data), 0)"
          + " + coalesce(octet_length(p.value_headers), 0)"
          + " + coalesce(octet_length(p.value_data), 0))::bigint";

  private static final String TAGS = "p.tags";

  /** Empty where there are many: those rows are read one by one. */
  private static final String FEW_TAGS =
      "CASE WHEN octet_length(p.tags) <= " + Find.MOST_TAGS + " THEN p.tags END";

  private static final String TASK =
      "p.task_state, p.task_version, p.task_pid, p.task_ttl, p.task_due_at, p.task_acquired_at";

  /** The columns of a promise with its task. */
  static final String WHOLE =
      "p.id, p.state, p.param_headers, p.param_data, p.value_headers, p.value_data, "
          + behindPayload(TAGS)
          + ", 0::bigint";

  /** The same without payload. */
  static final String BARE = bare(TAGS);

  /** The same without many tags, too. */
  static final String BARE_FEW_TAGS = bare(FEW_TAGS);

  /**
   * The columns, those of the payload empty where it is larger than memory has it, and its size.
   */
  static final String LEAN = lean(TAGS);

  /** The same without many tags, too. */
  static final String LEAN_FEW_TAGS = lean(FEW_TAGS);

  static final int COUNT = 17;

  static final String SCHEDULE =
      "id, cron, promise_id, promise_timeout, created_at, next_run_at, last_run_at, promise_tags,"
          + " param_headers, param_data";

  /** The same, tags and parameter empty where they are large. */
  static final String SMALL_SCHEDULE = smallSchedule();

  private Columns() {}

  private static String smallSchedule() {
    String isSmall =
        "octet_length(promise_tags) + coalesce(octet_length(param_headers), 0)"
            + " + coalesce(octet_length(param_data), 0) <= "
            + ScheduleRows.MOST_BYTES;
    StringBuilder columns =
        new StringBuilder(
            "id, cron, promise_id, promise_timeout, created_at, next_run_at, last_run_at");
    for (String name : List.of("promise_tags", "param_headers", "param_data")) {
      columns.append(", CASE WHEN %s THEN %s END".formatted(isSmall, name));
    }
    return columns.toString();
  }

  private static String bare(String tags) {
    return "p.id, p.state, NULL::bytea, NULL::bytea, NULL::bytea, NULL::bytea, "
        + behindPayload(tags)
        + ", 0::bigint";
  }

  private static String lean(String tags) {
    StringBuilder columns = new StringBuilder("p.id, p.state, ");
    for (String name : List.of("param_headers", "param_data", "value_headers", "value_data")) {
      columns.append(
          "CASE WHEN %s <= %d THEN p.%s END, ".formatted(PAYLOAD, MemoryState.MOST_PAYLOAD, name));
    }
    return columns.append(behindPayload(tags)).append(", ").append(PAYLOAD).toString();
  }

  private static String behindPayload(String tags) {
    return tags + ", p.timeout_at, p.created_at, p.settled_at, " + TASK;
  }

  /** Reads the row at hand, of the columns of {@link #LEAN}. */
  static PromiseRow readLean(ResultSet row, UnreadableRows unreadable) throws SQLException {
    return read(
        row,
        1,
        UnreadableRows.Kind.PROMISE,
        unreadable,
        found -> promiseRow(found, 1, MemoryState.MOST_PAYLOAD));
  }

  /** Makes a value of the row at hand. */
  interface Decoder<R> {
    R decode(ResultSet row) throws SQLException;
  }

  /**
   * Reads the row at hand.
   *
   * @param idColumn where its id is
   * @throws UnreadableException if it cannot be read, which has been reported
   * @throws SQLException if the database failed
   */
  static <R> R read(
      ResultSet row,
      int idColumn,
      UnreadableRows.Kind kind,
      UnreadableRows unreadable,
      Decoder<R> decoder)
      throws SQLException {
    try {
      return decoder.decode(row);
    } catch (RuntimeException e) {
      throw unreadable.report(kind, row.getString(idColumn), e);
    }
  }

  /**
   * A promise and its task.
   *
   * @param at where its first column is
   * @param most payloads that are larger have been left out
   */
  static PromiseRow promiseRow(ResultSet row, int at, long most) throws SQLException {
    PromiseRecord.State as = StateCodes.promiseState(row.getInt(at + 1));
    PromiseState state =
        as == PromiseRecord.State.PENDING
            ? new PromiseState.Pending()
            : new PromiseState.Settled(
                as, value(row.getBytes(at + 4), row.getBytes(at + 5)), row.getLong(at + 9));
    long payload = row.getLong(at + 16);
    Promise promise =
        new Promise(
            text(row, at, "id"),
            value(row.getBytes(at + 2), row.getBytes(at + 3)),
            map(row, at + 6, "tags"),
            row.getLong(at + 7),
            row.getLong(at + 8),
            state,
            payload > most ? payload : 0);
    return new PromiseRow(promise, task(row, at + 10, promise));
  }

  private static @Nullable Task task(ResultSet row, int at, Promise promise) throws SQLException {
    int code = row.getInt(at);
    if (row.wasNull()) {
      return null;
    }
    byte[] pid = row.getBytes(at + 2);
    return new Task(
        promise.id(),
        Objects.requireNonNull(promise.target(), "a task without a target"),
        row.getLong(at + 1),
        StateCodes.taskState(
            code,
            pid == null ? null : text(pid),
            row.getLong(at + 3),
            row.getLong(at + 4),
            row.getLong(at + 5)));
  }

  /** A schedule of {@link #SCHEDULE}. */
  static Schedule schedule(ResultSet row) throws SQLException {
    long ranAt = row.getLong(7);
    Long lastRunAt = row.wasNull() ? null : ranAt;
    return new Schedule(
        text(row, 1, "id"),
        text(row, 2, "cron"),
        text(row, 3, "promise id"),
        row.getLong(4),
        value(row.getBytes(9), row.getBytes(10)),
        map(row, 8, "tags"),
        row.getLong(5),
        row.getLong(6),
        lastRunAt);
  }

  private static String text(ResultSet row, int column, String name) throws SQLException {
    return Objects.requireNonNull(row.getString(column), name);
  }

  private static Map<String, String> map(ResultSet row, int column, String name)
      throws SQLException {
    return StringMaps.map(text(Objects.requireNonNull(row.getBytes(column), name)));
  }

  static String text(byte[] utf8) {
    return new String(utf8, StandardCharsets.UTF_8);
  }

  private static Value value(byte @Nullable [] headers, byte @Nullable [] data) {
    return headers == null && data == null
        ? Value.EMPTY
        : new Value(
            headers == null ? null : StringMaps.map(text(headers)),
            data == null ? null : text(data));
  }

  static byte @Nullable [] headers(Value value) {
    Map<String, String> headers = value.headers();
    return headers == null ? null : Digests.utf8(StringMaps.text(headers));
  }

  static byte @Nullable [] data(Value value) {
    String data = value.data();
    return data == null ? null : Digests.utf8(data);
  }
}
