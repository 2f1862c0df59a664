package dev.baton.server.storage.postgres;

import dev.baton.core.Command;
import dev.baton.core.Portion;
import dev.baton.core.Promise;
import dev.baton.core.Query;
import dev.baton.core.Reader;
import dev.baton.core.RowSizes;
import dev.baton.core.Schedule;
import dev.baton.core.Task;
import dev.baton.core.UnreadableException;
import dev.baton.server.storage.StorageException;
import dev.baton.server.storage.UnreadableRows;
import dev.baton.server.storage.UnreadableRows.Kind;
import dev.baton.server.storage.postgres.Columns.Decoder;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads the database on a connection of its own. A portion is read in one transaction, which sees
 * one moment of it; a few rows at a time are in memory, whatever they carry.
 */
final class PostgresReader implements Reader {

  /** How many rows are looked at with one statement. */
  private static final int ROWS_A_LOOK = 1_000;

  /** Rows are fetched together up to so many bytes. */
  private static final long BYTES_A_FETCH = 1 << 20;

  private static final String ROWS =
      "SELECT " + Columns.WHOLE + " FROM baton_promises p WHERE p.id = ANY (?)";

  /** A task needs its promise's target, and nothing large; the last column is its resumes. */
  private static final String TASKS =
      "SELECT "
          + Columns.BARE
          + ", (SELECT count(*) FROM baton_callbacks c WHERE c.awaiter = p.id AND c.fired)"
          + " FROM baton_promises p WHERE p.id = ANY (?)";

  private final Connector connector;
  private Connection connection;
  private final UnreadableRows unreadable;
  private final Digests digests = new Digests();

  private PostgresReader(Connector connector, Connection connection, UnreadableRows unreadable) {
    this.connector = connector;
    this.connection = connection;
    this.unreadable = unreadable;
  }

  /**
   * Opens one.
   *
   * @param unreadable told of rows that cannot be read, which are passed over
   */
  static PostgresReader open(Connector connector, UnreadableRows unreadable) {
    try {
      return new PostgresReader(connector, connect(connector), unreadable);
    } catch (SQLException e) {
      throw new StorageException("opening a reader: " + e.getMessage(), e, false, true);
    }
  }

