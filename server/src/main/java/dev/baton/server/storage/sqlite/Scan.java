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
 * How the rows of a query are found, by their ids in order. Those of a tree, those of a branch and
 * those that are pending are found by an index; else every row is looked at.
 */
sealed interface Scan {

  /** So many tags are compared by the statement; all are once a row has been read. */
  int MOST_COMPARED = 64;

  /** The first is where it begins. */
  List<String> arguments();

  /**
   * A statement that gives few rows: the columns of {@link RowCodec#promise}, and whether the row
   * may be wanted. Of one that may not, nothing large is read.
   *
   * @param sql the statement
   */
  record Indexed(String sql, List<String> arguments) implements Scan {

    /** Where it says whether a row may be wanted. */
    static final int WANTED = RowCodec.COLUMNS.split(",").length + 1;
  }

  /**
   * All rows, or all that are pending.
   *
   * @param rows where they are, as SQL up to their conditions
   * @param wanted whether a row may be wanted, as SQL
   * @param isFirstIncluded whether it begins at the first argument, not behind it
   */
  record Whole(String rows, String wanted, boolean isFirstIncluded, List<String> arguments)
      implements Scan {}

  static Scan of(Query.Promises query, @Nullable String after) {
    String origin = query.tags().get(Tags.ORIGIN);
    String branch = query.tags().get(Tags.BRANCH);
    List<String> arguments = new ArrayList<>();
    boolean isAtPrefix = query.beginsWithPrefix(after);
    arguments.add(isAtPrefix || after == null ? query.prefix() : after);
    String wanted = wanted(query, arguments);
    String begin = isAtPrefix ? "id >= ?1" : "id > ?1";
    String select = "SELECT " + columns(query, wanted) + ", " + wanted + " FROM promises ";
    if (origin != null) {
      return new Indexed(ofTree(select, begin, origin, arguments), arguments);
    }
    if (branch != null) {
      return new Indexed(ofBranch(select, begin, branch, arguments), arguments);
    }
    boolean onlyPending = query.state() == PromiseRecord.State.PENDING;
    return new Whole(rows(onlyPending), wanted, isAtPrefix, arguments);
  }

  static Whole of(Query.Tasks query, @Nullable String after) {
    TaskRecord.State state = query.state();
    // Whoever's task is not fulfilled is pending.
    boolean isLive = state != null && state != TaskRecord.State.FULFILLED;
    String wanted = "task_state " + (state == null ? "IS NOT NULL" : "IN (" + codes(state) + ")");
    return new Whole(rows(isLive), wanted, false, List.of(after == null ? "" : after));
  }

  /** All rows of a tree or a branch are wanted, unless something else is asked for as well. */
  private static String columns(Query.Promises query, String wanted) {
    boolean isOnlyOne = query.state() == null && query.tags().size() == 1;
    return isOnlyOne ? RowCodec.COLUMNS : RowCodec.columnsWithPayloadWhere(wanted);
  }

  private static String rows(boolean onlyPending) {
    return "FROM promises "
        + (onlyPending ? "INDEXED BY promises_pending WHERE state = 0 AND " : "WHERE ");
  }

  /**
   * True for every row that is wanted, and for few others: its tags are compared as text, and not
   * all where very many are asked for, since SQLite's expressions have a greatest depth.
   */
  private static String wanted(Query.Promises query, List<String> arguments) {
    StringBuilder wanted = new StringBuilder();
    for (Map.Entry<String, String> tag : first(query.tags())) {
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

  private static List<Map.Entry<String, String>> first(Map<String, String> tags) {
    return tags.entrySet().stream().limit(MOST_COMPARED).toList();
  }

  /**
   * The ids of a tree begin with its root's, as all SDKs mint them. For those whose id somebody has
   * chosen there is a column.
   */
  private static String ofTree(String select, String begin, String origin, List<String> arguments) {
    StringBuilder sql = new StringBuilder();
    int root = argument(arguments, origin);
    sql.append(select).append("WHERE %s AND id = ?%d".formatted(begin, root));
    // What may stand between the id of a tree's root and the rest of an id in the tree.
    for (char separator : new char[] {'.', ':'}) {
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
