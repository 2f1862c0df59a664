package dev.baton.server.storage.sqlite;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import dev.baton.core.Promise;
import dev.baton.core.PromiseState;
import dev.baton.core.Schedule;
import dev.baton.core.Task;
import dev.baton.core.TaskState;
import dev.baton.core.UnreadableException;
import dev.baton.protocol.PromiseRecord;
import dev.baton.protocol.Tags;
import dev.baton.protocol.Value;
import dev.baton.server.storage.UnreadableRows;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Maps rows to values. The codes of states never change their meaning. */
final class RowCodec {

  static final int PENDING = 0;

  static final int TASK_OFFERED = 0;
  static final int TASK_DELAYED = 1;
  static final int TASK_ACQUIRED = 2;
  static final int TASK_SUSPENDED = 3;
  static final int TASK_HALTED = 4;
  static final int TASK_FULFILLED = 5;

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
    StringBuilder columns = new StringBuilder();
    for (String column : COLUMNS.split(", ")) {
      boolean isPayload = column.startsWith("param_") || column.startsWith("value_");
      columns
          .append(
              isPayload
                  ? "CASE WHEN " + PAYLOAD + " <= " + most + " THEN " + column + " END"
                  : column)
          .append(", ");
    }
    return columns.append(PAYLOAD).toString();
  }

  static final String SCHEDULE_COLUMNS =
      "id, cron, promise_id, promise_timeout, param_headers, param_data, promise_tags, created_at,"
          + " next_run_at, last_run_at";

  /**
   * Reads whatever it has written: what is stored was accepted once, and it is too late for limits.
   * Names are not kept in a table of symbols, which refuses those that collide on purpose.
   */
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNameLength(Integer.MAX_VALUE)
                  .maxStringLength(Integer.MAX_VALUE)
                  .build())
          .build();

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

  /** A promise and its task, if it has one. */
  record PromiseRow(Promise promise, @Nullable Task task) {}

  /** Reads both. */
  static PromiseRow promiseRow(ResultSet row) throws SQLException {
    Promise promise = promise(row);
    return new PromiseRow(promise, task(row, promise));
  }

  static int code(PromiseRecord.State state) {
    return switch (state) {
      case PENDING -> PENDING;
      case RESOLVED -> 1;
      case REJECTED -> 2;
      case REJECTED_CANCELED -> 3;
      case REJECTED_TIMEDOUT -> 4;
    };
  }

  private static PromiseRecord.State promiseState(int code) {
    return switch (code) {
      case PENDING -> PromiseRecord.State.PENDING;
      case 1 -> PromiseRecord.State.RESOLVED;
      case 2 -> PromiseRecord.State.REJECTED;
      case 3 -> PromiseRecord.State.REJECTED_CANCELED;
      case 4 -> PromiseRecord.State.REJECTED_TIMEDOUT;
      default -> throw new IllegalStateException("unknown promise state " + code);
    };
  }

  static int code(TaskState state) {
    return switch (state) {
      case TaskState.Pending(_, boolean offered) -> offered ? TASK_OFFERED : TASK_DELAYED;
      case TaskState.Acquired _ -> TASK_ACQUIRED;
      case TaskState.Suspended _ -> TASK_SUSPENDED;
      case TaskState.Halted _ -> TASK_HALTED;
      case TaskState.Fulfilled _ -> TASK_FULFILLED;
    };
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
    PromiseRecord.State as = promiseState(row.getInt(2));
    PromiseState state =
        as == PromiseRecord.State.PENDING
            ? new PromiseState.Pending()
            : new PromiseState.Settled(
                as, value(row.getString(5), row.getString(6)), row.getLong(10));
    return new Promise(
        required(row, 1, "id"),
        value(row.getString(3), row.getString(4)),
        tags(required(row, 7, "tags")),
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
    return new Task(promise.id(), target, row.getLong(12), taskState(code, row));
  }

  private static TaskState taskState(int code, ResultSet row) throws SQLException {
    return switch (code) {
      case TASK_OFFERED -> new TaskState.Pending(row.getLong(15), true);
      case TASK_DELAYED -> new TaskState.Pending(row.getLong(15), false);
      case TASK_ACQUIRED ->
          new TaskState.Acquired(
              required(row, 13, "pid"), row.getLong(14), row.getLong(15), row.getLong(16));
      case TASK_SUSPENDED -> new TaskState.Suspended();
      case TASK_HALTED -> new TaskState.Halted();
      case TASK_FULFILLED -> new TaskState.Fulfilled();
      default -> throw new IllegalStateException("unknown task state " + code);
    };
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
        tags(required(row, 7, "tags")),
        row.getLong(8),
        row.getLong(9),
        lastRunAt);
  }

  private static Value value(@Nullable String headers, @Nullable String data) {
    return headers == null && data == null
        ? Value.EMPTY
        : new Value(headers == null ? null : tags(headers), data);
  }

  static @Nullable String headers(Value value) {
    Map<String, String> headers = value.headers();
    return headers == null ? null : text(headers);
  }

  /** A map as JSON. */
  static String text(Map<String, String> map) {
    if (map.isEmpty()) {
      return "{}";
    }
    StringWriter text = new StringWriter(64);
    try (JsonGenerator out = JSON.createGenerator(text)) {
      out.writeStartObject();
      for (Map.Entry<String, String> entry : map.entrySet()) {
        out.writeStringField(entry.getKey(), entry.getValue());
      }
      out.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("writing a map of strings", e);
    }
    return text.toString();
  }

  static Map<String, String> tags(String text) {
    if (text.equals("{}")) {
      return Map.of();
    }
    Map<String, String> map = new LinkedHashMap<>();
    try (JsonParser in = JSON.createParser(text)) {
      in.nextToken();
      while (in.nextToken() == JsonToken.FIELD_NAME) {
        String name = in.currentName();
        map.put(name, Objects.requireNonNull(in.nextTextValue(), "no text in a map of strings"));
      }
      if (in.currentToken() != JsonToken.END_OBJECT) {
        throw new IllegalStateException("no map of strings");
      }
    } catch (IOException e) {
      throw new UncheckedIOException("no map of strings: " + e.getMessage(), e);
    }
    return Tags.copy(map);
  }
}
