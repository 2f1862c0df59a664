package dev.baton.server.storage.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
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

  /** The same while somebody waits for an owner, and for how long that counts, and counts not. */
  private static final long URGED_LOOK_MS = 5;

  private static final long URGED_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
  private static final long URGE_AGAIN_NANOS = TimeUnit.SECONDS.toNanos(2);

  private static final long BEAT_MS = 400;
  private static final long RECONNECT_MS = 200;

  /** How often the same trouble is told of. */
  private static final long TELL_AGAIN_NANOS = TimeUnit.MINUTES.toNanos(1);

  /** For how long there must be none before it is over. */
  private static final long CALM_NANOS = TimeUnit.SECONDS.toNanos(2);

  /** How long a claim waits for a batch of the owner that is gone, before that is ended. */
  private static final long CLAIM_MS = 500;

  /** How often a claim is practised before one that is waited for, and for how long. */
  private static final int MOST_PRACTICE = 200;

  private static final long MOST_PRACTISING_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  /** An epoch that never is. */
  private static final Shard.Seen NO_EPOCH = new Shard.Seen(-1, null, true);

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

  private final Connector connector;
  private final PostgresStorage.Settings settings;
  private final Listener listener;
  private final DatabaseClock clock;
  private final Leaving leaving;
  private final Contender contender = new Contender();
  private final Thread thread = new Thread(this::run, "contest");

  private volatile boolean isClosed;
  private volatile @Nullable Shard own;
  private volatile long urgedAt = System.nanoTime() - URGE_AGAIN_NANOS;

  /**
   * An owner that has ended for this server to follow it.
   *
   * @param writerPid what the database calls the connection that will write; 0 if it is not known
   */
  private record Ended(long epoch, int writerPid) {}

  private volatile @Nullable Ended followed;

  /** Whether this server is about to follow, and has yet to practise it. */
  private volatile boolean isPractising;

  /** What this server was, as the owner that another is about to follow. */
  private volatile @Nullable String former;

  private @Nullable Connection connection;
  private int backendPid;
  private long beatAt;
  private volatile long heardAt;
  private @Nullable String trouble;
  private long toldAt;
  private long troubledAt;

  /**
   * @param leaving says when this server claims nothing any more
   */
  public Contest(
      PostgresStorage.Settings settings, DatabaseClock clock, Leaving leaving, Listener listener) {
    this.connector = new Connector(settings);
    this.settings = settings;
    this.clock = clock;
    this.leaving = leaving;
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
        heard();
        LockSupport.parkNanos(this, TimeUnit.MILLISECONDS.toNanos(waitMs));
      } catch (SQLException e) {
        // Whoever owned it may be reached all the same, and is asked until another is known.
        tell(e);
        disconnect();
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(RECONNECT_MS));
      } catch (RuntimeException e) {
        LOG.error("Who owns the shard could not be found out", e);
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(RECONNECT_MS));
      }
    }
    disconnect();
  }

  private void heard() {
    heardAt = System.nanoTime();
    if (trouble != null && heardAt - troubledAt > CALM_NANOS) {
      trouble = null;
      LOG.info("The database answers again");
    }
  }

  /** Once for each kind of trouble, and again when it lasts. */
  private void tell(SQLException e) {
    String said = Advice.of(e);
    long now = System.nanoTime();
    troubledAt = now;
    if (!said.equals(trouble) || now - toldAt > TELL_AGAIN_NANOS) {
      trouble = said;
      toldAt = now;
      LOG.warn("The database cannot be asked who owns the store: {}", said);
    }
    LOG.debug("The database could not be asked who owns the store", e);
  }

  private Connection connected() throws SQLException {
    Connection known = connection;
    if (known != null) {
      return known;
    }
    Connection opened = connector.open();
    connection = opened;
    Migrations.run(opened);
    backendPid = JdbcSession.pid(opened);
    Shard mine = own;
    if (mine != null && mine.isOnItsTimeline(opened)) {
      mine.shownBy(opened, backendPid);
    } else if (mine != null) {
      LOG.warn("The database is another than before: a standby has taken its place");
      lost();
    }
    return opened;
  }

  private void disconnect() {
    Connection known = connection;
    connection = null;
    contender.forget();
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
    Ended ended = followed;
    if (ended != null) {
      followed = null;
      claimFollowed(open, ended);
      return 1;
    }
    if (isPractising) {
      isPractising = false;
      practise(open);
    }
    long asked = System.nanoTime();
    Contender.Look look = look(open, clock);
    // While the database, or this server, stood still, the owner may have, too.
    contender.stoodStill(System.nanoTime() - asked - TimeUnit.MILLISECONDS.toNanos(BEAT_MS));
    String me = former;
    if (me != null && me.equals(look.owner())) {
      return URGED_LOOK_MS;
    }
    switch (contender.judge(look, leaving.mayClaim(), System.nanoTime())) {
      case Contender.Move.Claim _ -> {
        claim(open, new Shard.Seen(look.epoch(), look.owner(), look.isReleased()), 0);
        return 1;
      }
      case Contender.Move.Follow(var epoch, var url) -> listener.ownedElsewhere(epoch, url);
      case Contender.Move.Wait _ -> listener.ownerUnknown();
    }
    return System.nanoTime() - urgedAt < URGED_NANOS ? URGED_LOOK_MS : LOOK_MS;
  }

  /** Measures the database's time, too: whoever claims goes by it at once. */
  private static Contender.Look look(Connection open, DatabaseClock clock) throws SQLException {
    try (PreparedStatement select =
        open.prepareStatement(
            """
            SELECT s.epoch, s.owner, s.released, s.url, concat_ws('/', s.owner, b.epoch, b.at),
              (extract(epoch FROM clock_timestamp() - greatest(b.at, s.taken_at)) * 1000)::bigint,
              cardinality(s.backend_pids) > 0
                AND NOT EXISTS (SELECT 1 FROM pg_stat_activity a WHERE a.pid = ANY (s.backend_pids)),
              (extract(epoch FROM clock_timestamp()) * 1000)::bigint
            FROM baton_shard s LEFT JOIN baton_beat b ON b.shard = s.shard WHERE s.shard = ?
            """)) {
      select.setShort(1, Shard.NUMBER);
      long before = clock.ticks();
      try (ResultSet row = select.executeQuery()) {
        if (!row.next()) {
          throw new SQLException("baton_shard has no row of shard " + Shard.NUMBER);
        }
        clock.measured(before, row.getLong(8), clock.ticks());
        return new Contender.Look(
            row.getLong(1),
            row.getString(2),
            row.getBoolean(3),
            row.getString(4),
            row.getString(5),
            row.getLong(6),
            row.getBoolean(7));
      }
    }
  }

  private void claimFollowed(Connection open, Ended ended) throws SQLException {
    try {
      claim(open, new Shard.Seen(ended.epoch(), null, true), ended.writerPid());
    } finally {
      if (own == null) {
        leaving.hasFollowed(); // In vain; else it has when it serves.
      }
    }
  }

  private void claim(Connection open, Shard.Seen seen, int writerPid) throws SQLException {
    Shard shard = new Shard(settings.serverUrl());
    boolean isClaimed;
    try {
      isClaimed = shard.claimWithin(CLAIM_MS, open, seen, backendPid, writerPid);
    } catch (SQLException e) {
      if (!SqlStates.isLockTimeout(e)) {
        throw e;
      }
      LOG.warn(
          "A batch of the owner that is gone still holds the shard: its connections are ended");
      endOldConnections(open);
      return;
    }
    if (isClaimed) {
      own = shard;
      beatAt = System.nanoTime() - TimeUnit.MILLISECONDS.toNanos(BEAT_MS); // It is due.
      LOG.info("This server owns the store now, in epoch {}", shard.epoch());
      listener.won(new Claim(shard, seen.isReleased() || seen.owner() == null));
    }
  }

  /** Claims what nobody can own, again and again. */
  private void practise(Connection open) throws SQLException {
    long began = System.nanoTime();
    for (int i = 0; i < MOST_PRACTICE && System.nanoTime() - began < MOST_PRACTISING_NANOS; i++) {
      Shard shard = new Shard(settings.serverUrl());
      shard.claimWithin(CLAIM_MS, open, NO_EPOCH, backendPid, backendPid);
      say(open, shard);
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
    if (dueInMs > 0) {
      return dueInMs;
    }
    if (say(open, mine)) {
      beatAt = now;
      return BEAT_MS;
    }
    if (own != null) {
      LOG.warn("Another server owns the store now");
      lost();
    }
    return 1;
  }

  /** Says that a shard's owner lives; answers whether it is the owner. */
  private boolean say(Connection open, Shard mine) throws SQLException {
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
      long before = clock.ticks();
      try (ResultSet row = beat.executeQuery()) {
        if (row.next()) {
          clock.measured(before, row.getLong(1), clock.ticks());
          return true;
        }
      }
    }
    return false;
  }

  private void lost() {
    own = null;
    contender.forget();
    listener.deposed();
  }

  /** Somebody waits for an owner: looks more often for a while. Any thread may call this. */
  public void urge() {
    long now = System.nanoTime();
    if (now - urgedAt > URGE_AGAIN_NANOS) {
      urgedAt = now;
      LockSupport.unpark(thread);
    }
  }

  /** This server is about to follow: does for nothing what it will do then. */
  public void practise() {
    isPractising = true;
    LockSupport.unpark(thread);
  }

  /**
   * The owner of that epoch has ended so that this server can follow: claims at once.
   *
   * @param writerPid what the database calls the connection that will write; 0 if it is not known
   */
  public void follow(long epoch, int writerPid) {
    followed = new Ended(epoch, writerPid);
    LockSupport.unpark(thread);
  }

  /** This server has ended as the owner, and another is about to claim the store. */
  public void followedByAnother() {
    Shard mine = own;
    former = mine == null ? null : mine.owner();
    own = null;
    LockSupport.unpark(thread);
  }

  /** The store has been closed in good order: whoever waits may claim it at once. */
  public void released() {
    former = null;
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
