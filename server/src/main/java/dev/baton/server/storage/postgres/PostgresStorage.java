package dev.baton.server.storage.postgres;

import dev.baton.core.Change;
import dev.baton.core.MemoryState;
import dev.baton.core.Outcome;
import dev.baton.core.Promise;
import dev.baton.core.Reader;
import dev.baton.core.RuleSet;
import dev.baton.core.State;
import dev.baton.core.Task;
import dev.baton.protocol.Request;
import dev.baton.server.storage.Evictions;
import dev.baton.server.storage.MemoryRows;
import dev.baton.server.storage.Rows;
import dev.baton.server.storage.Storage;
import dev.baton.server.storage.StorageException;
import dev.baton.server.storage.UnreadableRows;
import dev.baton.server.storage.rows.Batch;
import dev.baton.server.storage.rows.SettledRound;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A PostgreSQL database, whose shard this server owns for as long as its epoch lasts. What is live
 * is kept in memory and written through, as with SQLite. A transaction takes two round trips at
 * most: one that reads what it will look at and is not in memory, and one that writes all that it
 * changed, if the epoch is still this server's. One that changes nothing is sure of the epoch, too,
 * before anybody is told of it.
 *
 * <p>What has been written is certain only once the database has said so. If the connection breaks
 * before, this server begins another epoch, which ends whatever may still be under way, and reads
 * memory anew.
 */
public final class PostgresStorage implements Storage {

  private static final Logger LOG = LoggerFactory.getLogger(PostgresStorage.class);

  /** An index takes rows up to about 2,700 bytes, which hold more than an id. */
  public static final int MOST_ID_BYTES = 2_000;

  private static final int LEAST_PROOF = 8 << 10;
  private static final int MOST_PROOF = 1 << 20;

  /**
   * How the database is reached.
   *
   * @param url as the driver takes it
   * @param userFile a file that says who; wins over the user
   * @param passwordFile a file with the password, which may change; wins over the password
   * @param properties further properties of the driver
   * @param connectTimeout how long it may take to connect
   * @param timeout how long the database may be silent while something is asked of it
   * @param serverUrl where others reach this server
   */
  public record Settings(
      String url,
      @Nullable String user,
      @Nullable Path userFile,
      @Nullable String password,
      @Nullable Path passwordFile,
      Map<String, String> properties,
      Duration connectTimeout,
      Duration timeout,
      @Nullable String serverUrl) {

    public Settings {
      properties = Map.copyOf(properties);
    }

    /** A database that lets this user in without a password, as of tests. */
    public static Settings of(String url, String user) {
      return new Settings(
          url,
          user,
          null,
          null,
          null,
          Map.of(),
          Duration.ofSeconds(3),
          Duration.ofSeconds(5),
          null);
    }
  }

  private final Session.Opener opener;
  private final Function<Session, BatchSession> batches;
  private final Supplier<Reader> readers;
  private final RuleSet.Profile profile;
  private Shard shard;
  private final UnreadableRows unreadable = new UnreadableRows();
  private final Fetched fetched = new Fetched();
  private final Batch batch = new Batch();
  private final Evictions evictions = new Evictions();

  /** What the tasks of the transaction at hand were before it. */
  private final Map<String, Optional<Task>> tasksBefore = new HashMap<>();

  /**
   * The same of a transaction of which it is not known whether it happened, and what it settled.
   */
  private final Map<String, Optional<Task>> doubtedTasks = new HashMap<>();

  private final List<String> doubtedSettled = new ArrayList<>();
  private final SettledRows settledRows;
  private MemoryState state;
  private final Rows rows = new MemoryRows(() -> state, this::keep);

  /** Only who steps changes it; any thread may interrupt it. */
  private volatile @Nullable Session session;

  private long interruptedAt;

  /** Whether the database has yet to say whether it has what was written last. */
  private boolean isInDoubt;

  /** Whether there was no database to talk to when it was last tried. */
  private boolean isCut;

  private boolean isMemoryAhead;
  private boolean hasFailed;
  private String failure = "";
  private int proof = LEAST_PROOF;

  /** The groups' settings, if they were read with the rest and nobody has asked for them yet. */
  private @Nullable Map<String, Integer> groupSlotsAhead;

