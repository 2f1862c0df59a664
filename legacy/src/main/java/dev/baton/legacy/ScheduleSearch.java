package dev.baton.legacy;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.baton.core.Portion;
import dev.baton.core.Query;
import dev.baton.core.Reader;
import dev.baton.core.RowSizes;
import dev.baton.core.Schedule;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/** Finds schedules by a pattern, the newest first; there is one page. */
final class ScheduleSearch implements Search {

  private static final Comparator<Schedule> OLDEST_FIRST =
      Comparator.comparingLong(Schedule::createdAt).thenComparing(Schedule::id);

  private final Glob pattern;
  private final int limit;
  private final long bytesMost;
  private final PriorityQueue<Schedule> found = new PriorityQueue<>(OLDEST_FIRST);
  private long bytes;
  private @Nullable String after;

  /**
   * @param bytesMost how large the page may be, unless one schedule is larger
   */
  ScheduleSearch(Glob pattern, int limit, long bytesMost) {
    this.pattern = pattern;
    this.limit = limit;
    this.bytesMost = bytesMost;
  }

  @Override
  public @Nullable Reply step(Reader reader, Portion.Bound bound) {
    Portion<Schedule> portion = Portion.within(bound, bytesMost);
    reader.schedules(Query.Schedules.ALL, after, portion);
    portion.found().forEach(this::consider);
    after = portion.lookedUpTo();
    return portion.isAtEnd() ? page() : null;
  }

  private void consider(Schedule schedule) {
    if (pattern.matches(schedule.id())) {
      found.add(schedule);
      bytes += RowSizes.of(schedule);
      while (found.size() > limit || (bytes > bytesMost && found.size() > 1)) {
        bytes -= RowSizes.of(found.remove());
      }
    }
  }

  private Reply page() {
    List<Schedule> newestFirst = new ArrayList<>(found);
    newestFirst.sort(OLDEST_FIRST.reversed());
    ObjectNode body = LegacyJson.object();
    ArrayNode list = body.putArray("schedules");
    newestFirst.forEach(schedule -> list.add(LegacyJson.schedule(schedule)));
    body.putNull("cursor");
    return Reply.ok(body);
  }
}
