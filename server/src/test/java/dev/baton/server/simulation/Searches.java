package dev.baton.server.simulation;

import dev.baton.core.IdOrder;
import dev.baton.core.Promise;
import dev.baton.protocol.BulkRead;
import dev.baton.protocol.PromiseRecord;
import dev.baton.protocol.PromiseRequest;
import dev.baton.protocol.Response;
import dev.baton.protocol.TaskRecord;
import dev.baton.protocol.TaskRequest;
import java.util.List;
import java.util.NavigableMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What the answer to a search must hold, whatever is saved while the search goes on: what was there
 * when it began, each row once, in order. (Nothing is removed in these histories, and what a row is
 * searched by never changes.)
 */
final class Searches {

  private static final String COMPLETE = "a search shows all that was there, once, in order";

  private Searches() {}

  /** A search begins; answers how to check its answer. */
  static Check begin(Disk truth, BulkRead request) {
    return switch (request) {
      case PromiseRequest.Search search -> {
        var tags = search.tags();
        Predicate<Promise> isWanted =
            promise -> tags == null || promise.tags().entrySet().containsAll(tags.entrySet());
        List<String> there = beyond(truth.promises, search.cursor(), isWanted);
        yield answer -> {
          if (answer.body() instanceof Response.PromisePage(var promises, var cursor)) {
            check(
                search.cursor(), there, promises.stream().map(PromiseRecord::id).toList(), cursor);
          }
        };
      }
      case TaskRequest.Search search -> {
        List<String> there = beyond(truth.tasks, search.cursor(), _ -> true);
        yield answer -> {
          if (answer.body() instanceof Response.TaskPage(var tasks, var cursor)) {
            check(search.cursor(), there, tasks.stream().map(TaskRecord::id).toList(), cursor);
          }
        };
      }
      default -> _ -> {};
    };
  }

  /** Checks an answer. */
  interface Check {
    void of(Response answer);
  }

  private static <T> List<String> beyond(
      NavigableMap<String, T> rows, @Nullable String after, Predicate<T> isWanted) {
    return (after == null ? rows : rows.tailMap(after, false))
        .entrySet().stream()
            .filter(row -> isWanted.test(row.getValue()))
            .map(row -> row.getKey())
            .toList();
  }

  private static void check(
      @Nullable String after, List<String> there, List<String> shown, @Nullable String cursor) {
    String last = after;
    for (String id : shown) {
      Ledger.check(
          last == null || IdOrder.INSTANCE.compare(last, id) < 0,
          COMPLETE,
          "after %s: %s",
          after,
          shown);
      last = id;
    }
    Ledger.check(
        cursor == null || last == null || IdOrder.INSTANCE.compare(last, cursor) <= 0,
        COMPLETE,
        "the cursor %s is before %s",
        cursor,
        last);
    Ledger.check(
        cursor == null || !cursor.equals(after), COMPLETE, "the cursor %s does not move", cursor);
    for (String id : there) {
      boolean isOfThisPage = cursor == null || IdOrder.INSTANCE.compare(id, cursor) <= 0;
      Ledger.check(
          !isOfThisPage || shown.contains(id),
          COMPLETE,
          "%s is not in %s, which begins after %s and ends at %s",
          id,
          shown,
          after,
          cursor);
    }
  }
}
