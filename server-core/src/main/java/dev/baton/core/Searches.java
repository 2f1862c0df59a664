package dev.baton.core;

import dev.baton.protocol.PromiseRequest;
import dev.baton.protocol.Response;
import dev.baton.protocol.ScheduleRequest;
import dev.baton.protocol.TaskRequest;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The searches (protocol sections 8.6, 9.10 and 10.4): stored states, no deadline is applied. */
final class Searches {

  private static final int DEFAULT_LIMIT = 100;
  private static final int DEFAULT_SCHEDULE_LIMIT = 10;

  private Searches() {}

  static Response promises(State state, PromiseRequest.Search search) {
    int limit = limit(search.limit(), DEFAULT_LIMIT);
    var found =
        state.searchPromises(search.state(), orEmpty(search.tags()), search.cursor(), limit + 1);
    var page = page(found, limit);
    return Response.ok(
        new Response.PromisePage(
            page.stream().map(Promise::toRecord).toList(), cursor(found, page, Promise::id)));
  }

  static Response tasks(State state, TaskRequest.Search search) {
    int limit = limit(search.limit(), DEFAULT_LIMIT);
    var found = state.searchTasks(search.state(), search.cursor(), limit + 1);
    var page = page(found, limit);
    return Response.ok(
        new Response.TaskPage(
            page.stream().map(task -> task.toRecord(state.firedFor(task.id()).size())).toList(),
            cursor(found, page, Task::id)));
  }

  static Response schedules(State state, ScheduleRequest.Search search) {
    int limit = limit(search.limit(), DEFAULT_SCHEDULE_LIMIT);
    var found = state.searchSchedules(orEmpty(search.tags()), search.cursor(), limit + 1);
    var page = page(found, limit);
    return Response.ok(
        new Response.SchedulePage(
            page.stream().map(Schedule::toRecord).toList(), cursor(found, page, Schedule::id)));
  }

  private static int limit(@Nullable Long asked, int otherwise) {
    return asked == null ? otherwise : Math.clamp(asked, 1, RequestRules.MAX_LIMIT);
  }

  private static Map<String, String> orEmpty(@Nullable Map<String, String> tags) {
    return tags == null ? Map.of() : tags;
  }

  private static <T> List<T> page(List<T> found, int limit) {
    return found.size() > limit ? found.subList(0, limit) : found;
  }

  /** Only if there is at least one more. */
  private static <T> @Nullable String cursor(List<T> found, List<T> page, Function<T, String> id) {
    return found.size() > page.size() ? id.apply(page.getLast()) : null;
  }
}
