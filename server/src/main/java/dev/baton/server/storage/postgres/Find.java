package dev.baton.server.storage.postgres;

import dev.baton.core.Promise;
import dev.baton.core.UnreadableException;
import dev.baton.server.storage.UnreadableRows;
import dev.baton.server.storage.UnreadableRows.Kind;
import dev.baton.server.storage.rows.PromiseRow;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Looks at rows that are not in memory. Its statements are prepared once. */
final class Find implements AutoCloseable {

  /** What is larger is left out where it may be: a command may look at thousands of promises. */
  private static final int MOST_PAYLOAD = 16 << 10;

  private static final int MOST_OF_BRANCH = 4 << 10;

  /** Rows with more of them are read one at a time: a batch may name thousands, of 2 MiB each. */
  static final int MOST_TAGS = 4 << 10;

  private static final int TAGS = 9;

  /** A branch with more is read by itself, when somebody asks for it. */
  private static final int ROWS_OF_BRANCH = 32;

  /** How many rows of a branch are looked at with one statement. */
  static final int ROWS_A_LOOK = 200;

  private final PreparedStatement find;
  private final PreparedStatement sizesOfBranch;
  private final Digests digests;
  private final UnreadableRows unreadable;

  Find(Connection connection, Digests digests, UnreadableRows unreadable) throws SQLException {
    this.digests = digests;
    this.unreadable = unreadable;
    this.find =
        connection.prepareStatement(
            "SELECT s.epoch, f.of_branch, f.id, f.state, f.param_headers, f.param_data,"
                + " f.value_headers, f.value_data,"
                + " CASE WHEN octet_length(f.tags) <= ? THEN f.tags END, f.timeout_at,"
                + " f.created_at, f.settled_at, f.task_state, f.task_version, f.task_pid,"
                + " f.task_ttl, f.task_due_at, f.task_acquired_at, f.payload"
                + " FROM baton_shard s LEFT JOIN baton_find_1(?, ?, ?, ?, ?) f ON true"
                + " WHERE s.shard = "
                + Shard.NUMBER);
    this.sizesOfBranch =
        connection.prepareStatement(
            "SELECT p.id, octet_length(p.id) + octet_length(p.tags) + "
                + Columns.PAYLOAD
                + " FROM baton_promises p WHERE p.branch = ? AND p.state <> 0 AND p.id > ?"
                + " ORDER BY p.id LIMIT "
                + ROWS_A_LOOK);
  }

  private void bind(List<String> ids, int most, int mostTags, byte[][] branches)
      throws SQLException {
    find.setInt(1, mostTags);
    find.setObject(2, ids.toArray(new String[0]));
    find.setInt(3, most);
    find.setObject(4, branches);
    find.setInt(5, MOST_OF_BRANCH);
    find.setInt(6, ROWS_OF_BRANCH);
  }

  /** Looks at ids and branches, with one statement; answers the epoch at that moment. */
  long execute(List<String> ids, List<String> branches, Fetched fetched) throws SQLException {
    byte[][] keys = new byte[branches.size()][];
    Map<ByteBuffer, Branch> byKey = new HashMap<>();
    for (int i = 0; i < keys.length; i++) {
      keys[i] = digests.name(branches.get(i));
      byKey.put(ByteBuffer.wrap(keys[i]), new Branch(branches.get(i)));
    }
    bind(ids, MOST_PAYLOAD, MOST_TAGS, keys);
    fetched.absent(ids);
    long epoch = 0;
    try (ResultSet row = find.executeQuery()) {
      while (row.next()) {
        epoch = row.getLong(1);
        byte[] key = row.getBytes(2);
        String id = row.getString(3);
        Branch branch = key == null ? null : byKey.get(ByteBuffer.wrap(key));
        boolean isLeftOut = id != null && row.getBytes(TAGS) == null;
        if (branch != null && isLeftOut) {
          branch.leaveOut();
        } else if (branch != null) {
          branch.add(promiseOrNull(row));
        } else if (isLeftOut) {
          fetched.leftOut(id);
        } else if (id != null) {
          found(row, id, fetched);
        }
      }
    }
    for (Branch branch : byKey.values()) {
      if (branch.isComplete()) {
        fetched.branch(branch.name, branch.promises);
      }
    }
    return epoch;
  }

  private void found(ResultSet row, String id, Fetched fetched) throws SQLException {
    try {
      fetched.found(read(row, MOST_PAYLOAD));
    } catch (UnreadableException e) {
      fetched.unreadable(id, e);
    }
  }

  private PromiseRow read(ResultSet row, long most) throws SQLException {
    return Columns.read(
        row, 3, Kind.PROMISE, unreadable, found -> Columns.promiseRow(found, 3, most));
  }

  private @Nullable Promise promiseOrNull(ResultSet row) throws SQLException {
    try {
      return read(row, MOST_OF_BRANCH).promise();
    } catch (UnreadableException _) {
      return null;
    }
  }

  /** What of a branch has been found. */
  private static final class Branch {
    final String name;
    final List<Promise> promises = new ArrayList<>();
    private int rows;
    private boolean isWhole = true;

    Branch(String name) {
      this.name = name;
    }

    void add(@Nullable Promise promise) {
      rows++;
      if (promise != null && name.equals(promise.branch())) {
        promises.add(promise);
        isWhole &= promise.isWhole();
      }
    }

    void leaveOut() {
      rows++;
      isWhole = false;
    }

    boolean isComplete() {
      return isWhole && rows < ROWS_OF_BRANCH;
    }
  }

  /** A promise with its payload; null if there is none. */
  @Nullable PromiseRow whole(String id) throws SQLException {
    if (!Ids.mayBeThere(id)) {
      return null;
    }
    bind(List.of(id), Integer.MAX_VALUE, Integer.MAX_VALUE, Parameters.BYTES);
    try (ResultSet row = find.executeQuery()) {
      return row.next() && row.getString(3) != null ? read(row, Long.MAX_VALUE) : null;
    }
  }

  /** Promises with their payloads, in the order of the ids; without those that cannot be read. */
  List<Promise> whole(List<String> ids) throws SQLException {
    if (ids.isEmpty()) {
      return List.of();
    }
    Map<String, Promise> found = new HashMap<>();
    bind(ids, Integer.MAX_VALUE, Integer.MAX_VALUE, Parameters.BYTES);
    try (ResultSet row = find.executeQuery()) {
      while (row.next()) {
        String id = row.getString(3);
        if (id == null) {
          continue;
        }
        try {
          found.put(id, read(row, Long.MAX_VALUE).promise());
        } catch (UnreadableException _) {
          // It has been reported.
        }
      }
    }
    List<Promise> inOrder = new ArrayList<>(found.size());
    for (String id : ids) {
      Promise promise = found.get(id);
      if (promise != null) {
        inOrder.add(promise);
      }
    }
    return inOrder;
  }

  /**
   * A row of a branch.
   *
   * @param bytes what its texts take
   */
  record Sized(String id, long bytes) {}

  /** The next settled rows of a branch, without its root, by their ids. */
  List<Sized> sizesOfBranch(String branch, String after) throws SQLException {
    List<Sized> found = new ArrayList<>();
    sizesOfBranch.setBytes(1, digests.name(branch));
    sizesOfBranch.setString(2, after);
    try (ResultSet row = sizesOfBranch.executeQuery()) {
      while (row.next()) {
        String id = row.getString(1);
        if (id != null) {
          found.add(new Sized(id, row.getLong(2)));
        }
      }
    }
    return found;
  }

  @Override
  public void close() throws SQLException {
    find.close();
    sizesOfBranch.close();
  }
}
