package dev.baton.legacy;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.baton.core.Portion;
import dev.baton.core.Promise;
import dev.baton.core.Query.Promises;
import dev.baton.core.Reader;
import dev.baton.core.RowSizes;
import dev.baton.protocol.PromiseRecord;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds promises by a pattern, the newest first. The store is in the order of ids, so all that the
 * pattern's prefix covers is looked at. A page holds fewer than were asked for when they are large.
 */
final class PromiseSearch implements Search {

  private static final int MOST_LOOKED_AT = 1_000_000;

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

  private record Sized(PromiseRecord promise, long bytes) {}

  private final Query query;
  private final long bytesMost;
  private final PriorityQueue<Sized> found =
      new PriorityQueue<>(Comparator.comparing(Sized::promise, OLDEST_FIRST));
  private long bytes;
  private boolean isMore;
  private @Nullable String after;
  private int looked;

  /**
   * @param bytesMost how large a page may be, unless one promise is larger
   */
  PromiseSearch(Query query, long bytesMost) {
    this.query = query;
    this.bytesMost = bytesMost;
  }

  @Override
  public @Nullable Reply step(Reader reader, Portion.Bound bound) {
    Portion<Promise> portion = Portion.within(bound, bytesMost);
    reader.promises(Promises.startingWith(query.pattern().prefix()), after, portion);
    portion.found().forEach(this::consider);
    looked += portion.found().size();
    after = portion.lookedUpTo();
    if (portion.isAtEnd()) {
      return page();
    }
    return looked < MOST_LOOKED_AT
        ? null
        : Reply.error(
            LegacyError.INVALID,
            "more than " + MOST_LOOKED_AT + " promises start like that: narrow the id");
  }

  private void consider(Promise promise) {
    PromiseRecord record = promise.toRecord();
    if (!Names.isTask(record.id())
        && query.pattern().matches(record.id())
        && (query.states().isEmpty() || query.states().contains(record.state()))
        && record.tags().entrySet().containsAll(query.tags().entrySet())
        && isOnThisPage(record)) {
      Sized sized = new Sized(record, RowSizes.of(promise));
      found.add(sized);
      bytes += sized.bytes();
      while (found.size() > query.limit() || (bytes > bytesMost && found.size() > 1)) {
        bytes -= found.remove().bytes();
        isMore = true;
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
    List<PromiseRecord> page =
        found.stream().map(Sized::promise).sorted(OLDEST_FIRST.reversed()).toList();
    ObjectNode body = LegacyJson.object();
    ArrayNode list = body.putArray("promises");
    page.forEach(promise -> list.add(LegacyJson.promise(promise)));
    PromiseRecord last = isMore ? page.getLast() : null;
    body.put(
        "cursor", last == null ? null : new Position(last.createdAt(), last.id()).toCursor(query));
    return Reply.ok(body);
  }
}
