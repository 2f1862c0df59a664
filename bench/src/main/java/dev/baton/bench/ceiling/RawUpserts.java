package dev.baton.bench.ceiling;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Random;
import org.sqlite.SQLiteConfig;

/** A table as wide as a promise, written as fast as SQLite can with one sync a batch. */
final class RawUpserts implements AutoCloseable {

  private static final String UPSERT =
      """
      INSERT INTO row (id, state, param, tags, timeout_at, created_at, version)
      VALUES (?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (id) DO UPDATE SET state = excluded.state, version = excluded.version
      """;
  private static final String PARAM = "x".repeat(80);
  private static final String TAGS = "y".repeat(240);

  private final Connection connection;
  private final PreparedStatement upsert;
  private final Random random = new Random(1);

  RawUpserts(Path file) {
    SQLiteConfig config = new SQLiteConfig();
    config.setJournalMode(SQLiteConfig.JournalMode.WAL);
    config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
    config.setLockingMode(SQLiteConfig.LockingMode.EXCLUSIVE);
    config.setGetGeneratedKeys(false);
    try {
      connection = config.createConnection("jdbc:sqlite:" + file);
      try (Statement create = connection.createStatement()) {
        create.execute(
            "CREATE TABLE row (id TEXT PRIMARY KEY, state INTEGER, param TEXT, tags TEXT,"
                + " timeout_at INTEGER, created_at INTEGER, version INTEGER) WITHOUT ROWID");
      }
      connection.setAutoCommit(false);
      upsert = connection.prepareStatement(UPSERT);
    } catch (SQLException e) {
      throw new IllegalStateException("opening " + file + ": " + e.getMessage(), e);
    }
  }

  Ceilings.Upserts run(int batch, double seconds) {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    long rows = 0;
    long cpu = threads.getCurrentThreadCpuTime();
    long started = System.nanoTime();
    long end = started + (long) (seconds * 1e9);
    try {
      while (System.nanoTime() < end) {
        rows += write(batch);
      }
    } catch (SQLException e) {
      throw new IllegalStateException("raw upserts: " + e.getMessage(), e);
    }
    double elapsed = (System.nanoTime() - started) / 1e9;
    double used = (threads.getCurrentThreadCpuTime() - cpu) / 1e6;
    return new Ceilings.Upserts(rows / elapsed, used / rows);
  }

  /** Three batches: rows are inserted, and updated twice, as a task's is. */
  private int write(int batch) throws SQLException {
    long[] ids = random.longs(batch).toArray();
    for (int version = 0; version < 3; version++) {
      for (long id : ids) {
        upsert.setString(1, "promise-" + Long.toHexString(id));
        upsert.setInt(2, version);
        upsert.setString(3, PARAM);
        upsert.setString(4, TAGS);
        upsert.setLong(5, id);
        upsert.setLong(6, id);
        upsert.setLong(7, version);
        upsert.executeUpdate();
      }
      connection.commit();
    }
    return 3 * batch;
  }

  @Override
  public void close() {
    try {
      upsert.close();
      connection.close();
    } catch (SQLException e) {
      throw new IllegalStateException("closing raw upserts: " + e.getMessage(), e);
    }
  }
}
