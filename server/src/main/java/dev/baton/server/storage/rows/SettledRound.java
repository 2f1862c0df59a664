package dev.baton.server.storage.rows;

import dev.baton.core.MemoryState;
import dev.baton.core.Promise;
import dev.baton.core.UnreadableException;
import dev.baton.server.storage.UnreadableRows;
import dev.baton.server.storage.UnreadableRows.Kind;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * Goes through promises that were settled long ago, the oldest first, for those that may be
 * removed. It goes on where it stopped, so that those which must stay are not looked at again
 * before a whole round is over.
 */
public final class SettledRound {

  private static final int ID = 1;
  private static final int SETTLED_AT = 10;

  private final UnreadableRows unreadable;
  private long settledAt = Long.MIN_VALUE;
  private String id = "";

  /** At its beginning. */
  public SettledRound(UnreadableRows unreadable) {
    this.unreadable = unreadable;
  }

  /** What may be removed of the next rows. */
  public record Found(List<String> ids, boolean isRoundOver) {}

  /** Reads the promise of a row. */
  @FunctionalInterface
  public interface Decoder {
    /** Throws {@link UnreadableException} if that cannot be read. */
    Promise decode(ResultSet row) throws SQLException;
  }

  /**
   * Looks at the next rows.
   *
   * @param next finds rows in the order of settled_at and id: those settled before its first
   *     parameter and behind its second and third, as many as its fourth. Its first column is the
   *     id, its tenth settled_at
   * @param isAwaitedAt its column that says whether somebody is yet to be told
   */
  public Found look(
      PreparedStatement next,
      long settledBefore,
      int limit,
      MemoryState state,
      int isAwaitedAt,
      Decoder decoder)
      throws SQLException {
    List<String> ids = new ArrayList<>();
    int seen = 0;
    next.setLong(1, settledBefore);
    next.setLong(2, settledAt);
    next.setString(3, id);
    next.setInt(4, limit);
    try (ResultSet row = next.executeQuery()) {
      while (row.next()) {
        seen++;
        id = row.getString(ID);
        settledAt = row.getLong(SETTLED_AT);
        boolean isAwaited = row.getBoolean(isAwaitedAt);
        if (!isAwaited && !state.isLive(id) && mayGo(row, state, decoder)) {
          ids.add(id);
        }
      }
    }
    boolean isRoundOver = seen < limit;
    if (isRoundOver) {
      settledAt = Long.MIN_VALUE;
      id = "";
    }
    return new Found(ids, isRoundOver);
  }

  /** What cannot be read stays, and so does what belongs to it. */
  private boolean mayGo(ResultSet row, MemoryState state, Decoder decoder) throws SQLException {
    try {
      Promise promise = decoder.decode(row);
      String root = Promise.rootOf(promise.id(), promise.tags());
      return !state.isPending(root) && !unreadable.mayHold(Kind.PROMISE, root);
    } catch (UnreadableException _) {
      return false;
    }
  }
}
