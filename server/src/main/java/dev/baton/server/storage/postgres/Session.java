package dev.baton.server.storage.postgres;

import dev.baton.server.storage.UnreadableRows;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The engine's connection, and what is prepared on it. It keeps nothing in the database's session
 * that outlives a transaction. After a failure it is thrown away as a whole and another is opened.
 */
final class Session implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Session.class);

  private final Connection connection;
  private final Find find;
  private final Save save;
  private final PreparedStatement prove;

  private Session(Connection connection, UnreadableRows unreadable) throws SQLException {
    Digests digests = new Digests();
    this.connection = connection;
    this.find = new Find(connection, digests, unreadable);
    this.save = new Save(connection, digests);
    this.prove =
        connection.prepareStatement("SELECT epoch FROM baton_shard WHERE shard = " + Shard.NUMBER);
  }

  /** Opens a connection and brings the database's layout up to date. */
  static Session open(Connector connector, UnreadableRows unreadable) throws SQLException {
    Connection connection = connector.open();
    try {
      Migrations.run(connection);
      return new Session(connection, unreadable);
    } catch (SQLException | RuntimeException e) {
      closeQuietly(connection);
      throw e;
    }
  }

  Connection connection() {
    return connection;
  }

  /** The number of the database's process. */
  int pid() throws SQLException {
    return pid(connection);
  }

  static int pid(Connection connection) throws SQLException {
    try (Statement select = connection.createStatement();
        ResultSet row = select.executeQuery("SELECT pg_backend_pid()")) {
      return row.next() ? row.getInt(1) : 0;
    }
  }

  Find find() {
    return find;
  }

  Save save() {
    return save;
  }

  /** The epoch at this moment. */
  long epoch() throws SQLException {
    try (ResultSet row = prove.executeQuery()) {
      return row.next() ? row.getLong(1) : 0;
    }
  }

  /** Writes some bytes durably: that this works is what shows that batches will. */
  void probe(int bytes) throws SQLException {
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

  /** Gives up whatever has not been committed. */
  void abandon() {
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
