package dev.baton.server.storage.sqlite;

import dev.baton.core.Change;
import dev.baton.core.History;
import dev.baton.core.MemoryState;
import dev.baton.core.Outcome;
import dev.baton.core.Promise;
import dev.baton.core.Reader;
import dev.baton.core.RuleSet;
import dev.baton.core.Schedule;
import dev.baton.core.State;
import dev.baton.core.Task;
import dev.baton.server.storage.Evictions;
import dev.baton.server.storage.MemoryRows;
import dev.baton.server.storage.Rows;
import dev.baton.server.storage.Storage;
import dev.baton.server.storage.StorageException;
import dev.baton.server.storage.UnreadableRows;
import dev.baton.server.storage.rows.Batch;
import dev.baton.server.storage.rows.SettledRound;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteConfig;

/**
 * One SQLite file, which this process owns: others may read it, and no other server opens it. What
 * is live (pending promises, unfinished tasks, callbacks, listeners, schedules) is kept in memory
 * and written through; settled promises and large payloads leave memory once they are durable.
 * Every batch is one transaction with one sync.
 *
 * <p>Whatever fails, the connection is thrown away, and memory is read from the file anew if it was
 * ahead of it: what is in the file is the truth.
 */
public final class SqliteStorage implements Storage {

  private static final Logger LOG = LoggerFactory.getLogger(SqliteStorage.class);

  /** What the log shrinks to when it has grown beyond. */
  private static final int LOG_BYTES = 64 << 20;

  private static final int LEAST_PROOF = 64 << 10;
  private static final int MOST_PROOF = 1 << 20;

  /**
   * How the file is kept.
   *
   * @param checkpointPages with so many pages in the log, a commit brings them into the file; 0:
   *     somebody else does that
   * @param copies the folder in which copies are written; null for that of the file
   * @param room for what is live
   */
  public record Settings(int checkpointPages, @Nullable Path copies, LiveRoom room) {

    /** As SQLite has it, with all the memory that there is. */
    public static final Settings DEFAULT = new Settings(1_000, null);

    /** With all the memory that there is. */
    public Settings(int checkpointPages, @Nullable Path copies) {
      this(checkpointPages, copies, LiveRoom.UNLIMITED);
    }
  }

  private final Path file;
  private final StoreLock lock;
  private final AutoCheckpoint checkpoints;
  private final SqliteCopy copy;
  private final Session.Opener opener;
  private final RuleSet.Profile profile;
  private final LiveRoom room;
  private final long interruptedAt;
  private final UnreadableRows unreadable = new UnreadableRows();
  private final Batch batch = new Batch();
  private final Evictions evictions = new Evictions();
  private MemoryState state;
  private final Rows rows = new MemoryRows(() -> state, this::keep);
  private @Nullable Session session;
  private boolean isMemoryAhead;
  private boolean hasFailed;
  private int proof = LEAST_PROOF;

  private SqliteStorage(
      Path file,
      StoreLock lock,
      Session.Opener opener,
      RuleSet.Profile profile,
      Settings settings,
      long interruptedAt)
      throws SQLException {
    this.file = file;
    this.lock = lock;
    this.checkpoints = new AutoCheckpoint(settings.checkpointPages());
    this.copy = new SqliteCopy(file, settings.copies(), checkpoints);
    this.opener = opener;
    this.profile = profile;
    this.room = settings.room();
    this.interruptedAt = interruptedAt;
    this.state = emptyState();
    Session opened = session();
    try {
      opened.loader.load(state, room);
    } catch (SQLException | RuntimeException e) {
      opened.abandon();
      throw e;
    }
  }

  /**
   * Opens the file, or makes it.
   *
   * @throws StorageException if it cannot be opened, is no such file, or belongs to another process
   */
  public static SqliteStorage open(Path file, RuleSet.Profile profile) {
    return open(file, profile, Settings.DEFAULT);
  }

  /** The same, kept as it is said. */
  public static SqliteStorage open(Path file, RuleSet.Profile profile, Settings settings) {
    return open(file, opener(file), profile, settings);
  }

  /** The same, with connections from elsewhere. */
  static SqliteStorage open(
      Path named, Session.Opener opener, RuleSet.Profile profile, Settings settings) {
    Path file = named.toAbsolutePath().normalize();
    try {
      for (Path folder : new Path[] {file.getParent(), settings.copies()}) {
        if (folder != null && !Files.isDirectory(folder)) {
          throw new SQLException("folder " + folder + " does not exist");
        }
      }
      StoreLock lock = StoreLock.take(file);
      try {
        long interruptedAt = lock.wasLeftInOrder() ? 0 : interruptedAt(file);
        return new SqliteStorage(file, lock, opener, profile, settings, interruptedAt);
      } catch (SQLException | IOException | RuntimeException e) {
        lock.abandon();
        throw e;
      }
    } catch (SQLException | IOException e) {
      throw new StorageException("cannot open the store " + named + ": " + e.getMessage(), e);
    }
  }

  /** Opens connections as they are to be. */
  static Session.Opener opener(Path file) {
    SQLiteConfig config = new SQLiteConfig();
    config.setBusyTimeout(2_000);
    config.setJournalMode(SQLiteConfig.JournalMode.WAL);
    config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
    config.setTempStore(SQLiteConfig.TempStore.MEMORY);
    config.setCacheSize(-32_000);
    config.setJournalSizeLimit(LOG_BYTES);
    config.setGetGeneratedKeys(false); // Nobody asks for them, and each would be a query.
    return () -> config.createConnection("jdbc:sqlite:" + file.toAbsolutePath());
  }