  private static Connection connect(Connector connector) throws SQLException {
    Connection connection = connector.openForSearches();
    try {
      connection.setAutoCommit(false);
      return connection;
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }

  /** What is done in one transaction. */
  private interface Look<R extends @Nullable Object> {
    R look() throws SQLException;
  }

  private <R extends @Nullable Object> R atOneMoment(String what, Look<R> look) {
    try {
      beginOrConnectAgain();
      try {
        return look.look();
      } finally {
        connection.commit();
      }
    } catch (SQLException e) {
      throw new StorageException(what + ": " + e.getMessage(), e, false, true);
    }
  }

  /** The database may have been away since the last look. */
  private void beginOrConnectAgain() throws SQLException {
    try {
      begin();
    } catch (SQLException e) {
      if (!SqlStates.isOfTheConnection(e)) {
        throw e;
      }
      connection.close();
      connection = connect(connector);
      begin();
    }
  }

  private void begin() throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY");
    }
  }

  /** Makes the statement for the rows that come next. */
  private interface Next {
    Scan scan(@Nullable String after, int limit);
  }

  /** Shows a row. */
  private interface Shower<R> {
    boolean show(String id, R row);
  }

  @Override
  public void promises(Query.Promises query, @Nullable String after, Portion<Promise> portion) {
    atOneMoment(
        "searching promises",
        () -> {
          walkPromises(query, after, portion);
          return portion;
        });
  }

  private void walkPromises(Query.Promises query, @Nullable String after, Portion<Promise> portion)
      throws SQLException {
    walk(
        after,
        (from, limit) -> {
          boolean isAtPrefix = query.beginsWithPrefix(from);
          String begin = isAtPrefix || from == null ? query.prefix() : from;
          return Scan.of(query, begin, isAtPrefix, limit, digests);
        },
        query.prefix(),
        portion,
        ROWS,
        row -> {
          Promise promise = Columns.promiseRow(row, 1, Long.MAX_VALUE).promise();
          return query.matches(promise) ? Optional.of(promise) : Optional.empty();
        },
        (id, promise) -> portion.add(id, promise, RowSizes.of(promise)));
  }

  @Override
  public void tasks(Query.Tasks query, @Nullable String after, Portion<TaskRow> portion) {
    atOneMoment(
        "searching tasks",
        () -> {
          walkTasks(query, after, portion);
          return portion;
        });
  }

  private void walkTasks(Query.Tasks query, @Nullable String after, Portion<TaskRow> portion)
      throws SQLException {
    walk(
        after,
        (from, limit) -> Scan.of(query, from == null ? "" : from, limit),
        "",
        portion,
        TASKS,
        row -> {
          Task task = Columns.promiseRow(row, 1, Long.MAX_VALUE).task();
          return task != null && query.matches(task)
              ? Optional.of(new TaskRow(task, row.getInt(Columns.COUNT + 1)))
              : Optional.empty();
        },
        (id, found) -> portion.add(id, found, RowSizes.of(found.task())));
  }

  /** An id that comes next. */
  private record Candidate(String id, boolean isWanted, long bytes) {}

  private <R> void walk(
      @Nullable String after,
      Next next,
      String prefix,
      Portion<?> portion,
      String rows,
      Decoder<Optional<R>> reader,
      Shower<R> shower)
      throws SQLException {
    int limit = Math.min(ROWS_A_LOOK, portion.rowsMost());
    String from = after;
    while (true) {
      List<Candidate> candidates = candidates(next.scan(from, limit));
      for (int i = 0; i < candidates.size(); ) {
        int end = together(candidates, i);
        Map<String, R> found = fetch(rows, candidates.subList(i, end), reader);
        for (; i < end; i++) {
          String id = candidates.get(i).id();
          if (!id.startsWith(prefix)) {
            portion.end();
            return;
          }
          R row = found.get(id);
          if (!(row == null ? portion.pass(id) : shower.show(id, row))) {
            return;
          }
          from = id;
        }
      }
      if (candidates.size() < limit) {
        portion.end();
        return;
      }
    }
  }

  private List<Candidate> candidates(Scan scan) throws SQLException {
    List<Candidate> candidates = new ArrayList<>();
    try (PreparedStatement select = connection.prepareStatement(scan.sql())) {
      scan.bind(select);
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          candidates.add(new Candidate(row.getString(1), row.getBoolean(2), row.getLong(3)));
        }
      }
    }
    return candidates;
  }

  /** The end of those that are fetched together with the first. */
  private static int together(List<Candidate> candidates, int first) {
    long bytes = 0;
    int end = first;
    while (end < candidates.size()) {
      Candidate candidate = candidates.get(end);
      bytes += candidate.isWanted() ? candidate.bytes() : 0;
      if (bytes > BYTES_A_FETCH && end > first) {
        break;
      }
      end++;
    }
    return end;
  }

  private <R> Map<String, R> fetch(
      String rows, List<Candidate> candidates, Decoder<Optional<R>> reader) throws SQLException {
    String[] wanted =
        candidates.stream().filter(Candidate::isWanted).map(Candidate::id).toArray(String[]::new);
    if (wanted.length == 0) {
      return Map.of();
    }
    Map<String, R> found = new HashMap<>();
    try (PreparedStatement select = connection.prepareStatement(rows)) {
      select.setObject(1, wanted);
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          String id = row.getString(1);
          try {
            Columns.read(row, 1, Kind.PROMISE, unreadable, reader)
                .ifPresent(value -> found.put(id, value));
          } catch (UnreadableException _) {
            // It has been reported, and is passed over.
          }
        }
      }
    }
    return found;
  }

  @Override
  public void schedules(Query.Schedules query, @Nullable String after, Portion<Schedule> portion) {
    atOneMoment(
        "searching schedules",
        () -> {
          walkSchedules(query, after, portion);
          return portion;
        });
  }

  private void walkSchedules(
      Query.Schedules query, @Nullable String after, Portion<Schedule> portion)
      throws SQLException {
    String from = after == null ? "" : Ids.bound(after);
    int limit = Math.min(ROWS_A_LOOK, portion.rowsMost());
    String sql =
        "SELECT %s FROM baton_schedules WHERE id > ? ORDER BY id LIMIT %d"
            .formatted(Columns.SCHEDULE, limit);
    try (PreparedStatement select = connection.prepareStatement(sql)) {
      while (true) {
        select.setString(1, from);
        select.setFetchSize(64);
        int seen = 0;
        try (ResultSet row = select.executeQuery()) {
          for (; row.next(); seen++) {
            from = row.getString(1);
            if (!isShown(row, from, query, portion)) {
              return;
            }
          }
        }
        if (seen < limit) {
          portion.end();
          return;
        }
      }
    }
  }

  private boolean isShown(
      ResultSet row, String id, Query.Schedules query, Portion<Schedule> portion)
      throws SQLException {
    try {
      Schedule schedule = Columns.read(row, 1, Kind.SCHEDULE, unreadable, Columns::schedule);
      return query.matches(schedule)
          ? portion.add(id, schedule, RowSizes.of(schedule))
          : portion.pass(id);
    } catch (UnreadableException _) {
      return portion.pass(id);
    }
  }

  @Override
  public @Nullable Everything everything(long bytesMost) {
    return atOneMoment(
        "reading everything",
        () -> {
          Portion<Promise> promises = Portion.ofBytes(bytesMost);
          walkPromises(Query.Promises.ALL, null, promises);
          if (!promises.isAtEnd()) {
            return null;
          }
          Portion<TaskRow> tasks = Portion.unlimited();
          walkTasks(Query.Tasks.ALL, null, tasks);
          return new Everything(
              promises.found(),
              tasks.found(),
              all(
                  "SELECT awaited, awaiter FROM baton_callbacks WHERE NOT fired"
                      + " ORDER BY awaited, awaiter",
                  row -> new Callback(row.getString(1), row.getString(2))),
              all(
                  "SELECT awaited, address FROM baton_listeners ORDER BY awaited, address",
                  row -> new Command.Listener(row.getString(1), Columns.text(row.getBytes(2)))));
        });
  }

  private <R> List<R> all(String sql, Decoder<R> decoder) throws SQLException {
    List<R> found = new ArrayList<>();
    try (var statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      while (row.next()) {
        found.add(decoder.decode(row));
      }
    }
    return found;
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (SQLException e) {
      throw new StorageException("closing a reader: " + e.getMessage(), e);
    }
  }
}
