package dev.baton.server.storage.sqlite;

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
import dev.baton.server.storage.sqlite.RowCodec.Decoder;
import dev.baton.server.storage.sqlite.Stretches.Stretch;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig;

/**
 * Reads the file on a connection of its own. A statement that runs, or a transaction, sees one
 * moment of the file, and keeps the log from being emptied for as long as it lasts: none outlives a
 * portion.
 */
final class SqliteReader implements Reader {

  private static final int CACHE_KIB = 4_000;

  private static final String BY_ID = "SELECT " + RowCodec.COLUMNS + " FROM promises WHERE id = ?";

  /** A task needs its promise's target, and nothing large; the last column is its resumes. */
  private static final String TASK_COLUMNS =
      RowCodec.COLUMNS.replace(
              "param_headers, param_data, value_headers, value_data", "NULL, NULL, NULL, NULL")
          + ", (SELECT COUNT(*) FROM callbacks WHERE awaiter = promises.id AND fired <> 0)";

  private static final int RESUMES = RowCodec.COLUMNS.split(",").length + 1;

  private static final String TASK_BY_ID = "SELECT " + TASK_COLUMNS + " FROM promises WHERE id = ?";

  private final Connection connection;
  private final PreparedStatement byId;
  private final PreparedStatement taskById;
  private final PreparedStatements statements;

  private final UnreadableRows unreadable;

  /** Whether a transaction is open, by which all that is read is of one moment. */
  private boolean isAtOneMoment;

  private SqliteReader(Connection connection, UnreadableRows unreadable) throws SQLException {
    this.connection = connection;
    this.unreadable = unreadable;
    this.byId = connection.prepareStatement(BY_ID);
    this.taskById = connection.prepareStatement(TASK_BY_ID);
    this.statements = new PreparedStatements(connection);
  }

  /**
   * Opens one.
   *
   * @param unreadable told of rows that cannot be read, which are passed over
   */
  static SqliteReader open(Path file, UnreadableRows unreadable) {
    SQLiteConfig config = new SQLiteConfig();
    config.setReadOnly(true);
    config.setBusyTimeout(2_000);
    config.setTempStore(SQLiteConfig.TempStore.MEMORY);
    config.setCacheSize(-CACHE_KIB);
    try {
      Connection connection = config.createConnection("jdbc:sqlite:" + file.toAbsolutePath());
      try {
        return new SqliteReader(connection, unreadable);
      } catch (SQLException e) {
        connection.close();
        throw e;
      }
    } catch (SQLException e) {
      throw new StorageException("opening a reader of " + file + ": " + e.getMessage(), e);
    }
  }

  /** Shows the row of an id that may be wanted. */
  private interface Taker {
    boolean take(String id) throws SQLException;
  }

  /** Shows rows of a stretch that may be wanted, one after the other; answers how many. */
  private interface Takers {
    int takeAll(Stretches stretches, Stretch stretch) throws SQLException;
  }

  /** What a taker answers when the portion has enough. */
  private static final int ENOUGH = -1;

  @Override
  public void promises(Query.Promises query, @Nullable String after, Portion<Promise> portion) {
    reading(
        "searching promises",
        () -> {
          switch (Scan.of(query, after)) {
            case Scan.Indexed indexed -> walk(indexed, query, portion);
            case Scan.Whole whole ->
                walk(
                    whole,
                    query.prefix(),
                    portion,
                    (stretches, stretch) -> takeAll(stretches, stretch, query, portion));
          }
        });
  }

  @Override
  public @Nullable Promise promise(String id) {
    try {
      return one(byId, id, RowCodec::promise);
    } catch (UnreadableException _) {
      return null; // It has been reported.
    } catch (SQLException e) {
      throw new StorageException("reading a promise: " + e.getMessage(), e);
    }
  }

  @Override
  public void tasks(Query.Tasks query, @Nullable String after, Portion<TaskRow> portion) {
    Scan.Whole scan = Scan.of(query, after);
    Taker taker =
        id -> {
          Optional<TaskRow> found = one(taskById, id, SqliteReader::taskRow);
          TaskRow row = found == null ? null : found.orElse(null);
          return row != null && query.matches(row.task())
              ? portion.add(id, row, RowSizes.of(row.task()))
              : portion.pass(id);
        };
    reading(
        "searching tasks",
        () ->
            walk(
                scan,
                "",
                portion,
                (stretches, stretch) -> {
                  List<String> ids = stretches.wanted(stretch);
                  for (String id : ids) {
                    if (!taken(id, portion, taker)) {
                      return ENOUGH;
                    }
                  }
                  return ids.size();
                }));
  }

  private static Optional<TaskRow> taskRow(ResultSet row) throws SQLException {
    Task task = RowCodec.promiseRow(row).task();
    return task == null ? Optional.empty() : Optional.of(new TaskRow(task, row.getInt(RESUMES)));
  }

  /** Those that begin with the prefix; those that do not are behind. */
  private int takeAll(
      Stretches stretches, Stretch stretch, Query.Promises query, Portion<Promise> portion)
      throws SQLException {
    String first = stretch.first();
    if (first == null) {
      return 0;
    }
    int count = 0;
    try (ResultSet row = stretches.rows(stretch, first)) {
      while (row.next()) {
        String id = row.getString(1);
        if (!id.startsWith(query.prefix())) {
          break;
        }
        if (!taken(row, id, query, portion)) {
          return ENOUGH;
        }
        count++;
      }
    }
    return count;
  }