  /** A log beside the file is what an orderly end would have removed. */
  private static long interruptedAt(Path file) throws IOException {
    Path log = Path.of(file.toAbsolutePath() + "-wal");
    return Files.exists(log) ? Files.getLastModifiedTime(log).toMillis() : 0;
  }

  /** Memory outlives the connections that it looks things up on. */
  private MemoryState emptyState() {
    MemoryState empty = new MemoryState(profile, storedRows());
    empty.room(room.most());
    return empty;
  }

  private History storedRows() {
    return new History() {
      @Override
      public @Nullable Promise promise(String id) {
        return history().promise(id);
      }

      @Override
      public @Nullable Task task(String id) {
        return history().task(id);
      }

      @Override
      public @Nullable Schedule schedule(String id) {
        return history().schedule(id);
      }

      @Override
      public @Nullable Promise whole(String id) {
        return history().whole(id);
      }

      @Override
      public List<Promise> branch(String branch, boolean withRoot, String except, long room) {
        return history().branch(branch, withRoot, except, room);
      }
    };
  }

  private SqliteHistory history() {
    try {
      return session().history;
    } catch (SQLException e) {
      throw failure("opening the store again", e);
    }
  }

  private Session session() throws SQLException {
    if (session == null) {
      session = Session.open(opener, unreadable, checkpoints);
    }
    return session;
  }

  /** A session, and memory that says what the file says. */
  private Session ready() throws SQLException {
    Session open = session();
    if (isMemoryAhead) {
      MemoryState loaded = emptyState();
      open.loader.load(loaded, room);
      state = loaded;
      isMemoryAhead = false;
    }
    return open;
  }

  /** What the transaction is to write, and what memory need not have when it has. */
  private void keep(List<Change> changes) {
    for (Change change : changes) {
      batch.add(change);
      if (change instanceof Change.PutPromise(_, Promise after)) {
        evictions.add(after, state);
      } else if (change instanceof Change.Clear) {
        unreadable.clear();
      }
    }
  }

  @Override
  public <R> R transact(Function<Rows, R> work) {
    try {
      Session open = ready();
      R result = work.apply(rows);
      if (!batch.isEmpty()) {
        open.transact(statements -> statements.write(batch));
        batch.reset();
      }
      evictions.evictFrom(state);
      return result;
    } catch (SQLException e) {
      throw failure("the store could not save", e);
    } catch (RuntimeException | Error e) {
      abandonBatch();
      if (e instanceof StorageException) {
        abandonSession();
      }
      throw e;
    }
  }

  private StorageException failure(String what, SQLException e) {
    boolean mayHaveHappened = session != null && session.mayHaveCommitted();
    abandonBatch();
    abandonSession();
    return new StorageException(what + ": " + e.getMessage(), e, mayHaveHappened);
  }

  /** Memory may be ahead of the file, and will be read again. */
  private void abandonBatch() {
    hasFailed = true;
    isMemoryAhead = true;
    proof = Math.clamp(batch.characters(), LEAST_PROOF, MOST_PROOF);
    batch.reset();
    evictions.clear();
  }

  private void abandonSession() {
    if (session != null) {
      session.abandon();
      session = null;
    }
  }

  @Override
  public boolean hasFailed() {
    return hasFailed;
  }

  @Override
  public void recover() {
    try {
      session().prove(proof);
      ready();
      hasFailed = false;
      proof = LEAST_PROOF;
    } catch (SQLException e) {
      abandonSession();
      throw new StorageException("the store cannot save: " + e.getMessage(), e);
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
      Session open = ready();
      SettledRows settledRows = open.settledRows();
      SettledRound.Found found = settledRows.find(state, settledBefore, limit);
      if (!found.ids().isEmpty()) {
        open.transact(_ -> settledRows.remove(found));
      }
      return new Sweep(found.ids().size(), found.isRoundOver());
    } catch (SQLException e) {
      throw failure("removing settled promises", e);
    }
  }

  @Override
  public Optional<Path> copy(LongUnaryOperator restNanos) {
    return Optional.of(copy.write(restNanos));
  }

  @Override
  public Map<String, Integer> groupSlots() {
    try {
      return session().loader.groupSlots();
    } catch (SQLException e) {
      throw failure("reading the groups' settings", e);
    }
  }

  @Override
  public void saveGroupSlots(String group, @Nullable Integer slotsPerWorker) {
    String statement =
        slotsPerWorker == null
            ? "DELETE FROM group_settings WHERE name = ?"
            : "INSERT OR REPLACE INTO group_settings (name, slots_per_worker) VALUES (?, ?)";
    try {
      session().set(statement, group, slotsPerWorker);
    } catch (SQLException e) {
      throw failure("saving the settings of group " + group, e);
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
  public long liveBytes() {
    return state.bytes();
  }

  @Override
  public void close() {
    boolean isInOrder = false;
    try {
      if (session != null) {
        session.close();
        isInOrder = true;
      }
    } catch (SQLException e) {
      LOG.warn("The store could not be closed in good order: {}", e.getMessage());
    } finally {
      lock.release(isInOrder);
    }
  }
}
