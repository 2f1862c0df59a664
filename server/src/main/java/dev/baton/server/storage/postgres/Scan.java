package dev.baton.server.storage.postgres;

import dev.baton.core.Query;
import dev.baton.protocol.PromiseRecord;
import dev.baton.protocol.Tags;
import dev.baton.protocol.TaskRecord;
import dev.baton.server.storage.rows.StateCodes;
import dev.baton.server.storage.rows.StringMaps;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * How the rows of a query are found: a statement that gives ids in order, each with whether its row
 * may be wanted, and how many bytes it has. Those of a tree, those of a branch and those that are
 * pending are found by an index; else every row is looked at.
 *
 * @param arguments texts and bytes, in their order
 */
record Scan(String sql, List<Object> arguments) {

  /** What may stand between the id of a tree's root and the rest of an id in the tree. */
  private static final char[] SEPARATORS = {'.', ':'};

  /** So many tags are compared by the statement; all are once a row has been read. */
  private static final int MOST_COMPARED = 64;

  private static final String SIZE =
      "octet_length(p.id) + octet_length(p.tags) + " + Columns.PAYLOAD + " AS size";

  private static final String SIZE_OF_TASK =
      "(octet_length(p.id) + octet_length(p.tags))::bigint AS size";

  /**
   * The rows that come next.
   *
   * @param begin the first id that may be among them, or the last that may not
   * @param includes which of both
   */
  static Scan of(Query.Promises query, String begin, boolean includes, int limit, Digests digests) {
    Builder builder = new Builder(begin, includes, limit);
    builder.select = "SELECT p.id, " + wanted(query, builder) + " AS wanted, " + SIZE;
    String origin = query.tags().get(Tags.ORIGIN);
    String branch = query.tags().get(Tags.BRANCH);
    if (origin != null) {
      return builder.ofTree(origin, digests.name(origin));
    }
    if (branch != null) {
      return builder.ofBranch(branch, digests.name(branch));
    }
    boolean onlyPending = query.state() == PromiseRecord.State.PENDING;
    builder.part(onlyPending ? "p.state = " + StateCodes.PENDING : "true");
    return builder.scan();
  }

  /** The tasks that come after an id. */
  static Scan of(Query.Tasks query, String after, int limit) {
    TaskRecord.State state = query.state();
    // Whoever's task is not fulfilled is pending.
    boolean isLive = state != null && state != TaskRecord.State.FULFILLED;
    String wanted =
        "p.task_state "
            + (state == null ? "IS NOT NULL" : "IS NOT NULL AND p.task_state IN " + codes(state));
    Builder builder = new Builder(after, false, limit);
    builder.select = "SELECT p.id, " + wanted + " AS wanted, " + SIZE_OF_TASK;
    builder.part(isLive ? "p.state = " + StateCodes.PENDING : "true");
    return builder.scan();
  }

  void bind(PreparedStatement statement) throws SQLException {
    for (int i = 0; i < arguments.size(); i++) {
      statement.setObject(i + 1, arguments.get(i));
    }
  }

  /**
   * True for every row that is wanted, and for few others: its tags are compared as bytes, and not
   * all where very many are asked for.
   */
  private static String wanted(Query.Promises query, Builder builder) {
    List<String> parts = new ArrayList<>();
    if (query.state() != null) {
      parts.add("p.state = " + StateCodes.code(query.state()));
    }
    for (Map.Entry<String, String> tag :
        query.tags().entrySet().stream().limit(MOST_COMPARED).toList()) {
      String braced = StringMaps.text(Map.of(tag.getKey(), tag.getValue()));
      builder.ofSelect.add(Digests.utf8(braced.substring(1, braced.length() - 1)));
      parts.add("position(?::bytea IN p.tags) > 0");
    }
    return parts.isEmpty() ? "true" : "(" + String.join(" AND ", parts) + ")";
  }

  private static String codes(TaskRecord.State state) {
    int[] codes =
        switch (state) {
          case PENDING -> new int[] {StateCodes.TASK_OFFERED, StateCodes.TASK_DELAYED};
          case ACQUIRED -> new int[] {StateCodes.TASK_ACQUIRED};
          case SUSPENDED -> new int[] {StateCodes.TASK_SUSPENDED};
          case HALTED -> new int[] {StateCodes.TASK_HALTED};
          case FULFILLED -> new int[] {StateCodes.TASK_FULFILLED};
        };
    return IntStream.of(codes)
        .mapToObj(Integer::toString)
        .collect(Collectors.joining(", ", "(", ")"));
  }

  /** Puts parts together, each of which an index serves in order. */
  private static final class Builder {
    private final String begin;
    private final String beginsAt;
    private final int limit;
    private final List<Object> ofSelect = new ArrayList<>();
    private final List<Object> arguments = new ArrayList<>();
    private final List<String> parts = new ArrayList<>();
    private String select = "";

    Builder(String begin, boolean includes, int limit) {
      this.begin = Ids.bound(begin);
      this.beginsAt = includes ? "p.id >= ?" : "p.id > ?";
      this.limit = limit;
    }

    void part(String where, Object... further) {
      parts.add(
          "(%s FROM baton_promises p WHERE %s AND %s ORDER BY p.id LIMIT %d)"
              .formatted(select, beginsAt, where, limit));
      arguments.addAll(ofSelect);
      arguments.add(begin);
      arguments.addAll(List.of(further));
    }

    /**
     * The ids of a tree begin with its root's, as all SDKs mint them. For those whose id somebody
     * has chosen there is a column.
     */
    Scan ofTree(String origin, byte[] key) {
      if (Ids.mayBeThere(origin)) {
        part("p.id = ?", origin);
        for (char separator : SEPARATORS) {
          part("p.id > ? AND p.id < ?", origin + separator, origin + (char) (separator + 1));
        }
      }
      part("p.origin = ?", key);
      return scan();
    }

    Scan ofBranch(String branch, byte[] key) {
      if (Ids.mayBeThere(branch)) {
        part("p.id = ?", branch);
      }
      part("p.branch = ?", key);
      return scan();
    }

    Scan scan() {
      String all =
          parts.size() == 1
              ? parts.getFirst()
              : String.join(" UNION ALL ", parts) + " ORDER BY id LIMIT " + limit;
      return new Scan(all, List.copyOf(arguments));
    }
  }
}