  private boolean taken(ResultSet row, String id, Query.Promises query, Portion<Promise> portion)
      throws SQLException {
    Promise promise;
    try {
      promise = RowCodec.read(row, Kind.PROMISE, unreadable, of -> RowCodec.promise(of, id));
    } catch (UnreadableException _) {
      return portion.pass(id);
    }
    return query.matches(promise)
        ? portion.add(id, promise, RowSizes.of(promise))
        : portion.pass(id);
  }

  /** Looks for rows. */
  private interface Search {
    void search() throws SQLException;
  }

  private void reading(String what, Search search) {
    try {
      search.search();
      statements.forgetArguments();
    } catch (SQLException e) {
      throw new StorageException(what + ": " + e.getMessage(), e);
    }
  }

  /** The statement runs until the portion has enough, so all that is read is of one moment. */
  private void walk(Scan.Indexed scan, Query.Promises query, Portion<Promise> portion)
      throws SQLException {
    PreparedStatement statement = statements.get(scan.sql());
    for (int i = 0; i < scan.arguments().size(); i++) {
      statement.setString(i + 1, scan.arguments().get(i));
    }
    try (ResultSet row = statement.executeQuery()) {
      while (row.next()) {
        String id = row.getString(1);
        if (!id.startsWith(query.prefix())) {
          break;
        }
        boolean mayBeWanted = row.getBoolean(Scan.Indexed.WANTED);
        if (!(mayBeWanted ? taken(row, id, query, portion) : portion.pass(id))) {
          return;
        }
      }
      portion.end();
    }
  }

  private void walk(Scan.Whole scan, String prefix, Portion<?> portion, Takers taker)
      throws SQLException {
    atOneMoment(() -> {
      stretches(scan, prefix, portion, taker);
      return true;
    });
  }

  private void stretches(Scan.Whole scan, String prefix, Portion<?> portion, Takers taker)
      throws SQLException {
    Stretches stretches = new Stretches(statements, scan);
    boolean goesOn = true;
    while (goesOn) {
      Stretch stretch = stretches.next(portion.rowsLeft());
      int taken = taker.takeAll(stretches, stretch);
      if (taken == ENOUGH) {
        return;
      }
      String end = stretch.end();
      if (end == null || !end.startsWith(prefix)) {
        portion.end();
        return;
      }
      goesOn = portion.pass(end, stretch.rows() - taken);
    }
  }

  /** What several statements read. */
  private interface Look<R extends @Nullable Object> {
    R look() throws SQLException;
  }

  private <R extends @Nullable Object> R atOneMoment(Look<R> look) throws SQLException {
    if (isAtOneMoment) {
      return look.look();
    }
    try (var transaction = connection.createStatement()) {
      transaction.executeUpdate("BEGIN");
      isAtOneMoment = true;
      try {
        return look.look();
      } finally {
        isAtOneMoment = false;
        transaction.executeUpdate("COMMIT");
      }
    }
  }

  private static boolean taken(String id, Portion<?> portion, Taker taker) throws SQLException {
    try {
      return taker.take(id);
    } catch (UnreadableException _) {
      return portion.pass(id);
    }
  }

  private <R> @Nullable R one(PreparedStatement select, String id, Decoder<R> decoder)
      throws SQLException {
    select.setString(1, id);
    try (ResultSet row = select.executeQuery()) {
      return row.next() ? RowCodec.read(row, Kind.PROMISE, unreadable, decoder) : null;
    }
  }

  @Override
  public void schedules(Query.Schedules query, @Nullable String after, Portion<Schedule> portion) {
    String sql = "SELECT " + RowCodec.SCHEDULE_COLUMNS + " FROM schedules WHERE id > ? ORDER BY id";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, after == null ? "" : after);
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          boolean goesOn =
              taken(
                  row.getString(1),
                  portion,
                  id -> {
                    Schedule schedule =
                        RowCodec.read(row, Kind.SCHEDULE, unreadable, RowCodec::schedule);
                    return query.matches(schedule)
                        ? portion.add(id, schedule, RowSizes.of(schedule))
                        : portion.pass(id);
                  });
          if (!goesOn) {
            return;
          }
        }
        portion.end();
      }
    } catch (SQLException e) {
      throw new StorageException("searching schedules: " + e.getMessage(), e);
    }
  }

  @Override
  public @Nullable Everything everything(long bytesMost) {
    try {
      return atOneMoment(() -> allOfIt(bytesMost));
    } catch (SQLException e) {
      throw new StorageException("reading everything: " + e.getMessage(), e);
    }
  }

  private @Nullable Everything allOfIt(long bytesMost) throws SQLException {
    Portion<Promise> promises = Portion.ofBytes(bytesMost);
    promises(Query.Promises.ALL, null, promises);
    if (!promises.isAtEnd()) {
      return null;
    }
    Portion<TaskRow> tasks = Portion.unlimited();
    tasks(Query.Tasks.ALL, null, tasks);
    return new Everything(
        promises.found(),
        tasks.found(),
        all(
            "SELECT awaited, awaiter FROM callbacks WHERE fired = 0 ORDER BY awaited, awaiter",
            row -> new Callback(row.getString(1), row.getString(2))),
        all(
            "SELECT awaited, address FROM listeners ORDER BY awaited, address",
            row -> new Command.Listener(row.getString(1), row.getString(2))));
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
      byId.close();
      statements.close();
      taskById.close();
      connection.close();
    } catch (SQLException e) {
      throw new StorageException("closing a reader: " + e.getMessage(), e);
    }
  }
}
