package dev.baton.server.storage.sqlite;

import dev.baton.server.storage.StorageException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** Makes a backup the store of a server to come. */
public final class SqliteRestore {

  private SqliteRestore() {}

  /**
   * What has been restored.
   *
   * @param promises how many
   * @param pending how many of them are pending
   */
  public record Restored(long promises, long pending) {}

  /**
   * Checks a backup from its beginning to its end, and copies it.
   *
   * @param target where nothing is yet; it appears whole or not at all
   * @throws StorageException if the backup is damaged or none, or if there is something already
   */
  public static Restored restore(Path backup, Path target) {
    Path to = target.toAbsolutePath().normalize();
    try {
      if (!Files.isRegularFile(backup)) {
        throw new IOException("there is no file " + backup);
      }
      StoreLock lock = StoreLock.take(to);
      try {
        refuseIfUsed(to);
        Path part = Path.of(to + ".part");
        Files.copy(backup, part, StandardCopyOption.REPLACE_EXISTING);
        try {
          Restored restored = check(part);
          try (FileChannel channel = FileChannel.open(part, StandardOpenOption.WRITE)) {
            channel.force(true);
          }
          Files.move(part, to, StandardCopyOption.ATOMIC_MOVE);
          return restored;
        } finally {
          Files.deleteIfExists(part);
        }
      } finally {
        lock.release(true);
      }
    } catch (SQLException | IOException e) {
      throw new StorageException(
          "cannot restore " + backup + " to " + target + ": " + e.getMessage(), e);
    }
  }

  static void refuseIfUsed(Path target) throws IOException {
    if (Files.exists(target) && Files.size(target) > 0) {
      throw new IOException("it exists; a store is never overwritten: move it away");
    }
    for (String beside : new String[] {"-wal", "-journal"}) {
      Path left = Path.of(target + beside);
      if (Files.exists(left)) {
        throw new IOException(left + " is left of another store: move it away");
      }
    }
  }

  private static Restored check(Path file) throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement()) {
      Migrations.checkKnown(connection);
      try (ResultSet row = statement.executeQuery("PRAGMA integrity_check(1)")) {
        if (!row.next() || !"ok".equals(row.getString(1))) {
          throw new SQLException("the backup is damaged: " + row.getString(1));
        }
      }
      try (ResultSet row =
          statement.executeQuery(
              "SELECT COUNT(*), COUNT(*) FILTER (WHERE state = 0) FROM promises")) {
        row.next();
        return new Restored(row.getLong(1), row.getLong(2));
      }
    }
  }
}
