package dev.baton.server.storage.postgres;

import dev.baton.core.MemoryState;
import dev.baton.core.Promise;
import dev.baton.server.storage.UnreadableRows;
import dev.baton.server.storage.rows.Batch;
import dev.baton.server.storage.rows.PromiseRow;
import dev.baton.server.storage.rows.SettledRound;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A connection of the engine's own, and what is prepared on it. */
final class JdbcSession implements Session {

  private static final Logger LOG = LoggerFactory.getLogger(JdbcSession.class);

  /**
   * In a transaction of several round trips that holds the shard's row: whose machine vanishes, or
   * stands still, between two of them must not keep others from owning it.
   */
  private static final String LET_GO_WHEN_SILENT =
      "SET LOCAL idle_in_transaction_session_timeout = 3000";

  /** After so many rounds of practice all that a batch needs is compiled, or there is no time. */
  private static final int MOST_ROUNDS = 300;

  private static final long MOST_NANOS = TimeUnit.MILLISECONDS.toNanos(400);

  /** The same of what an engine does when it starts. */
  private static final int MOST_STARTS = 50;

  private static final long MOST_NANOS_OF_STARTS = TimeUnit.MILLISECONDS.toNanos(100);

  private final Connection connection;
  private final UnreadableRows unreadable;
  private final Find find;
  private final Save save;
  private final SaveNew saveNew;
  private final PreparedStatement prove;

  /** As of the practice. */
  private String timeline = "";

  private int pid;

  private JdbcSession(Connection connection, UnreadableRows unreadable) throws SQLException {
    Digests digests = new Digests();
    this.connection = connection;
    this.unreadable = unreadable;
    this.find = new Find(connection, digests, unreadable);
    this.save = new Save(connection, digests);
    this.saveNew = new SaveNew(connection, digests);
    this.prove =
        connection.prepareStatement("SELECT epoch FROM baton_shard WHERE shard = " + Shard.NUMBER);
  }

  /** Opens a connection and brings the database's layout up to date. */
  static JdbcSession open(Connector connector, UnreadableRows unreadable) throws SQLException {
    Connection connection = connector.open();
    try {
      Migrations.run(connection);
      return new JdbcSession(connection, unreadable);
    } catch (SQLException | RuntimeException e) {
      closeQuietly(connection);
      throw e;
    }
  }

  /** The number of the database's process; 0 if it may be another's the next moment. */
  static int pid(Connection connection) throws SQLException {
    try (Statement select = connection.createStatement();
        ResultSet row = select.executeQuery("SELECT pg_backend_pid()")) {
      int pid = row.next() ? row.getInt(1) : 0;
      // A pooler says numbers of its own, and its connections to the database come and go.
      return pid == saidAtLogin(connection) ? pid : 0;
    }
  }

  /** By its name: the driver's type carries annotations that the compiler does not find. */
  private static int saidAtLogin(Connection connection) throws SQLException {
    try {
      Class<?> driver = Class.forName("org.postgresql.PGConnection");
      return (int) driver.getMethod("getBackendPID").invoke(connection.unwrap(driver));
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("the driver does not say who it is connected to", e);
    }
  }

  @Override
  public long find(List<String> ids, List<String> branches, Fetched fetched) throws SQLException {
    return find.execute(ids, branches, fetched);
  }

  @Override
  public @Nullable PromiseRow whole(String id) throws SQLException {
    return find.whole(id);
  }

  @Override
  public List<Promise> whole(List<String> ids) throws SQLException {
    return find.whole(ids);
  }

  @Override
  public List<Find.Sized> sizesOfBranch(String branch, String after) throws SQLException {
    return find.sizesOfBranch(branch, after);
  }

  @Override
  public boolean save(long epoch, Batch batch) throws SQLException {
    return save.execute(epoch, batch);
  }

  @Override
  public Written saveNew(long epoch, Batch batch, String id, List<String> branches, Fetched fetched)
      throws SQLException {
    return saveNew.execute(epoch, batch, id, branches, fetched);
  }

  @Override
  public long load(MemoryState state, Fetched fetched) throws SQLException {
    Loader loader = new Loader(connection, unreadable);
    loader.load(state, fetched);
    return loader.lastAcquiredAt();
  }

