package dev.baton.server.storage.sqlite;

import dev.baton.core.Change;
import dev.baton.core.MemoryState;
import dev.baton.core.Outcome;
import dev.baton.core.Promise;
import dev.baton.core.PromiseState;
import dev.baton.core.Reader;
import dev.baton.core.RuleSet;
import dev.baton.core.State;
import dev.baton.core.Task;
import dev.baton.server.storage.Rows;
import dev.baton.server.storage.Storage;
import dev.baton.server.storage.StorageException;
import dev.baton.server.storage.UnreadableRows;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteConfig;

/**
 * One SQLite file, which this process owns: others may read it, and no other server opens it. What
 * is live (pending promises, unfinished tasks, callbacks, listeners, schedules) is kept in memory
 * and written through; settled promises leave memory once they are durable. Every batch is one
 * transaction with one sync.
 */
public final class SqliteStorage implements Storage {

  private static final Logger LOG = LoggerFactory.getLogger(SqliteStorage.class);

  private final Path file;
  private final StoreLock lock;
  private final Connection connection;
  private final RuleSet.Profile profile;
  private final long interruptedAt;
  private final Statements statements;
  private final SqliteHistory history;
  private final Loader loader;
  private final UnreadableRows unreadable = new UnreadableRows();
  private final Batch batch = new Batch();
  private final List<String> settled = new ArrayList<>();
  private final Rows rows = new BatchRows();
  private MemoryState state;
  private @Nullable SettledRows settledRows;
  private boolean isInTransaction;
  private boolean isStale;

  private SqliteStorage(
      Path file, StoreLock lock, Connection connection, RuleSet.Profile profile, long interruptedAt)
      throws SQLException {
    this.file = file;
    this.lock = lock;
    this.connection = connection;
    this.profile = profile;
    this.interruptedAt = interruptedAt;
    Migrations.run(connection);
    this.statements = new Statements(connection);
    this.history = new SqliteHistory(connection, unreadable);
    this.loader = new Loader(connection, unreadable);
    this.state = new MemoryState(profile, history);
    loader.load(state);
  }

  /**
   * Opens the file, or makes it.
   *
   * @throws StorageException if it cannot be opened, is no such file, or belongs to another process
   */
  public static SqliteStorage open(Path file, RuleSet.Profile profile) {
    try {
      Path folder = file.toAbsolutePath().getParent();
      if (folder != null && !Files.isDirectory(folder)) {
        throw new SQLException("folder " + folder + " does not exist");
      }
      StoreLock lock = StoreLock.take(file);
      try {
        return open(file, lock, profile);
      } catch (SQLException | IOException | RuntimeException e) {
        lock.abandon();
        throw e;
      }
    } catch (SQLException | IOException e) {
      throw new StorageException("cannot open the store " + file + ": " + e.getMessage(), e);
    }
  }

  private static SqliteStorage open(Path file, StoreLock lock, RuleSet.Profile profile)
      throws SQLException, IOException {
    long interruptedAt = lock.wasLeftInOrder() ? 0 : interruptedAt(file);
    SQLiteConfig config = new SQLiteConfig();
    config.setBusyTimeout(2_000);
    config.setJournalMode(SQLiteConfig.JournalMode.WAL);
    config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
    config.setTempStore(SQLiteConfig.TempStore.MEMORY);
    config.setCacheSize(-32_000);
    config.setGetGeneratedKeys(false); // Nobody asks for them, and each would be a query.
    Connection connection = config.createConnection("jdbc:sqlite:" + file.toAbsolutePath());
    try {
      return new SqliteStorage(file, lock, connection, profile, interruptedAt);
    } catch (SQLException | RuntimeException e) {
      connection.close();
      throw e;
    }
  }

  /** A log beside the file is what an orderly end would have removed. */
  private static long interruptedAt(Path file) throws IOException {
    Path log = Path.of(file.toAbsolutePath() + "-wal");
    return Files.exists(log) ? Files.getLastModifiedTime(log).toMillis() : 0;
  }

  private final class BatchRows implements Rows {
    @Override
    public State state() {
      return state;
    }

