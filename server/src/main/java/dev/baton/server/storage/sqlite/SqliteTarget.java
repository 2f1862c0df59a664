package dev.baton.server.storage.sqlite;

import dev.baton.server.storage.StorageException;
import dev.baton.server.storage.rows.Batch;
import dev.baton.server.storage.transfer.RowSink;
import dev.baton.server.storage.transfer.RowSource;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;

/** A file to be: it is written beside its place, and moved there when it is whole. */
public final class SqliteTarget implements RowSink {

  private final Path to;
  private final Path part;
  private final StoreLock lock;
  private final Connection connection;
  private final Statements statements;
  private boolean isOver;

  private SqliteTarget(Path to, Path part, StoreLock lock, Connection connection)
      throws SQLException {
    this.to = to;
    this.part = part;
    this.lock = lock;
    this.connection = connection;
    this.statements = new Statements(connection);
  }

  /**
   * Begins a file where there is none.
   *
   * @throws StorageException if there is something already
   */
  public static SqliteTarget open(Path target) {
    Path to = target.toAbsolutePath().normalize();
    try {
      StoreLock lock = StoreLock.take(to);
      try {
        SqliteRestore.refuseIfUsed(to);
        Path part = Path.of(to + ".part");
        delete(part);
        Connection connection = SqliteStorage.opener(part).open();
        Migrations.run(connection);
        return new SqliteTarget(to, part, lock, connection);
      } catch (SQLException | IOException | RuntimeException e) {
        lock.abandon();
        throw e;
      }
    } catch (SQLException | IOException e) {
      throw new StorageException("cannot make the store " + target + ": " + e.getMessage(), e);
    }
  }

  private static void delete(Path part) throws IOException {
    for (String suffix : new String[] {"", "-wal", "-shm"}) {
      Files.deleteIfExists(Path.of(part + suffix));
    }
  }

  @Override
  public void write(Batch batch) {
    try {
      statements.begin();
      statements.write(batch);
      statements.commit();
    } catch (SQLException e) {
      throw failed(e);
    }
  }

  private StorageException failed(Exception e) {
    return new StorageException("writing " + part + ": " + e.getMessage(), e);
  }

  @Override
  public void group(String name, int slotsPerWorker) {
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO group_settings (name, slots_per_worker) VALUES (?, ?)")) {
      insert.setString(1, name);
      insert.setInt(2, slotsPerWorker);
      insert.executeUpdate();
    } catch (SQLException e) {
      throw failed(e);
    }
  }

  @Override
  public RowSource written() {
    return new SqliteRows(connection, null);
  }

  @Override
  public void finish() {
    try {
      try (Statement checkpoint = connection.createStatement()) {
        checkpoint.execute("PRAGMA wal_checkpoint(TRUNCATE)");
      }
      statements.close();
      connection.close();
      try (FileChannel channel = FileChannel.open(part, StandardOpenOption.WRITE)) {
        channel.force(true);
      }
      Files.move(part, to, StandardCopyOption.ATOMIC_MOVE);
      isOver = true;
      lock.release(true);
    } catch (SQLException | IOException e) {
      throw failed(e);
    }
  }

  @Override
  public void close() {
    if (isOver) {
      return;
    }
    isOver = true;
    try {
      connection.close();
      delete(part);
    } catch (SQLException | IOException e) {
      throw failed(e);
    } finally {
      lock.release(true);
    }
  }
}