  @Override
  public void refresh(Touched touched, MemoryState state, Fetched fetched) throws SQLException {
    new Refresh(connection, unreadable, state, fetched).execute(touched);
  }

  @Override
  public Shard.Seen take(Shard shard) throws SQLException {
    return shard.take(connection);
  }

  @Override
  public void shownFor(Shard shard) throws SQLException {
    if (!shard.isOnItsTimeline(connection)) {
      throw shard.over(); // What is remembered may not be there.
    }
    shard.writtenBy(connection, pid(connection));
  }

  @Override
  public void follows(Shard shard) throws SQLException {
    // No database changes its timeline while connections last that can write.
    if (!shard.isOn(timeline.isEmpty() ? Shard.timelineOf(connection) : timeline)) {
      throw shard.over(); // What is remembered may not be there.
    }
  }

  @Override
  public int pid() {
    return pid;
  }

  @Override
  public void renew(Shard shard) throws SQLException {
    shard.renew(connection);
  }

  @Override
  public void release(Shard shard) throws SQLException {
    shard.release(connection);
  }

  @Override
  public Map<String, Integer> groupSlots() throws SQLException {
    return new Loader(connection, unreadable).groupSlots();
  }

  @Override
  public boolean saveGroupSlots(long epoch, String group, @Nullable Integer slots)
      throws SQLException {
    return GroupSettings.save(connection, epoch, group, slots);
  }

  @Override
  public SettledRound.Found settled(SettledRows rows, MemoryState state, long before, int limit)
      throws SQLException {
    return rows.find(connection, state, before, limit);
  }

  @Override
  public boolean remove(SettledRows rows, long epoch, List<String> ids) throws SQLException {
    return rows.remove(connection, epoch, ids);
  }

  @Override
  public void practise(MemoryState loaded) throws SQLException {
    plan();
    long began = System.nanoTime();
    for (int i = 0; i < MOST_ROUNDS && System.nanoTime() - began < MOST_NANOS; i++) {
      Rehearsal.round(this);
    }
    began = System.nanoTime();
    for (int i = 0; i < MOST_STARTS && System.nanoTime() - began < MOST_NANOS_OF_STARTS; i++) {
      groupSlots();
      loaded.replay(_ -> {}, _ -> {});
    }
    timeline = Shard.timelineOf(connection);
    pid = pid(connection);
  }

  /**
   * Lets the database plan what batches take: it does so once a session, when it comes to each
   * statement in an epoch that is. What is written for it is taken back.
   */
  private void plan() throws SQLException {
    long lasting = epoch();
    connection.setAutoCommit(false);
    try {
      try (Statement limit = connection.createStatement()) {
        limit.execute(LET_GO_WHEN_SILENT);
      }
      save.execute(lasting, Rehearsal.ofEveryKind(UUID.randomUUID().toString()));
    } finally {
      connection.rollback();
      connection.setAutoCommit(true);
    }
  }

  @Override
  public long epoch() throws SQLException {
    try (ResultSet row = prove.executeQuery()) {
      return row.next() ? row.getLong(1) : 0;
    }
  }

  @Override
  public void probe(int bytes) throws SQLException {
    byte[] filler = new byte[bytes];
    ThreadLocalRandom.current().nextBytes(filler); // Else it might be made smaller.
    try (PreparedStatement write =
        connection.prepareStatement(
            "INSERT INTO baton_probe (shard, filler) VALUES (?, ?)"
                + " ON CONFLICT (shard) DO UPDATE SET filler = excluded.filler")) {
      for (byte[] each : new byte[][] {filler, {}}) {
        write.setShort(1, Shard.NUMBER);
        write.setBytes(2, each);
        write.executeUpdate();
      }
    }
  }

  @Override
  public void interrupt() {
    try {
      connection.abort(Runnable::run);
    } catch (SQLException e) {
      LOG.debug("A connection that nobody is to wait for any more could not be ended", e);
    }
  }

  @Override
  public void abandon() {
    closeQuietly(connection);
  }

  private static void closeQuietly(AutoCloseable closeable) {
    try {
      closeable.close();
    } catch (Exception e) {
      LOG.debug("A connection that failed could not be closed either", e);
    }
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