  /** What has been written since another was to follow; null while none is. */
  private @Nullable Touched touched;

  private PostgresStorage(Settings settings, RuleSet.Profile profile) {
    this(settings, profile, new Shard(settings.serverUrl()));
  }

  private PostgresStorage(Settings settings, RuleSet.Profile profile, Shard shard) {
    Connector connector = new Connector(settings);
    this.opener = () -> JdbcSession.open(connector, unreadable);
    this.batches = open -> open;
    this.readers = () -> PostgresReader.open(connector, unreadable);
    this.profile = profile;
    this.shard = shard;
    this.settledRows = new SettledRows(unreadable);
    this.state = emptyState();
  }

  /**
   * Connects, brings the database's layout up to date, becomes the owner of its shard, and reads
   * what is live.
   *
   * @throws StorageException if it cannot
   */
  public static PostgresStorage open(Settings settings, RuleSet.Profile profile) {
    PostgresStorage storage = new PostgresStorage(settings, profile);
    try {
      Session open = storage.session();
      Shard.Seen before = open.take(storage.shard);
      long lastAcquiredAt = storage.load(open);
      storage.interruptedAt = before.isReleased() ? 0 : lastAcquiredAt;
      return storage;
    } catch (SQLException | RuntimeException e) {
      storage.abandonSession();
      throw cannotOpen(e);
    }
  }

  /**
   * Reads what is live of a shard that has been claimed.
   *
   * @throws StorageException if it cannot; it may be tried again
   * @throws dev.baton.server.storage.EpochOverException if another has taken over
   */
  public static PostgresStorage open(Settings settings, RuleSet.Profile profile, Claim claim) {
    return new PostgresStorage(settings, profile, claim.shard()).loaded(claim);
  }

  /** Reads what is live of its shard. */
  PostgresStorage loaded(Claim claim) {
    try {
      long lastAcquiredAt = load(session());
      interruptedAt = claim.isAfterGoodEnd() ? 0 : lastAcquiredAt;
      return this;
    } catch (SQLException | RuntimeException e) {
      abandonSession();
      throw cannotOpen(e);
    }
  }

  private static StorageException cannotOpen(Exception e) {
    String said = e instanceof SQLException refused ? Advice.of(refused) : e.getMessage();
    return new StorageException("cannot open the store in PostgreSQL: " + said, e);
  }

  /**
   * Reads what is live of a shard that another owns, so that this server can follow it quickly. All
   * that can be done with the result is {@link #readAgain}, {@link #follow} and {@link #close}.
   *
   * @throws StorageException if it cannot
   */
  public static PostgresStorage ahead(Settings settings, RuleSet.Profile profile) {
    return new PostgresStorage(settings, profile).loadedAhead();
  }

  /** Reads what is live, without owning it. */
  PostgresStorage loadedAhead() {
    try {
      Session open = session();
      load(open);
      groupSlotsAhead = open.groupSlots();
      open.practise(state);
      fetched.endOfTransaction();
      return this;
    } catch (SQLException | RuntimeException e) {
      abandonSession();
      throw cannotOpen(e);
    }
  }

  /**
   * Reads again what the owner has written, which may write meanwhile: then the next notes tell.
   *
   * @param touched what it has written since {@link #ahead} began, or since its last notes
   * @return of how many rows the notes tell
   * @throws StorageException if it cannot; then it is to be closed
   */
  public int readAgain(byte[] touched) {
    try {
      return refresh(sessionThatRead(), touched);
    } catch (SQLException | IOException | RuntimeException e) {
      throw cannotFollow(e);
    }
  }

  /**
   * Becomes the store of a shard that has been claimed from an owner that ended in good order.
   *
   * @param touched what that has written since its last notes, or else since before {@link #ahead}
   * @throws StorageException if it cannot; then it is to be closed
   */
  public void follow(Claim claim, byte[] touched) {
    try {
      Session open = sessionThatRead();
      shard = claim.shard();
      open.follows(shard);
      refresh(open, touched);
    } catch (SQLException | IOException | RuntimeException e) {
      throw cannotFollow(e);
    }
  }

  /** Another might know less than what has been read. */
  private Session sessionThatRead() throws SQLException {
    Session open = session;
    if (open == null) {
      throw new SQLException("the connection was lost", "08006");
    }
    return open;
  }

