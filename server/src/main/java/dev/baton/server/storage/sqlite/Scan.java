package dev.baton.server.storage.sqlite;

import dev.baton.core.Query;
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

  /** What may stand between the id of a tree's root and the rest of an id in the tree. */
  char[] SEPARATORS = {'.', ':'};

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
    boolean isAtPrefix = query.beginsWithPrefix(after);
    List<String> arguments = new ArrayList<>();
    arguments.add(isAtPrefix || after == null ? query.prefix() : after);
    int tags = addTags(query.tags(), arguments);
    var by =
        origin != null ? ScanTexts.By.TREE : branch != null ? ScanTexts.By.BRANCH : ScanTexts.By.ID;
    var texts =
        ScanTexts.of(
            new ScanTexts.Shape(by, isAtPrefix, query.state(), tags, tags == query.tags().size()));
    if (origin != null) {
      addTree(origin, arguments);
      return new Indexed(texts.sql(), arguments);
    }
    if (branch != null) {
      arguments.add(branch);
      return new Indexed(texts.sql(), arguments);
    }
    return new Whole(texts.rows(), texts.wanted(), isAtPrefix, arguments);
  }

  static Whole of(Query.Tasks query, @Nullable String after) {
    TaskRecord.State state = query.state();
    // Whoever's task is not fulfilled is pending.
    boolean isLive = state != null && state != TaskRecord.State.FULFILLED;
    String wanted = "task_state " + (state == null ? "IS NOT NULL" : "IN (" + codes(state) + ")");
    return new Whole(ScanTexts.rows(isLive), wanted, false, List.of(after == null ? "" : after));
  }

  /** Each as it stands in a row's tags; answers how many. */
  private static int addTags(Map<String, String> tags, List<String> arguments) {
    int count = 0;
    for (Map.Entry<String, String> tag : tags.entrySet()) {
      if (count == MOST_COMPARED) {
        break;
      }
      String braced = StringMaps.text(Map.of(tag.getKey(), tag.getValue()));
      arguments.add(braced.substring(1, braced.length() - 1));
      count++;
    }
    return count;
  }

  /**
   * The ids of a tree begin with its root's, as all SDKs mint them. For those whose id somebody has
   * chosen there is a column.
   */
  private static void addTree(String origin, List<String> arguments) {
    arguments.add(origin);
    for (char separator : SEPARATORS) {
      arguments.add(origin + separator);
      arguments.add(origin + (char) (separator + 1));
    }
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
