package dev.baton.server.storage.sqlite;

import dev.baton.protocol.PromiseRecord;
import dev.baton.server.storage.rows.StateCodes;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * The SQL of searches for promises. What differs between those of one shape are arguments, so a
 * text is made once: to put it together costs more than to find the rows of a small tree.
 *
 * @param sql of {@link Scan.Indexed}; empty for others
 * @param rows of {@link Scan.Whole}; empty for others
 * @param wanted whether a row may be wanted
 */
record ScanTexts(String sql, String rows, String wanted) {

  /** By which index rows are found. */
  enum By {
    TREE,
    BRANCH,
    ID
  }

  /**
   * What a text depends on.
   *
   * @param isFirstIncluded whether rows begin at the first argument, not behind it
   * @param tags how many tags are compared; they are the arguments from the second on
   * @param isAll whether those are all that is asked for
   */
  record Shape(
      By by,
      boolean isFirstIncluded,
      PromiseRecord.@Nullable State state,
      int tags,
      boolean isAll) {}

  /** Texts of more are not kept: there are very many, and long ones. */
  private static final int MOST_TAGS = 4;

  private static final ConcurrentMap<Shape, ScanTexts> KNOWN = new ConcurrentHashMap<>();

  static ScanTexts of(Shape shape) {
    if (shape.tags() > MOST_TAGS) {
      return make(shape);
    }
    ScanTexts known = KNOWN.get(shape);
    return known == null ? KNOWN.computeIfAbsent(shape, ScanTexts::make) : known;
  }

  private static ScanTexts make(Shape shape) {
    String wanted = wanted(shape);
    String begin = shape.isFirstIncluded() ? "id >= ?1" : "id > ?1";
    String select = "SELECT " + columns(shape, wanted) + ", " + wanted + " FROM promises ";
    int next = shape.tags() + 2;
    return switch (shape.by()) {
      case TREE -> new ScanTexts(ofTree(select, begin, next), "", wanted);
      case BRANCH -> new ScanTexts(ofBranch(select, begin, next), "", wanted);
      case ID -> new ScanTexts("", rows(shape.state() == PromiseRecord.State.PENDING), wanted);
    };
  }

  /** All rows of a tree or a branch are wanted, unless something else is asked for as well. */
  private static String columns(Shape shape, String wanted) {
    boolean isOnlyOne = shape.state() == null && shape.tags() == 1 && shape.isAll();
    return isOnlyOne ? RowCodec.COLUMNS : RowCodec.columnsWithPayloadWhere(wanted);
  }

  static String rows(boolean onlyPending) {
    return "FROM promises "
        + (onlyPending ? "INDEXED BY promises_pending WHERE state = 0 AND " : "WHERE ");
  }

  /**
   * True for every row that is wanted, and for few others: its tags are compared as text, and not
   * all where very many are asked for, since SQLite's expressions have a greatest depth.
   */
  private static String wanted(Shape shape) {
    StringBuilder wanted = new StringBuilder();
    for (int i = 0; i < shape.tags(); i++) {
      wanted.append(i == 0 ? "" : " AND ").append("instr(tags, ?").append(i + 2).append(") > 0");
    }
    String ofTags = wanted.isEmpty() ? "1" : wanted.toString();
    return shape.state() == null
        ? ofTags
        : "CASE WHEN state = " + StateCodes.code(shape.state()) + " THEN " + ofTags + " ELSE 0 END";
  }

  /** The arguments are the root's id, and where ids below it begin and end, for each separator. */
  private static String ofTree(String select, String begin, int next) {
    StringBuilder sql = new StringBuilder();
    sql.append(select).append("WHERE %s AND id = ?%d".formatted(begin, next));
    for (int i = 0; i < Scan.SEPARATORS.length; i++) {
      int from = next + 1 + 2 * i;
      String below = "WHERE id > max(?1, ?%d) AND id < ?%d AND %s".formatted(from, from + 1, begin);
      sql.append(" UNION ALL ").append(select).append(below);
    }
    String others = "INDEXED BY promises_origin WHERE origin = ?%d AND %s ORDER BY id";
    return sql.append(" UNION ALL ")
        .append(select)
        .append(others.formatted(next, begin))
        .toString();
  }

  private static String ofBranch(String select, String begin, int next) {
    String root = "WHERE %s AND id = ?%d".formatted(begin, next);
    String others =
        "INDEXED BY promises_branch WHERE branch = ?%d AND branch <> id AND %s ORDER BY id";
    return select + root + " UNION ALL " + select + others.formatted(next, begin);
  }
}