  private int refresh(Session open, byte[] touched) throws SQLException, IOException {
    Touched since = Touched.read(touched);
    if (since.isTooMuch()) {
      load(open);
    } else {
      open.refresh(since, state, fetched);
    }
    if (since.hasGroups()) {
      groupSlotsAhead = open.groupSlots();
    }
    return since.size();
  }

  private StorageException cannotFollow(Exception e) {
    abandonSession();
    return new StorageException("cannot follow the owner in PostgreSQL: " + e.getMessage(), e);
  }

  /** What the database calls the connection that will write; 0 if it is not known. */
  public int writerPid() {
    Session open = session;
    return open == null ? 0 : open.pid();
  }

  /** From now on it is noted what is written. Between transactions only. */
  public void note() {
    touched = new Touched();
  }

  /**
   * What has been written since {@link #note}. Goes on with empty notes, unless what they tell of
   * may still come to be written. Between transactions only.
   */
  public byte[] takeNotes() {
    byte[] taken = noted();
    if (!hasFailed) {
      note();
    }
    return taken;
  }

  /** What has been written since the notes were empty. After the last transaction. */
  public byte[] noted() {
    Touched noted = touched;
    if (noted == null) {
      throw new IllegalStateException("nothing has been noted");
    }
    return noted.bytes();
  }

  /** The epoch that it writes in. */
  public long epoch() {
    return shard.epoch();
  }

  /**
   * The store of a shard that has been claimed, whatever its sessions are.
   *
   * @param opener opens them
   * @param readers opens readers
   */
  PostgresStorage(
      Session.Opener opener, Supplier<Reader> readers, RuleSet.Profile profile, Shard shard) {
    this(opener, readers, profile, shard, open -> open);
  }

  /**
   * A store on a session that is open, without what is in the database.
   *
   * @param batches what its transactions go to instead of the session
   */
  static PostgresStorage on(
      Session open, RuleSet.Profile profile, Shard shard, Function<Session, BatchSession> batches) {
    PostgresStorage storage =
        new PostgresStorage(
            () -> {
              throw new SQLException("no other session takes the place of this one");
            },
            () -> {
              throw new UnsupportedOperationException("nobody searches here");
            },
            profile,
            shard,
            batches);
    storage.session = open;
    return storage;
  }

  private PostgresStorage(
      Session.Opener opener,
      Supplier<Reader> readers,
      RuleSet.Profile profile,
      Shard shard,
      Function<Session, BatchSession> batches) {
    this.opener = opener;
    this.batches = batches;
    this.readers = readers;
    this.profile = profile;
    this.shard = shard;
    this.settledRows = new SettledRows(unreadable);
    this.state = emptyState();
  }

  /** Memory outlives the connections that it looks things up on. */
  private MemoryState emptyState() {
    return new MemoryState(
        profile, new PostgresHistory(this::session, fetched, unreadable, this::failure));
  }

  private Session session() throws SQLException {
    Session open = session;
    if (open == null) {
      open = opener.open();
      session = open;
      open.shownFor(shard);
    }
    return open;
  }

  /** Reads memory anew; answers when the youngest lease was granted. */
  private long load(Session open) throws SQLException {
    fetched.clear();
    MemoryState loaded = emptyState();
    long lastAcquiredAt = open.load(loaded, fetched);
    state = loaded;
    isMemoryAhead = false;
    return lastAcquiredAt;
  }

  /** A session, and memory that says what the database says. */
  private Session ready() throws SQLException {
    shard.check();
    if (isCut) { // Only recover waits for the database.
      throw new StorageException("PostgreSQL cannot be reached: " + failure, null, false, true);
    }
    Session open = session();
    if (isMemoryAhead) {
      load(open);
    }
    return open;
  }

  /** What the transaction is to write, and what memory need not have when it has. */
  private void keep(List<Change> changes) {
    for (Change change : changes) {
      batch.add(change);
      if (change instanceof Change.PutPromise(_, Promise after)) {
        evictions.add(after, state);
      } else if (change instanceof Change.PutTask(Task before, Task after)) {
        tasksBefore.putIfAbsent(after.id(), Optional.ofNullable(before));
      } else if (change instanceof Change.Clear) {
        tasksBefore.clear();
        unreadable.clear();
        fetched.clear();
      }
    }
  }

