package dev.baton.core;

import dev.baton.core.Reader.TaskRow;
import dev.baton.protocol.BulkRead;
import dev.baton.protocol.DebugRequest;
import dev.baton.protocol.PromiseRequest;
import dev.baton.protocol.Response;
import dev.baton.protocol.ScheduleRequest;
import dev.baton.protocol.TaskRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A search or a snapshot on its way to its answer (protocol sections 8.6, 9.10, 10.4 and 11). It
 * looks at one portion of the rows after the other, each as of its own moment: what fits into one
 * portion is as of one moment. A page ends with as many rows as were asked for, or when its bytes
 * or its asker's patience are used up; its cursor is then the last row that was looked at, so that
 * the next page begins beyond it, also if this one is empty.
 */
public final class Reading {

  private static final int DEFAULT_LIMIT = 100;
  private static final int DEFAULT_SCHEDULE_LIMIT = 10;

  /** A portion ends with so many bytes of rows, unless a single one has more. */
  private static final long PORTION_BYTES = 256 << 10;

  private interface Part {
    @Nullable Response step(Reader reader, Portion.Bound bound, BooleanSupplier isPatienceOver);
  }

  private final Part part;
  private long bytes;

  private Reading(BulkRead request, RuleSet rules, long bytesMost) {
    this.part =
        switch (request) {
          case PromiseRequest.Search search -> {
            var query = Query.Promises.of(search);
            yield new Pages<Promise>(
                limit(search.limit(), DEFAULT_LIMIT),
                bytesMost,
                search.cursor(),
                Promise::id,
                (reader, after, portion) -> reader.promises(query, after, portion),
                (page, cursor) ->
                    new Response.PromisePage(records(page, Promise::toRecord), cursor));
          }
          case TaskRequest.Search search -> {
            var query = Query.Tasks.of(search);
            yield new Pages<TaskRow>(
                limit(search.limit(), DEFAULT_LIMIT),
                bytesMost,
                search.cursor(),
                row -> row.task().id(),
                (reader, after, portion) -> reader.tasks(query, after, portion),
                (page, cursor) ->
                    new Response.TaskPage(
                        records(page, row -> row.task().toRecord(row.resumes())), cursor));
          }
          case ScheduleRequest.Search search -> {
            var query = Query.Schedules.of(search);
            yield new Pages<Schedule>(
                limit(search.limit(), DEFAULT_SCHEDULE_LIMIT),
                bytesMost,
                search.cursor(),
                Schedule::id,
                (reader, after, portion) -> reader.schedules(query, after, portion),
                (page, cursor) ->
                    new Response.SchedulePage(records(page, Schedule::toRecord), cursor));
          }
          case DebugRequest.Snap ignored ->
              (reader, bound, isPatienceOver) -> snapshot(reader, rules, bytesMost);
        };
  }

  /**
   * One that has not begun.
   *
   * @param bytesMost how large an answer may be; one row may be larger, and is then alone
   */
  public static Reading of(BulkRead request, RuleSet rules, long bytesMost) {
    return new Reading(request, rules, bytesMost);
  }

  /**
   * Looks at the next portion.
   *
   * @param isPatienceOver whether to answer with what has been found, instead of looking further
   * @return the answer, or null if there is more to be looked at
   */
  public @Nullable Response step(
      Reader reader, Portion.Bound bound, BooleanSupplier isPatienceOver) {
    return part.step(reader, bound, isPatienceOver);
  }

  /** Looks at everything at once. */
  public static Response answer(BulkRead request, RuleSet rules, Reader reader) {
    var reading = of(request, rules, Long.MAX_VALUE);
    Response answer = null;
    while (answer == null) {
      answer = reading.step(reader, Portion.Bound.NONE, () -> false);
    }
    return answer;
  }

  /** The bytes of what has been found so far. */
  public long bytes() {
    return bytes;
  }

  private Response snapshot(Reader reader, RuleSet rules, long bytesMost) {
    var everything = reader.everything(bytesMost);
    return everything == null
        ? Response.failure(
            400, "debug.snap: the store holds more than server.max_answer_bytes: " + bytesMost)
        : Snapshots.of(everything, rules);
  }

  private static int limit(@Nullable Long asked, int otherwise) {
    return asked == null ? otherwise : Math.clamp(asked, 1, RequestRules.MAX_LIMIT);
  }

  private static <R, T> List<T> records(List<R> page, Function<R, T> record) {
    return page.stream().map(record).toList();
  }

  private interface Source<R> {
    void read(Reader reader, @Nullable String after, Portion<R> portion);
  }

  private interface Answer<R> {
    Response.Body of(List<R> page, @Nullable String cursor);
  }

  /** A page in the making. */
  private final class Pages<R> implements Part {
    private final int limit;
    private final long bytesMost;
    private final Function<R, String> id;
    private final Source<R> source;
    private final Answer<R> answer;
    private final List<R> page = new ArrayList<>();
    private @Nullable String after;

    /** Less than the page has left, unless the next row alone is larger. */
    private long portionMost = PORTION_BYTES;

    Pages(
        int limit,
        long bytesMost,
        @Nullable String after,
        Function<R, String> id,
        Source<R> source,
        Answer<R> answer) {
      this.limit = limit;
      this.bytesMost = bytesMost;
      this.after = after;
      this.id = id;
      this.source = source;
      this.answer = answer;
    }

    @Override
    public @Nullable Response step(
        Reader reader, Portion.Bound bound, BooleanSupplier isPatienceOver) {
      int room = limit - page.size();
      // One more than there is room for shows that the page is not the last.
      long left = bytesMost - bytes;
      boolean isPart = portionMost < left;
      var portion =
          new Portion<R>(bound, room + 1, Math.min(portionMost, left), page.isEmpty() && !isPart);
      source.read(reader, after, portion);
      portionMost = isPart && portion.isFull() && portion.found().isEmpty() ? left : PORTION_BYTES;
      var found = portion.found();
      boolean isMore = found.size() > room;
      page.addAll(isMore ? found.subList(0, room) : found);
      bytes += portion.bytes();
      after = portion.lookedUpTo() == null ? after : portion.lookedUpTo();
      if (!isMore && portion.isAtEnd()) {
        return page(null);
      }
      if (page.size() == limit && (isMore || portion.isFull())) {
        return page(id.apply(page.getLast()));
      }
      boolean isOver = (portion.isFull() && !isPart) || isPatienceOver.getAsBoolean();
      return isOver ? page(after) : null;
    }

    private Response page(@Nullable String cursor) {
      return Response.ok(answer.of(page, cursor));
    }
  }
}
