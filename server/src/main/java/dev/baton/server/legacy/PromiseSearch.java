package dev.baton.server.legacy;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.baton.core.Promise;
import dev.baton.protocol.PromiseRecord;
import dev.baton.protocol.PromiseRequest;
import dev.baton.protocol.Response;
import dev.baton.server.process.Script.Transaction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds promises by a pattern, the newest first. The store is in the order of ids, so all that the
 * pattern's prefix covers is looked at, in portions of one transaction each.
 */
final class PromiseSearch {

  private static final long PORTION = 1_000;
  private static final int MOST_PORTIONS = 1_000;

  private static final Comparator<PromiseRecord> OLDEST_FIRST =
      Comparator.comparingLong(PromiseRecord::createdAt).thenComparing(PromiseRecord::id);

  /**
   * What is asked for.
   *
   * @param states empty: any
   * @param limit how many to a page
   * @param after the last promise of the page before, or null
   */
  record Query(
      Glob pattern,
      Set<PromiseRecord.State> states,
      Map<String, String> tags,
      int limit,
      @Nullable Position after) {}

  /** A place in the order of the answers. */
  record Position(long createdAt, String id) {

    String toCursor(Query query) {
      ObjectNode node = LegacyJson.object();
      node.put("at", createdAt);
      node.put("id", id);
      node.put("pattern", query.pattern().pattern());
      node.put("limit", query.limit());
      ArrayNode states = node.putArray("states");
      query.states().forEach(state -> states.add(state.name()));
      ObjectNode tags = node.putObject("tags");
      query.tags().forEach(tags::put);
      return Base64.getUrlEncoder()
          .withoutPadding()
          .encodeToString(node.toString().getBytes(StandardCharsets.UTF_8));
    }
  }

  private final Query query;
  private final PriorityQueue<PromiseRecord> found = new PriorityQueue<>(OLDEST_FIRST);
  private @Nullable String cursor;
  private int portions;

  PromiseSearch(Query query) {
    this.query = query;
  }

  /** Looks at the next portion; answers once all has been looked at, and null before. */
  @Nullable Reply step(Transaction transaction) {
    String prefix = query.pattern().prefix();
    if (portions == 0 && !prefix.isEmpty()) {
      Promise exact = transaction.state().promise(prefix);
      if (exact != null) {
        consider(exact.toRecord());
      }
      cursor = prefix;
    }
    if (++portions > MOST_PORTIONS) {
      return Reply.error(
          LegacyError.INVALID,
          "more than " + MOST_PORTIONS * PORTION + " promises start like that: narrow the id");
    }
    Response response = transaction.decide(new PromiseRequest.Search(null, null, PORTION, cursor));
    if (!(response.body() instanceof Response.PromisePage(var promises, var next))) {
      return Reply.error(LegacyError.INTERNAL);
    }
    for (PromiseRecord promise : promises) {
      if (!promise.id().startsWith(prefix)) {
        return page();
      }
      consider(promise);
    }
    cursor = next;
    return next == null ? page() : null;
  }

  private void consider(PromiseRecord promise) {
    if (!Names.isTask(promise.id())
        && query.pattern().matches(promise.id())
        && (query.states().isEmpty() || query.states().contains(promise.state()))
        && promise.tags().entrySet().containsAll(query.tags().entrySet())
        && isOnThisPage(promise)) {
      found.add(promise);
      if (found.size() > query.limit() + 1) {
        found.poll();
      }
    }
  }

  private boolean isOnThisPage(PromiseRecord promise) {
    Position after = query.after();
    if (after == null) {
      return true;
    }
    int order = Long.compare(promise.createdAt(), after.createdAt());
    return order < 0 || (order == 0 && promise.id().compareTo(after.id()) < 0);
  }

  private Reply page() {
    List<PromiseRecord> newestFirst = new ArrayList<>(found);
    newestFirst.sort(OLDEST_FIRST.reversed());
    boolean isMore = newestFirst.size() > query.limit();
    List<PromiseRecord> page = isMore ? newestFirst.subList(0, query.limit()) : newestFirst;
    ObjectNode body = LegacyJson.object();
    ArrayNode list = body.putArray("promises");
    page.forEach(promise -> list.add(LegacyJson.promise(promise)));
    PromiseRecord last = isMore ? page.getLast() : null;
    body.put(
        "cursor", last == null ? null : new Position(last.createdAt(), last.id()).toCursor(query));
    return Reply.ok(body);
  }
}