  @Override
  public <R> R transact(Function<Rows, R> work) {
    return transact(List::of, false, work);
  }

  @Override
  public <R> R transact(Supplier<List<Request>> ahead, boolean isAll, Function<Rows, R> work) {
    try {
      R result = decideAndWrite(ready(), ahead.get(), isAll, work);
      leave();
      return result;
    } catch (SQLException e) {
      throw failure("the store could not save", e);
    } catch (RuntimeException | Error e) {
      abandonBatch();
      throw e;
    } finally {
      fetched.endOfTransaction();
    }
  }

  private <R> R decideAndWrite(
      Session open, List<Request> requests, boolean isAll, Function<Rows, R> work)
      throws SQLException {
    BatchSession to = batches.apply(open);
    Ahead ahead = new Ahead(state, fetched);
    ahead.add(requests);
    String probablyNew = isAll ? ahead.probablyNew(requests) : null;
    if (probablyNew != null) {
      fetched.absent(List.of(probablyNew));
      R result = work.apply(rows);
      if (writeNew(to, ahead, probablyNew)) {
        return result;
      }
      takeBack(open, probablyNew);
    }
    boolean isProven = fetch(to, ahead);
    R result = work.apply(rows);
    if (!batch.isEmpty()) {
      write(to);
    } else if (!isProven && to.epoch() != shard.epoch()) {
      throw shard.over();
    }
    return result;
  }

  /** What was decided went by what is not so, or may not be so: nothing has happened. */
  private void takeBack(Session open, String probablyNew) throws SQLException {
    fetched.endOfTransaction();
    if (batch.isOnlyNew(probablyNew)) {
      state.takeBack(probablyNew);
    } else if (!batch.isEmpty()) {
      load(open);
    }
    forgetBatch();
  }

  private void forgetBatch() {
    tasksBefore.clear();
    batch.reset();
    evictions.clear();
  }

  /** Reads what will be looked at; answers whether that showed that the epoch lasts. */
  private boolean fetch(BatchSession open, Ahead ahead) throws SQLException {
    if (ahead.isEmpty()) {
      return false;
    }
    if (open.find(ahead.ids(), ahead.branches(), fetched) != shard.epoch()) {
      throw shard.over();
    }
    return true;
  }

  private void write(BatchSession open) throws SQLException {
    if (touched != null) {
      touched.add(batch);
    }
    isInDoubt = true;
    boolean isSaved = open.save(shard.epoch(), batch);
    isInDoubt = false;
    if (!isSaved) {
      throw shard.over();
    }
    if (batch.clears()) {
      fetched.clear(); // It may have been asked again before that was durable.
    }
    batch.reset();
  }

  /**
   * Writes what was decided as if a promise were new; answers false, and writes nothing, if not.
   */
  private boolean writeNew(BatchSession open, Ahead ahead, String id) throws SQLException {
    if (batch.isEmpty()) {
      return false;
    }
    if (!batch.isOnlyNew(id)) { // More followed from it.
      fetched.endOfTransaction();
      fetch(open, ahead);
      boolean isNew = fetched.isAbsent(id);
      if (isNew) {
        write(open);
      }
      return isNew;
    }
    if (touched != null) {
      touched.add(batch);
    }
    isInDoubt = true;
    BatchSession.Written written =
        open.saveNew(shard.epoch(), batch, id, ahead.branches(), fetched);
    isInDoubt = false;
    if (written == BatchSession.Written.EPOCH_OVER) {
      throw shard.over();
    }
    boolean isNew = written == BatchSession.Written.DURABLY;
    if (isNew) {
      batch.reset();
    }
    return isNew;
  }

  /** What is durable and will not change any more leaves memory. */
  private void leave() {
    for (String id : evictions.settled()) {
      Promise promise = state.promise(id);
      if (promise != null && !promise.isPending()) {
        fetched.settled(promise, state.task(id));
      }
    }
    evictions.evictFrom(state);
    tasksBefore.clear();
  }

