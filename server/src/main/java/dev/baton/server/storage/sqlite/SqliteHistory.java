package dev.baton.server.storage.sqlite;

import dev.baton.core.History;
import dev.baton.core.Promise;
import dev.baton.core.Schedule;
import dev.baton.core.State;
import dev.baton.core.Task;
import dev.baton.core.UnreadableException;
import dev.baton.server.storage.StorageException;
import dev.baton.server.storage.UnreadableRows;
import dev.baton.server.storage.UnreadableRows.Kind;
import dev.baton.server.storage.rows.Fitting;
import dev.baton.server.storage.rows.PromiseRow;
import dev.baton.server.storage.rows.StateCodes;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads rows that are no longer in memory. What memory still holds may be older here; memory wins.
 */
final class SqliteHistory implements History, AutoCloseable {

  private static final String SELECT = "SELECT " + RowCodec.COLUMNS + " FROM promises ";

  /** What is larger is left out where it may be: a command may look at thousands of promises. */
  private static final int MOST_PAYLOAD = 1_024;

  private static final String LEAN =
      "SELECT " + RowCodec.columnsWithPayload(MOST_PAYLOAD) + " FROM promises ";

  static final String OF_BRANCH =
      "FROM promises WHERE branch = ? AND branch <> id AND state <> " + StateCodes.PENDING;

  private final PreparedStatement byId;
  private final PreparedStatement wholeById;
  private final PreparedStatement byBranch;
  private final PreparedStatement sizesOfBranch;

  // Most ids are new and most branches have nothing here: to learn that takes no columns.
  private final PreparedStatement hasId;
  private final PreparedStatement hasBranch;

  private final UnreadableRows unreadable;

  SqliteHistory(Connection connection, UnreadableRows unreadable) throws SQLException {
    this.unreadable = unreadable;
    this.byId = connection.prepareStatement(LEAN + "WHERE id = ?");
    this.wholeById = connection.prepareStatement(SELECT + "WHERE id = ?");
    this.byBranch =
        connection.prepareStatement(
            "SELECT " + RowCodec.COLUMNS + " " + OF_BRANCH + " ORDER BY id");
    this.sizesOfBranch =
        connection.prepareStatement(
            "SELECT id, octet_length(id) + octet_length(tags) + "
                + RowCodec.PAYLOAD
                + " "
                + OF_BRANCH
                + " AND id > ? ORDER BY id");
    this.hasId = connection.prepareStatement("SELECT 1 FROM promises WHERE id = ?");
    this.hasBranch = connection.prepareStatement("SELECT 1 " + OF_BRANCH + " LIMIT 1");
  }

  private @Nullable PromiseRow find(String id) {
    try {
      if (!finds(hasId, id)) {
        return null;
      }
      byId.setString(1, id);
      try (ResultSet row = byId.executeQuery()) {
        return row.next()
            ? RowCodec.read(
                row, Kind.PROMISE, unreadable, found -> RowCodec.promiseRow(found, MOST_PAYLOAD))
            : null;
      }
    } catch (SQLException e) {
      throw failed("reading promise " + id, e);
    }
  }

  @Override
  public @Nullable Promise promise(String id) {
    PromiseRow found = find(id);
    return found == null ? null : found.promise();
  }

  @Override
  public boolean has(String id) {
    if (unreadable.holds(Kind.PROMISE, id)) {
      return find(id) != null;
    }
    try {
      return finds(hasId, id);
    } catch (SQLException e) {
      throw failed("looking for promise " + id, e);
    }
  }

  @Override
  public @Nullable Task task(String id) {
    PromiseRow found = find(id);
    return found == null ? null : found.task();
  }

  @Override
  public @Nullable Schedule schedule(String id) {
    if (unreadable.holds(Kind.SCHEDULE, id)) {
      throw unreadable.report(Kind.SCHEDULE, id, "it has been set aside");
    }
    return null;
  }

  @Override
  public @Nullable Promise whole(String id) {
    try {
      wholeById.setString(1, id);
      try (ResultSet row = wholeById.executeQuery()) {
        return row.next() ? RowCodec.read(row, Kind.PROMISE, unreadable, RowCodec::promise) : null;
      }
    } catch (SQLException e) {
      throw failed("reading promise " + id, e);
    }
  }

  private static boolean finds(PreparedStatement probe, String key) throws SQLException {
    probe.setString(1, key);
    try (ResultSet row = probe.executeQuery()) {
      return row.next();
    }
  }

  @Override
  public List<Promise> branch(String branch, boolean withRoot, String except, long room) {
    Fitting fitting = new Fitting(room);
    Promise root = withRoot && !branch.equals(except) ? readable(() -> promise(branch)) : null;
    if (root != null && branch.equals(root.branch()) && fitting.fits(State.roomFor(root))) {
      fitting.add(root.isWhole() ? root : readable(() -> whole(branch)));
    }
    try {
      if (finds(hasBranch, branch)) {
        addBranch(branch, except, fitting);
      }
    } catch (SQLException e) {
      throw failed("reading branch " + branch, e);
    }
    return fitting.found();
  }

  /** Row by row, until one does not fit; of those behind it only what fits is read. */
  private void addBranch(String branch, String except, Fitting fitting) throws SQLException {
    String last = null;
    byBranch.setString(1, branch);
    try (ResultSet row = byBranch.executeQuery()) {
      while (last == null && row.next()) {
        Promise promise = readable(row);
        if (promise == null || promise.id().equals(except)) {
          continue;
        }
        if (fitting.fits(State.roomFor(promise))) {
          fitting.add(promise);
        } else {
          last = promise.id();
        }
      }
    }
    if (last == null) {
      return;
    }
    sizesOfBranch.setString(1, branch);
    sizesOfBranch.setString(2, last);
    try (ResultSet row = sizesOfBranch.executeQuery()) {
      while (fitting.isWorthALook() && row.next()) {
        String id = row.getString(1);
        if (!id.equals(except) && fitting.fits(row.getLong(2))) {
          fitting.add(readable(() -> whole(id)));
        }
      }
    }
  }

  /** Whoever wants one that cannot be read may ask for it by its id, and is told. */
  private static @Nullable Promise readable(Supplier<@Nullable Promise> read) {
    try {
      return read.get();
    } catch (UnreadableException _) {
      return null;
    }
  }

  private @Nullable Promise readable(ResultSet row) throws SQLException {
    try {
      return RowCodec.read(row, Kind.PROMISE, unreadable, RowCodec::promise);
    } catch (UnreadableException _) {
      return null;
    }
  }

  private static StorageException failed(String what, SQLException e) {
    return new StorageException(what + ": " + e.getMessage(), e);
  }

  @Override
  public void close() throws SQLException {
    byId.close();
    wholeById.close();
    byBranch.close();
    sizesOfBranch.close();
    hasId.close();
    hasBranch.close();
  }
}
