package dev.baton.server.storage.sqlite;

import dev.baton.core.Query;
import dev.baton.protocol.PromiseRecord;
import dev.baton.protocol.Tags;
import dev.baton.protocol.TaskRecord;
import dev.baton.server.storage.rows.StateCodes;
import dev.baton.server.storage.rows.StringMaps;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How the rows of a query are found: a statement that gives ids in order, each with whether its row
 * may be wanted. Those of a tree, those of a branch and those that are pending are found by an
 * index; else every row is looked at.
 *
 * @param arguments the first is where it begins
 */
record Scan(String sql, List<String> arguments) {

  /** What may stand between the id of a tree's root and the rest of an id in the tree. */
  private static final char[] SEPARATORS = {'.', ':'};

  static Scan of(Query.Promises query, @Nullable String after) {
    String origin = query.tags().get(Tags.ORIGIN);
    String branch = query.tags().get(Tags.BRANCH);
    List<String> arguments = new ArrayList<>();
    boolean isAtPrefix = query.beginsWithPrefix(after);
    arguments.add(isAtPrefix || after == null ? query.prefix() : after);
    String begin = isAtPrefix ? "id >= ?1" : "id > ?1";
    String select = "SELECT id, " + wanted(query, arguments) + " FROM promises ";
    if (origin != null) {
      return new Scan(ofTree(select, begin, origin, arguments), arguments);
    }
    if (branch != null) {
      return new Scan(ofBranch(select, begin, branch, arguments), arguments);
    }
    boolean onlyPending = query.state() == PromiseRecord.State.PENDING;
    return new Scan(select + rows(onlyPending, begin), arguments);
  }

  static Scan of(Query.Tasks query, @Nullable String after) {
    TaskRecord.State state = query.state();
    // Whoever's task is not fulfilled is pending.
    boolean isLive = state != null && state != TaskRecord.State.FULFILLED;
    String wanted = "task_state " + (state == null ? "IS NOT NULL" : "IN (" + codes(state) + ")");
    return new Scan(
        "SELECT id, " + wanted + " FROM promises " + rows(isLive, "id > ?1"),
        List.of(after == null ? "" : after));
  }

  private static String rows(boolean onlyPending, String begin) {
    return (onlyPending ? "INDEXED BY promises_pending WHERE state = 0 AND " : "WHERE ")
        + begin
        + " ORDER BY id";
  }

  /** True for every row that is wanted, and for few others: its tags are compared as text. */
  private static String wanted(Query.Promises query, List<String> arguments) {
    StringBuilder wanted = new StringBuilder();
    for (Map.Entry<String, String> tag : query.tags().entrySet()) {
      String braced = StringMaps.text(Map.of(tag.getKey(), tag.getValue()));
      arguments.add(braced.substring(1, braced.length() - 1));
      wanted
          .append(wanted.isEmpty() ? "" : " AND ")
          .append("instr(tags, ?")
          .append(arguments.size())
          .append(") > 0");
    }
    String ofTags = wanted.isEmpty() ? "1" : wanted.toString();
    return query.state() == null
        ? ofTags
        : "CASE WHEN state = " + StateCodes.code(query.state()) + " THEN " + ofTags + " ELSE 0 END";
  }

  /**
   * The ids of a tree begin with its root's, as all SDKs mint them. For those whose id somebody has
   * chosen there is a column.
   */
  private static String ofTree(String select, String begin, String origin, List<String> arguments) {
    StringBuilder sql = new StringBuilder();
    int root = argument(arguments, origin);
    sql.append(select).append("WHERE %s AND id = ?%d".formatted(begin, root));
    for (char separator : SEPARATORS) {
      int from = argument(arguments, origin + separator);
      int to = argument(arguments, origin + (char) (separator + 1));
      String below = "WHERE id > max(?1, ?%d) AND id < ?%d AND %s".formatted(from, to, begin);
      sql.append(" UNION ALL ").append(select).append(below);
    }
    String others = "INDEXED BY promises_origin WHERE origin = ?%d AND %s ORDER BY id";
    return sql.append(" UNION ALL ")
        .append(select)
        .append(others.formatted(root, begin))
        .toString();
  }

  private static String ofBranch(
      String select, String begin, String branch, List<String> arguments) {
    int name = argument(arguments, branch);
    String root = "WHERE %s AND id = ?%d".formatted(begin, name);
    String others =
        "INDEXED BY promises_branch WHERE branch = ?%d AND branch <> id AND %s ORDER BY id";
    return select + root + " UNION ALL " + select + others.formatted(name, begin);
  }

  private static int argument(List<String> arguments, String value) {
    arguments.add(value);
    return arguments.size();
  }

  private static String codes(TaskRecord.State state) {
    return switch (state) {
      case PENDING -> StateCodes.TASK_OFFERED + ", " + StateCodes.TASK_DELAYED;
      case ACQUIRED -> "" + StateCodes.TASK_ACQUIRED;
      case SUSPENDED -> "" + StateCodes.TASK_SUSPENDED;
      case HALTED -> "" + StateCodes.TASK_HALTED;
      case FULFILLED -> "" + StateCodes.TASK_FULFILLED;
    };
  }
}
