package dev.baton.server.storage.postgres;

import dev.baton.server.storage.postgres.BatchSession.Written;
import dev.baton.server.storage.rows.Batch;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;

/** Writes a promise that is thought to be new, unless it is there, with one statement. */
final class SaveNew implements AutoCloseable {

  private static final String CALL =
      "SELECT f.is_there, CASE WHEN NOT f.is_there THEN "
          + Save.CALL
          + " END, f.is_in_branch FROM (SELECT"
          + " coalesce(bool_or(of_branch IS NULL), false) AS is_there,"
          + " coalesce(bool_or(of_branch IS NOT NULL), false) AS is_in_branch"
          + " FROM baton_find_1(?, 0, ?, 0, 1)) f";

  private final PreparedStatement call;
  private final Save save;
  private final Digests digests;

  SaveNew(Connection connection, Digests digests) throws SQLException {
    this.call = connection.prepareStatement(CALL);
    this.save = new Save(call, digests);
    this.digests = digests;
  }

  Written execute(long epoch, Batch batch, String id, List<String> branches, Fetched fetched)
      throws SQLException {
    byte[][] keys = new byte[branches.size()][];
    for (int i = 0; i < keys.length; i++) {
      keys[i] = digests.name(branches.get(i));
    }
    save.bind(epoch, batch);
    call.setObject(Save.PARAMETERS + 1, new String[] {id});
    call.setObject(Save.PARAMETERS + 2, keys);
    try (ResultSet row = call.executeQuery()) {
      if (!row.next() || row.getBoolean(1)) {
        return Written.THERE_ALREADY;
      }
      if (!row.getBoolean(2)) {
        return Written.EPOCH_OVER;
      }
      if (!row.getBoolean(3)) { // Nothing of any of them.
        branches.forEach(branch -> fetched.branch(branch, List.of()));
      }
      return Written.DURABLY;
    }
  }

  @Override
  public void close() throws SQLException {
    call.close();
  }
}