    @Override
    public void save(List<Change> changes) {
      state.apply(changes);
      for (Change change : changes) {
        batch.add(change);
        if (change instanceof Change.PutPromise(_, Promise after)
            && after.state() instanceof PromiseState.Settled) {
          settled.add(after.id());
        } else if (change instanceof Change.DeleteListener(String awaited, _)) {
          settled.add(awaited);
        } else if (change instanceof Change.Clear) {
          unreadable.clear();
        }
      }
    }

    @Override
    public long nextDueAt() {
      return state.nextDueAt();
    }
  }

  @Override
  public <R> R transact(Function<Rows, R> work) {
    try {
      reloadIfStale();
      R result = work.apply(rows);
      commit();
      return result;
    } catch (SQLException e) {
      abandon();
      throw new StorageException("the store could not save: " + e.getMessage(), e);
    } catch (RuntimeException | Error e) {
      abandon();
      throw e;
    }
  }

  private void commit() throws SQLException {
    if (!batch.isEmpty()) {
      statements.begin();
      isInTransaction = true;
      statements.write(batch);
      statements.commit();
      isInTransaction = false;
      batch.reset();
    }
    settled.forEach(state::evictSettled);
    settled.clear();
  }

  /** Nothing of the batch has happened: memory is ahead of the file and must be read again. */
  private void abandon() {
    isStale = true;
    batch.reset();
    settled.clear();
    if (isInTransaction) {
      isInTransaction = false;
      try {
        statements.rollback();
      } catch (SQLException e) {
        LOG.debug("SQLite had rolled back already", e);
      }
    }
  }

  private void reloadIfStale() throws SQLException {
    if (isStale) {
      state = new MemoryState(profile, history);
      loader.load(state);
      isStale = false;
    }
  }

  @Override
  public long interruptedAt() {
    return interruptedAt;
  }

  @Override
  public State live() {
    return state;
  }

  @Override
  public void replay(Consumer<Task> tasks, Consumer<Outcome.Unblock> unblocks) {
    state.replay(tasks, unblocks);
  }

  @Override
  public Sweep removeSettled(long settledBefore, int limit) {
    try {
      reloadIfStale();
      if (settledRows == null) {
        settledRows = new SettledRows(connection, unreadable);
      }
      SettledRows.Found found = settledRows.find(state, settledBefore, limit);
      if (found.ids().isEmpty()) {
        return new Sweep(0, found.isRoundOver());
      }
      statements.begin();
      isInTransaction = true;
      Sweep sweep = settledRows.remove(found);
      statements.commit();
      isInTransaction = false;
      return sweep;
    } catch (SQLException e) {
      abandon();
      throw new StorageException("removing settled promises: " + e.getMessage(), e);
    }
  }

  @Override
  public Map<String, Integer> groupSlots() {
    try {
      return loader.groupSlots();
    } catch (SQLException e) {
      throw new StorageException("reading the groups' settings: " + e.getMessage(), e);
    }
  }

  @Override
  public void saveGroupSlots(String group, @Nullable Integer slotsPerWorker) {
    String statement =
        slotsPerWorker == null
            ? "DELETE FROM group_settings WHERE name = ?"
            : "INSERT OR REPLACE INTO group_settings (name, slots_per_worker) VALUES (?, ?)";
    try (PreparedStatement save = connection.prepareStatement(statement)) {
      save.setString(1, group);
      if (slotsPerWorker != null) {
        save.setInt(2, slotsPerWorker);
      }
      save.executeUpdate();
    } catch (SQLException e) {
      throw new StorageException("saving the settings of group " + group, e);
    }
  }

  @Override
  public Reader reader() {
    return SqliteReader.open(file, unreadable);
  }

  @Override
  public long unreadableRows() {
    return unreadable.count();
  }

  /** How many promises are in memory. */
  int livePromises() {
    return state.size();
  }

  @Override
  public void close() {
    boolean isInOrder = false;
    try {
      if (settledRows != null) {
        settledRows.close();
      }
      statements.close();
      history.close();
      connection.close();
      isInOrder = true;
    } catch (SQLException e) {
      LOG.warn("The store could not be closed in good order: {}", e.getMessage());
    } finally {
      lock.release(isInOrder);
    }
  }
}
