package dev.baton.server.storage.sqlite;

import dev.baton.server.storage.StorageException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConnection;

/**
 * Copies the file while it is used. One read transaction spans the whole, so the copy is of one
 * moment; until it ends, what is written meanwhile stays in the log. The pages are copied a few at
 * a time with rests between, so that those who commit have the disk, too; and what has gathered in
 * the log is brought into the file here, and not by the next who commits.
 */
final class SqliteCopy {

  private static final Logger LOG = LoggerFactory.getLogger(SqliteCopy.class);

  private static final int PAGES_A_STEP = 256;

  /** Whoever commits waits for what others have written, which is to be little at any time. */
  private static final int STEPS_A_SYNC = 4;

  private static final long MOST_REST_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  /** Room that is left to those who commit. */
  private static final long RESERVE_BYTES = 64L << 20;

  private final Path file;
  private final Path folder;
  private final AutoCheckpoint checkpoints;

  /**
   * Removes what a process left that ended during a copy.
   *
   * @param folder where copies are written; null for that of the file
   */
  SqliteCopy(Path file, @Nullable Path folder, AutoCheckpoint checkpoints) {
    this.file = file;
    this.folder = Objects.requireNonNull(folder == null ? file.getParent() : folder, "absolute");
    this.checkpoints = checkpoints;
    clean();
  }

  private String prefix() {
    return file.getFileName() + ".copy-";
  }

  private void clean() {
    try (DirectoryStream<Path> left = Files.newDirectoryStream(folder, prefix() + "*")) {
      for (Path each : left) {
        Files.deleteIfExists(each);
      }
    } catch (IOException e) {
      LOG.warn("What is left of copies in {} could not be removed: {}", folder, e.getMessage());
    }
  }

  /**
   * Writes one.
   *
   * @param restNanos for how long to rest after so much work
   */
  Path write(LongUnaryOperator restNanos) {
    Path target = null;
    checkpoints.suspend();
    try {
      checkRoom();
      target = Files.createTempFile(folder, prefix(), "");
      copyTo(target, restNanos);
      return target;
    } catch (SQLException | IOException | RuntimeException e) {
      if (target != null) {
        delete(target);
      }
      throw e instanceof StorageException known
          ? known
          : new StorageException("copying " + file + ": " + e.getMessage(), e);
    } finally {
      checkpoint();
      checkpoints.resume();
    }
  }

  private void checkRoom() throws IOException {
    Path log = Path.of(file + "-wal");
    long needed = Files.size(file) + (Files.exists(log) ? Files.size(log) : 0) + RESERVE_BYTES;
    long usable = Files.getFileStore(folder).getUsableSpace();
    if (usable < needed) {
      throw new StorageException(
          "no room for a copy in %s: it takes %d MiB, of which %d are left to others; %d are free"
              .formatted(folder, needed >> 20, RESERVE_BYTES >> 20, usable >> 20),
          null);
    }
  }

  private void copyTo(Path target, LongUnaryOperator restNanos) throws SQLException, IOException {
    SQLiteConfig config = new SQLiteConfig();
    config.setReadOnly(true);
    config.setBusyTimeout(5_000);
    try (Connection connection = config.createConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement();
        FileChannel copied = FileChannel.open(target, StandardOpenOption.WRITE)) {
      statement.executeUpdate("BEGIN");
      try (ResultSet row = statement.executeQuery("SELECT COUNT(*) FROM sqlite_schema")) {
        row.next(); // From here on this is the moment.
      }
      Steps steps = new Steps(copied, restNanos);
      int code =
          connection
              .unwrap(SQLiteConnection.class)
              .getDatabase()
              .backup("main", target.toString(), (_, _) -> steps.stepped(), 100, 50, PAGES_A_STEP);
      if (code != 0) {
        throw new SQLException("SQLite's code " + code);
      }
      statement.executeUpdate("COMMIT");
    }
  }

  /** What is done between the steps. */
  private static final class Steps {
    private final FileChannel copied;
    private final LongUnaryOperator restNanos;
    private long workingSince = System.nanoTime();
    private int unsaved;

    Steps(FileChannel copied, LongUnaryOperator restNanos) {
      this.copied = copied;
      this.restNanos = restNanos;
    }

    /** Brings what has been copied to the disk, little by little, and rests. */
    void stepped() {
      if (++unsaved == STEPS_A_SYNC) {
        unsaved = 0;
        try {
          copied.force(false);
        } catch (IOException e) {
          LOG.debug("What has been copied is brought to the disk later: {}", e.getMessage());
        }
      }
      long rest = restNanos.applyAsLong(System.nanoTime() - workingSince);
      LockSupport.parkNanos(Math.min(rest, MOST_REST_NANOS));
      workingSince = System.nanoTime();
    }
  }

  private void checkpoint() {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement()) {
      if (checkpoints.isOn()) {
        statement.execute("PRAGMA wal_checkpoint(PASSIVE)");
      }
    } catch (SQLException e) {
      LOG.warn("The log could not be brought into {}: {}", file, e.getMessage());
    }
  }

  private static void delete(Path copy) {
    try {
      Files.deleteIfExists(copy);
      Files.deleteIfExists(Path.of(copy + "-journal"));
    } catch (IOException e) {
      LOG.warn("{} could not be removed: {}", copy, e.getMessage());
    }
  }
}
