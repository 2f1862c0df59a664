package dev.baton.server.calls;

import dev.baton.core.Query;
import dev.baton.core.Task;
import dev.baton.protocol.PromiseRecord;
import dev.baton.server.http.Path;
import io.vertx.core.http.HttpServerRequest;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which calls somebody wants to see.
 *
 * @param isRecent whether those that were settled last come first
 * @param state as it is asked for; null for any
 * @param attempts how often they were taken at least
 */
record Wanted(
    boolean isRecent,
    @Nullable String state,
    @Nullable String group,
    @Nullable String function,
    String prefix,
    int attempts,
    int limit,
    @Nullable String cursor) {

  private static final int MOST = 200;
  private static final int LIMIT = 50;

  private static final Set<String> OF_TASKS =
      Set.of("ready", "delayed", "held", "suspended", "halted");
  private static final Set<String> OUTCOMES =
      Set.of("resolved", "rejected", "rejected_canceled", "rejected_timedout");

  /** Of who may know how many events there were. */
  private static final Pattern PLACE = Pattern.compile("[0-9]{1,18}");

  private static final Pattern SEALED_PLACE = Pattern.compile("[0-9a-f]{1,200}");

  /** What a request asks for, or what is wrong with it. */
  sealed interface Read {}

  record Good(Wanted wanted) implements Read {}

  record Bad(String text) implements Read {}

  /**
   * Reads a request.
   *
   * @param seesAll whether whoever asks sees everything
   */
  static Read read(HttpServerRequest request, boolean seesAll) {
    String order = Path.parameter(request, "order");
    if (order != null && !order.equals("id") && !order.equals("recent")) {
      return new Bad("order must be id or recent, not '" + order + "'");
    }
    String state = filled(request, "state");
    if (state != null && !isState(state)) {
      return new Bad(
          "state must be pending, ready, delayed, held, suspended, halted, external, settled,"
              + " resolved, rejected, rejected_canceled or rejected_timedout, not '"
              + state
              + "'");
    }
    Integer attempts = number(request, "attempts", 0, Integer.MAX_VALUE, 0);
    Integer limit = number(request, "limit", 1, MOST, LIMIT);
    if (attempts == null || limit == null) {
      return new Bad(
          attempts == null
              ? wrong(request, "attempts", 0, Integer.MAX_VALUE)
              : wrong(request, "limit", 1, MOST));
    }
    String prefix = Path.parameter(request, "prefix");
    String cursor = filled(request, "cursor");
    boolean isRecent = "recent".equals(order);
    Pattern place = seesAll ? PLACE : SEALED_PLACE;
    if (isRecent && cursor != null && !place.matcher(cursor).matches()) {
      return new Bad("cursor must be one that a page before ended with, not '" + cursor + "'");
    }
    return new Good(
        new Wanted(
            isRecent,
            state,
            filled(request, "group"),
            filled(request, "function"),
            prefix == null ? "" : prefix,
            attempts,
            limit,
            cursor));
  }

  /** A number; null if it is none that may be. */
  static @Nullable Integer number(
      HttpServerRequest request, String name, int least, int most, int otherwise) {
    String text = filled(request, name);
    return text == null ? Integer.valueOf(otherwise) : Path.integer(text, least, most);
  }

  /** Says what is wrong with a number that is none. */
  static String wrong(HttpServerRequest request, String name, int least, int most) {
    return "%s must be an integer from %d to %d, not '%s'"
        .formatted(name, least, most, Path.parameter(request, name));
  }

  static @Nullable String filled(HttpServerRequest request, String name) {
    String text = Path.parameter(request, name);
    return text == null || text.isEmpty() ? null : text;
  }

  private static boolean isState(String state) {
    return OF_TASKS.contains(state)
        || OUTCOMES.contains(state)
        || Set.of("pending", "external", "settled").contains(state);
  }

  /** The same within somebody's reach; null if nothing is. */
  @Nullable Wanted within(@Nullable String reach) {
    if (reach == null || (!prefix.startsWith(reach) && !reach.startsWith(prefix))) {
      return null;
    }
    String both = prefix.startsWith(reach) ? prefix : reach;
    return new Wanted(isRecent, state, group, function, both, attempts, limit, cursor);
  }

  /** What a store is asked for. */
  Query.Promises query() {
    PromiseRecord.State stored =
        state == null || state.equals("settled")
            ? null
            : OUTCOMES.contains(state) ? outcome(state) : PromiseRecord.State.PENDING;
    return new Query.Promises(stored, Map.of(), prefix);
  }

  private static PromiseRecord.@Nullable State outcome(String wire) {
    for (PromiseRecord.State each : PromiseRecord.State.values()) {
      if (each.wire().equals(wire)) {
        return each;
      }
    }
    return null;
  }

  /** How many bytes its texts take at most. */
  long bytes() {
    return Character.BYTES
        * (length(state) + length(group) + length(function) + length(prefix) + length(cursor));
  }

  private static long length(@Nullable String text) {
    return text == null ? 0 : text.length();
  }

  /** Whether it takes a look at tasks to know. */
  boolean isOfTasks() {
    return attempts > 0 || (state != null && OF_TASKS.contains(state));
  }

  /** Whether a call may be one of them, as far as its promise shows. */
  boolean mayBe(Call call) {
    boolean isPending = call.promise().isPending();
    boolean isOfState =
        switch (state) {
          case null -> true;
          case "settled" -> !isPending;
          case "pending" -> isPending;
          case "external" -> isPending && call.kind() == Call.Kind.EXTERNAL;
          default ->
              OUTCOMES.contains(state)
                  ? state.equals(call.state(null))
                  : isPending && call.kind() == Call.Kind.CALL;
        };
    return isOfState
        && call.id().startsWith(prefix)
        && (group == null || group.equals(call.group()))
        && (function == null || function.equals(call.function()));
  }

  /** Whether it is one. */
  boolean is(Call call, @Nullable Task task, @Nullable Attempt last) {
    long version = task != null ? task.version() : last != null ? last.version() : 0;
    boolean isOfState =
        state == null || !OF_TASKS.contains(state) || state.equals(call.state(task));
    return isOfState && version >= attempts;
  }
}
