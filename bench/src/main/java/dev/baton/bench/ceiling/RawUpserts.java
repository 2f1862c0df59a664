package dev.baton.bench.ceiling;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Random;
import org.sqlite.SQLiteConfig;

/** A table as wide as a promise, written as fast as SQLite can with one sync a batch. */
final class RawUpserts {

  private static final String UPSERT =
      """
      INSERT INTO row (id, state, param, tags, timeout_at, created_at, version)
      VALUES (?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (id) DO UPDATE SET state = excluded.state, version = excluded.version
      """;
  private static final String PARAM = "x".repeat(80);
  private static final String TAGS = "y".repeat(240);

  private RawUpserts() {}

  static Ceilings.Upserts run(Path file, int batch, double seconds) {
    SQLiteConfig config = new SQLiteConfig();
    config.setJournalMode(SQLiteConfig.JournalMode.WAL);
    config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
    config.setLockingMode(SQLiteConfig.LockingMode.EXCLUSIVE);
    try (Connection connection = config.createConnection("jdbc:sqlite:" + file)) {
      try (Statement create = connection.createStatement()) {
        create.execute(
            "CREATE TABLE row (id TEXT PRIMARY KEY, state INTEGER, param TEXT, tags TEXT,"
                + " timeout_at INTEGER, created_at INTEGER, version INTEGER) WITHOUT ROWID");
      }
      connection.setAutoCommit(false);
      return write(connection, batch, seconds);
    } catch (SQLException e) {
      throw new IllegalStateException("raw upserts: " + e.getMessage(), e);
    } finally {
      delete(file);
    }
  }

  /** Each row is inserted, and updated twice in later batches, as a task's is. */
  private static Ceilings.Upserts write(Connection connection, int batch, double seconds)
      throws SQLException {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    Random random = new Random(1);
    long[] recent = new long[batch * 3];
    long rows = 0;
    long cpu = threads.getCurrentThreadCpuTime();
    long started = System.nanoTime();
    long end = started + (long) (seconds * 1e9);
    try (PreparedStatement upsert = connection.prepareStatement(UPSERT)) {
      while (System.nanoTime() < end) {
        for (int i = 0; i < batch; i++) {
          int at = (int) (rows % recent.length);
          boolean isNew = at < batch;
          recent[at] = isNew ? random.nextLong() : recent[at % batch];
          upsert.setString(1, "promise-" + Long.toHexString(recent[at]));
          upsert.setInt(2, at / batch);
          upsert.setString(3, PARAM);
          upsert.setString(4, TAGS);
          upsert.setLong(5, rows);
          upsert.setLong(6, rows);
          upsert.setLong(7, at);
          upsert.executeUpdate();
          rows++;
        }
        connection.commit();
      }
    }
    double elapsed = (System.nanoTime() - started) / 1e9;
    double used = (threads.getCurrentThreadCpuTime() - cpu) / 1e6;
    return new Ceilings.Upserts(rows / elapsed, used / rows);
  }

  private static void delete(Path file) {
    try {
      for (String suffix : new String[] {"", "-wal", "-shm"}) {
        Files.deleteIfExists(Path.of(file + suffix));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("deleting " + file, e);
    }
  }
}
