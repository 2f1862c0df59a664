package dev.baton.server.storage.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One server's part in the question of who owns the shard. It looks at the database several times a
 * second, claims the shard when its owner is gone, and while it is the owner itself, shows a sign
 * of life.
 *
 * <pre>
 *   waiting --(the owner has released it, its connection is gone, or its beat is stale: claim)--> owner
 *   owner   --(another has claimed, or the owner releases it)--> waiting
 * </pre>
 *
 * <p>All of this is about speed only: that the owner is the only one who writes and answers is the
 * doing of the epoch in each batch. It has a thread and a connection of its own.
 */
public final class Contest implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Contest.class);

  private static final long LOOK_MS = 50;
  private static final long BEAT_MS = 400;
  private static final long RECONNECT_MS = 200;

  /** How old the owner's beat may be. */
  private static final long STALE_MS = 1_500;

  /** How long a claim waits for a batch of the owner that is gone, before that is ended. */
  private static final long CLAIM_MS = 500;

  /** How often in a row the owner's connection must be seen to be gone. */
  private static final int GONE = 2;

  /** What it came to. Called on the contest's thread, which must not be held up. */
  public interface Listener {

    /** Another owns it, who is reached at that URL; null: it does not say. */
    void ownedElsewhere(long epoch, @Nullable String url);

    /** Nobody owns it. */
    void ownerUnknown();

    /** This server does. */
    void won(Claim claim);

    /** This server does not any more. */
    void deposed();
  }

  /** What may be had at a look. */
  private record Look(
      Shard.Seen seen, @Nullable String url, long beatAgeMs, boolean isConnectionGone) {}

  private final Connector connector;
  private final PostgresStorage.Settings settings;
  private final Listener listener;
  private final DatabaseClock clock;
  private final Thread thread = new Thread(this::run, "contest");

  private volatile boolean isClosed;
  private volatile boolean isLeaving;
  private volatile @Nullable Shard own;

  private @Nullable Connection connection;
  private int backendPid;
  private int timesGone;
  private long beatAt;
  private volatile long heardAt;

  public Contest(PostgresStorage.Settings settings, DatabaseClock clock, Listener listener) {
    this.connector = new Connector(settings);
    this.settings = settings;
    this.clock = clock;
    this.listener = listener;
    this.thread.setDaemon(true);
  }

  /** Begins. */
  public void start() {
    thread.start();
  }

  /** For how many milliseconds the database has not been heard. Any thread may ask. */
  public long silenceMs() {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - heardAt);
  }

  private void run() {
    heardAt = System.nanoTime();
    while (!isClosed) {
      try {
        Connection open = connected();
        long waitMs = step(open);
        heardAt = System.nanoTime();
        LockSupport.parkNanos(this, TimeUnit.MILLISECONDS.toNanos(waitMs));
      } catch (SQLException e) {
        // Whoever owned it may be reached all the same, and is asked until another is known.
        LOG.debug("The database could not be asked who owns the shard", e);
        disconnect();
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(RECONNECT_MS));
      } catch (RuntimeException e) {
        LOG.error("Who owns the shard could not be found out", e);
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(RECONNECT_MS));
      }
    }
    disconnect();
  }

  private Connection connected() throws SQLException {
    Connection known = connection;
    if (known != null) {
      return known;
    }
    Connection opened = connector.open();
    connection = opened;
    Migrations.run(opened);
    backendPid = Session.pid(opened);
    Shard mine = own;
    if (mine != null) {
      mine.shownBy(opened, backendPid);
    }
    return opened;
  }

  private void disconnect() {
    Connection known = connection;
    connection = null;
    if (known != null) {
      try {
        known.close();
      } catch (SQLException e) {
        LOG.debug("A connection that failed could not be closed either", e);
      }
    }
  }

  private long step(Connection open) throws SQLException {
    Shard mine = own;
    if (mine != null) {
      return beat(open, mine);
    }
    Look look = look(open);
    if (!isLeaving && isFree(look)) {
      claim(open, look.seen());
      return 1;
    }
    if (look.seen().owner() == null || look.seen().isReleased()) {
      listener.ownerUnknown();
    } else {
      listener.ownedElsewhere(look.seen().epoch(), look.url());
    }
    return LOOK_MS;
  }

  private boolean isFree(Look look) {
    timesGone = look.isConnectionGone() ? timesGone + 1 : 0;
    return look.seen().owner() == null
        || look.seen().isReleased()
        || timesGone >= GONE
        || look.beatAgeMs() > STALE_MS;
  }

  private static Look look(Connection open) throws SQLException {
    try (PreparedStatement select =
        open.prepareStatement(
            """
            SELECT s.epoch, s.owner, s.released, s.url,
              (extract(epoch FROM clock_timestamp() - greatest(b.at, s.taken_at)) * 1000)::bigint,
              cardinality(s.backend_pids) > 0
                AND NOT EXISTS (SELECT 1 FROM pg_stat_activity a WHERE a.pid = ANY (s.backend_pids))
            FROM baton_shard s LEFT JOIN baton_beat b ON b.shard = s.shard WHERE s.shard = ?
            """)) {
      select.setShort(1, Shard.NUMBER);
      try (ResultSet row = select.executeQuery()) {
        if (!row.next()) {
          throw new SQLException("baton_shard has no row of shard " + Shard.NUMBER);
        }
        return new Look(
            new Shard.Seen(row.getLong(1), row.getString(2), row.getBoolean(3)),
            row.getString(4),
            row.getLong(5),
            row.getBoolean(6));
      }
    }
  }

  private void claim(Connection open, Shard.Seen seen) throws SQLException {
    timesGone = 0;
    Shard shard = new Shard(settings.serverUrl());
    boolean isClaimed;
    open.setAutoCommit(false);
    try {
      try (Statement limit = open.createStatement()) {
        limit.execute("SET LOCAL lock_timeout = " + CLAIM_MS);
      }
      isClaimed = shard.claim(open, seen);
      if (isClaimed) {
        shard.shownBy(open, backendPid);
      }
      open.commit();
    } catch (SQLException e) {
      open.rollback();
      if (!SqlStates.isLockTimeout(e)) {
        throw e;
      }
      LOG.warn(
          "A batch of the owner that is gone still holds the shard: its connections are ended");
      endOldConnections(open);
      return;
    } finally {
      open.setAutoCommit(true);
    }
    if (isClaimed) {
      beat(open, shard);
      own = shard;
      LOG.info("This server owns the store now, in epoch {}", shard.epoch());
      listener.won(new Claim(shard, seen.isReleased() || seen.owner() == null));
    }
  }

  private static void endOldConnections(Connection open) throws SQLException {
    try (PreparedStatement end =
        open.prepareStatement(
            """
            SELECT pg_terminate_backend(pid) FROM (
              SELECT unnest(backend_pids) AS pid FROM baton_shard WHERE shard = ?) old
            """)) {
      end.setShort(1, Shard.NUMBER);
      end.executeQuery().close();
    }
  }

  /** Says that this server lives, if it still is the owner; measures the database's time. */
  private long beat(Connection open, Shard mine) throws SQLException {
    long now = System.nanoTime();
    long dueInMs = BEAT_MS - TimeUnit.NANOSECONDS.toMillis(now - beatAt);
    if (own != null && dueInMs > 0) {
      return dueInMs;
    }
    try (PreparedStatement beat =
        open.prepareStatement(
            """
            WITH quick AS (SELECT set_config('synchronous_commit', 'off', true))
            INSERT INTO baton_beat AS b (shard, epoch, at)
              SELECT s.shard, s.epoch, clock_timestamp() FROM baton_shard s, quick
              WHERE s.shard = ? AND s.owner = ?
            ON CONFLICT (shard) DO UPDATE SET epoch = excluded.epoch, at = excluded.at
            RETURNING (extract(epoch FROM clock_timestamp()) * 1000)::bigint
            """)) {
      beat.setShort(1, Shard.NUMBER);
      beat.setString(2, mine.owner());
      long before = System.currentTimeMillis();
      try (ResultSet row = beat.executeQuery()) {
        if (row.next()) {
          clock.measured(before, row.getLong(1), System.currentTimeMillis());
          beatAt = now;
          return BEAT_MS;
        }
      }
    }
    if (own != null) {
      lost();
    }
    return 1;
  }

  private void lost() {
    own = null;
    LOG.warn("Another server owns the store now");
    listener.deposed();
  }

  /** From now on it claims nothing: this server is about to end. */
  public void leave() {
    isLeaving = true;
  }

  /** The store has been closed in good order: whoever waits may claim it at once. */
  public void released() {
    own = null;
    LockSupport.unpark(thread);
  }

  @Override
  public void close() {
    isClosed = true;
    LockSupport.unpark(thread);
    try {
      thread.join(2_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