  private StorageException failure(String what, SQLException e) {
    boolean isCertain = SqlStates.isRefusal(e);
    boolean isUnknown = isInDoubt && !isCertain;
    isInDoubt = isUnknown;
    if (SqlStates.isOfTheConnection(e) || isUnknown) {
      isCut = true;
      abandonSession();
    }
    abandonBatch();
    failure = Advice.of(e);
    return new StorageException(
        what + ": " + failure, e, isUnknown, SqlStates.isOfTheConnection(e));
  }

  /** Memory may be ahead of the database, and will be read again. */
  private void abandonBatch() {
    hasFailed = true;
    isMemoryAhead |= !batch.isEmpty() || isInDoubt;
    proof = Math.clamp(batch.characters(), LEAST_PROOF, MOST_PROOF);
    if (isInDoubt) {
      tasksBefore.forEach(doubtedTasks::putIfAbsent);
      doubtedSettled.addAll(evictions.settled());
    }
    forgetBatch();
  }

  private void abandonSession() {
    Session open = session;
    if (open != null) {
      open.abandon();
      session = null;
    }
    settledRows.beginAnew();
  }

  @Override
  public boolean hasFailed() {
    return hasFailed;
  }

  @Override
  public void recover() {
    shard.check();
    try {
      Session open = session();
      open.renew(shard);
      isInDoubt = false;
      isCut = false;
      open.probe(proof);
      ready();
      hasFailed = false;
      proof = LEAST_PROOF;
    } catch (SQLException e) {
      isCut = true;
      abandonSession();
      failure = Advice.of(e);
      throw new StorageException("PostgreSQL cannot save: " + failure, e, false, true);
    }
  }

  @Override
  public void catchUp(Moves moves, Consumer<Outcome.Unblock> unblocks) {
    List<Runnable> shown = new ArrayList<>();
    try {
      doubtedTasks.forEach((id, before) -> {
        Task after = state.task(id);
        if (after != null && !after.equals(before.orElse(null))) {
          shown.add(() -> moves.moved(before.orElse(null), after));
        }
      });
      for (String id : doubtedSettled) {
        Promise promise = state.promise(id);
        if (promise != null && !promise.isPending()) {
          for (String address : state.listenersOf(id)) {
            shown.add(() -> unblocks.accept(new Outcome.Unblock(address, promise)));
          }
        }
      }
    } finally {
      fetched.endOfTransaction();
    }
    // Not before all has been read: what is shown is shown once, also if the connection breaks.
    doubtedTasks.clear();
    doubtedSettled.clear();
    shown.forEach(Runnable::run);
  }

  @Override
  public void interrupt() {
    Session open = session;
    if (open != null) {
      open.interrupt();
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
      SettledRound.Found found = open.settled(settledRows, state, settledBefore, limit);
      if (!found.ids().isEmpty()) {
        if (!open.remove(settledRows, shard.epoch(), found.ids())) {
          throw shard.over();
        }
        found.ids().forEach(fetched::removed);
        fetched.endOfTransaction();
      }
      return new Sweep(found.ids().size(), found.isRoundOver());
    } catch (SQLException e) {
      throw failure("removing settled promises", e);
    }
  }

  @Override
  public Map<String, Integer> groupSlots() {
    Map<String, Integer> ahead = groupSlotsAhead;
    if (ahead != null) {
      groupSlotsAhead = null; // From now on they may change here.
      return ahead;
    }
    try {
      return ready().groupSlots();
    } catch (SQLException e) {
      throw failure("reading the groups' settings", e);
    }
  }

  @Override
  public void saveGroupSlots(String group, @Nullable Integer slotsPerWorker) {
    if (touched != null) {
      touched.addGroups();
    }
    try {
      if (!ready().saveGroupSlots(shard.epoch(), group, slotsPerWorker)) {
        throw shard.over();
      }
    } catch (SQLException e) {
      throw failure("saving the settings of group " + group, e);
    }
  }

  @Override
  public Reader reader() {
    return readers.get();
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
    Session open = session;
    if (open == null) {
      return;
    }
    try {
      if (!shard.isOver()) {
        open.release(shard);
      }
      open.close();
    } catch (SQLException e) {
      LOG.warn("The store could not be closed in good order: {}", e.getMessage());
    } finally {
      session = null;
    }
  }
}
