package dev.baton.core;

import dev.baton.core.RuleSet.Profile;
import dev.baton.protocol.Addresses;
import dev.baton.protocol.DebugRequest;
import dev.baton.protocol.PromiseRequest;
import dev.baton.protocol.Request;
import dev.baton.protocol.Response;
import dev.baton.protocol.ScheduleRequest;
import dev.baton.protocol.Tags;
import dev.baton.protocol.TaskRequest;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a request must fulfil whatever the state is: rules of single fields, rules across fields,
 * addresses (protocol section 4.1, steps 9 to 11; texts of section 22).
 */
public final class RequestRules {

  /**
   * The longest cron expression that is taken; one with every minute, hour and day by its number
   * fits. What was stored before is read at any length.
   */
  public static final int MOST_CRON_CHARACTERS = 1_000;

  /** The most rows that a search answers with. */
  static final int MAX_LIMIT = 1000;

  private final boolean main;

  public RequestRules(Profile profile) {
    main = profile == Profile.MAIN;
  }

  /**
   * The refusal with status 400, or null if nothing is wrong.
   *
   * @param debugTime the head's virtual now, or null
   */
  public @Nullable Response check(Request request, @Nullable Long debugTime) {
    var violations = new Violations();
    fields(request, violations);
    var text = violations.text();
    if (text == null) {
      text = nullBytes(request);
    }
    if (text == null) {
      text = acrossFields(request, debugTime);
    }
    return text == null ? null : Response.failure(400, text);
  }

  private void fields(Request request, Violations found) {
    switch (request) {
      case PromiseRequest promise -> fields(promise, found);
      case TaskRequest task -> fields(task, found);
      case ScheduleRequest schedule -> fields(schedule, found);
      case DebugRequest ignored -> {}
    }
  }

  private static void fields(PromiseRequest request, Violations found) {
    switch (request) {
      case PromiseRequest.Get(var id) -> found.promiseId(id);
      case PromiseRequest.Create create -> {
        found.promiseId(create.id());
        found.unless(create.timeoutAt() >= 0, "TimeoutAt must be a non-negative integer");
      }
      case PromiseRequest.Settle settle -> found.promiseId(settle.id());
      case PromiseRequest.RegisterCallback(var awaited, var awaiter) -> {
        found.present(awaited, "Awaited promise ID is required");
        found.present(awaiter, "Awaiter promise ID is required");
      }
      case PromiseRequest.RegisterListener(var awaited, var address) -> {
        found.present(awaited, "Awaited promise ID is required");
        found.present(address, "Address is required");
      }
      case PromiseRequest.Search search -> found.limit(search.limit());
    }
  }

  private void fields(TaskRequest request, Violations found) {
    switch (request) {
      case TaskRequest.Get(var id) -> found.taskId(id);
      case TaskRequest.Halt(var id) -> found.taskId(id);
      case TaskRequest.Continue(var id) -> found.taskId(id);
      case TaskRequest.Create(var pid, var ttl, var action) -> {
        found.pid(pid);
        found.ttl(ttl);
        fields(action, found);
      }
      case TaskRequest.Acquire(var id, var version, var pid, var ttl) -> {
        found.task(id, version);
        found.pid(pid);
        found.ttl(ttl);
      }
      case TaskRequest.Release(var id, var version, var reason) -> found.task(id, version);
      case TaskRequest.Fulfill(var id, var version, var action) -> {
        found.task(id, version);
        fields(action, found);
      }
      case TaskRequest.Suspend(var id, var version, var actions) -> {
        found.task(id, version);
        found.unless(!actions.isEmpty(), "Actions array cannot be empty");
        actions.forEach(action -> fields(action, found));
      }
      case TaskRequest.Fence(var id, var version, var action, var preload) ->
          found.task(id, version);
      case TaskRequest.Heartbeat(var pid, var tasks) -> {
        found.pid(pid);
        found.unless(!main || !tasks.isEmpty(), "Tasks array must not be empty");
      }
      case TaskRequest.Search search -> found.limit(search.limit());
    }
  }

  private static void fields(ScheduleRequest request, Violations found) {
    switch (request) {
      case ScheduleRequest.Create create -> fields(create, found);
      case ScheduleRequest.Update(var definition) -> fields(definition, found);
      case ScheduleRequest.Pause(var id) -> found.scheduleId(id);
      case ScheduleRequest.Resume(var id) -> found.scheduleId(id);
      case ScheduleRequest.Get(var id) -> found.scheduleId(id);
      case ScheduleRequest.Delete(var id) -> found.scheduleId(id);
      case ScheduleRequest.Search search -> found.limit(search.limit());
    }
  }

  private static void fields(ScheduleRequest.Create create, Violations found) {
    found.scheduleId(create.id());
    found.present(create.cron(), "Cron expression is required");
    found.present(create.promiseId(), "Promise ID template is required");
    found.unless(create.promiseTimeout() >= 0, "Promise timeout must be a non-negative integer");
  }

  /**
   * Texts that are kept must not hold NUL, which some stores cannot; so whatever does is the name
   * of nothing, and may be asked for.
   */
  private static @Nullable String nullBytes(Request request) {
    if (!Footprint.visit(request, RequestRules::mayBeKept)) {
      var found = new StringBuilder();
      Footprint.visit(
          request,
          (thing, role, field, text) -> {
            boolean isFine = mayBeKept(thing, role, field, text);
            if (!isFine) {
              found.append(label(thing));
            }
            return isFine;
          });
      return found + " must not contain null bytes";
    }
    return switch (request) {
      case PromiseRequest.Create create -> nullBytes(create.tags(), Tags.BRANCH);
      case TaskRequest.Create(var pid, var ttl, var create) ->
          nullBytes(create.tags(), Tags.BRANCH);
      case TaskRequest.Fence(
              var id,
              var version,
              TaskRequest.FenceAction.Create(var create),
              var preload) ->
          nullBytes(create.tags(), Tags.BRANCH);
      case ScheduleRequest.Create create -> nullBytes(create.promiseTags(), Tags.TARGET);
      case ScheduleRequest.Update(var definition) ->
          nullBytes(definition.promiseTags(), Tags.TARGET);
      default -> null;
    };
  }

  private static boolean mayBeKept(
      Footprint.Thing thing, Footprint.Role role, String field, String text) {
    return role != Footprint.Role.CREATED || text.indexOf('\0') < 0;
  }

  private static String label(Footprint.Thing thing) {
    return switch (thing) {
      case PROMISE -> "Promise ID";
      case SCHEDULE -> "Schedule ID";
      case OCCURRENCES -> "Promise ID template";
      case PROCESS -> "Process ID";
      case ADDRESS -> "Address";
    };
  }

  private static @Nullable String nullBytes(Map<String, String> tags, String tag) {
    var value = tags.get(tag);
    return value == null || value.indexOf('\0') < 0 ? null : tag + " must not contain null bytes";
  }

  private @Nullable String acrossFields(Request request, @Nullable Long debugTime) {
    return switch (request) {
      case PromiseRequest.Create create -> {
        var text = lineage(create);
        yield text == null ? target(create) : text;
      }
      case PromiseRequest.RegisterCallback callback -> callback(callback);
      case PromiseRequest.RegisterListener(var awaited, var address) ->
          Addresses.parse(address) == null ? "Invalid listener address" : null;
      case TaskRequest.Create(var pid, var ttl, var action) -> taskCreate(action);
      case TaskRequest.Fulfill(var id, var version, var action) ->
          action.id().equals(id) ? null : "Action ID must match the task ID";
      case TaskRequest.Suspend suspend -> suspend(suspend);
      case TaskRequest.Fence(var id, var version, var action, var preload) ->
          id.equals(action.id()) ? "Action ID must not equal the task ID" : null;
      case TaskRequest.Heartbeat(var pid, var tasks) -> main ? oneOrigin(tasks) : null;
      case ScheduleRequest.Create create -> scheduleCreate(create);
      case ScheduleRequest.Update(var definition) -> scheduleCreate(definition);
      case DebugRequest.Tick(var time) ->
          main && debugTime != null && debugTime != time
              ? "resonate:debug_time must equal data.time"
              : null;
      case PromiseRequest.Get get -> null;
      case PromiseRequest.Settle settle -> null;
      case PromiseRequest.Search search -> null;
      case TaskRequest.Get get -> null;
      case TaskRequest.Acquire acquire -> null;
      case TaskRequest.Release release -> null;
      case TaskRequest.Halt halt -> null;
      case TaskRequest.Continue continueIt -> null;
      case TaskRequest.Search search -> null;
      case ScheduleRequest.Pause pause -> null;
      case ScheduleRequest.Resume resume -> null;
      case ScheduleRequest.Get get -> null;
      case ScheduleRequest.Delete delete -> null;
      case ScheduleRequest.Search search -> null;
      case DebugRequest.Start start -> null;
      case DebugRequest.Stop stop -> null;
      case DebugRequest.Reset reset -> null;
      case DebugRequest.Snap ignored -> null;
    };
  }

  private @Nullable String taskCreate(PromiseRequest.Create action) {
    var text = lineage(action);
    if (text != null) {
      return text;
    }
    if (!action.tags().containsKey(Tags.TARGET)) {
      return "Action must have a resonate:target tag";
    }
    if (main && action.tags().containsKey(Tags.DELAY)) {
      return "Action must not have a resonate:delay tag";
    }
    return target(action);
  }

  private @Nullable String scheduleCreate(ScheduleRequest.Create create) {
    if (main && create.id().indexOf('.') >= 0) {
      return "Schedule ID must not contain '.'";
    }
    if (main && !create.promiseTags().containsKey(Tags.TARGET)) {
      return "promiseTags must include a resonate:target tag";
    }
    if (create.cron().length() > MOST_CRON_CHARACTERS) {
      return "Invalid cron expression: it is longer than " + MOST_CRON_CHARACTERS + " characters";
    }
    return Cron.parse(create.cron()) == null
        ? "Invalid cron expression"
        : SchedulePolicy.check(create.promiseTags());
  }

  private @Nullable String callback(PromiseRequest.RegisterCallback callback) {
    if (callback.awaited().equals(callback.awaiter())) {
      return "Awaited and awaiter must be different promises";
    }
    return main && !origin(callback.awaited()).equals(origin(callback.awaiter()))
        ? "Awaiter and awaited must belong to the same origin"
        : null;
  }

  private @Nullable String suspend(TaskRequest.Suspend suspend) {
    for (var action : suspend.actions()) {
      var text = callback(action);
      if (text != null) {
        return text;
      }
    }
    for (var action : suspend.actions()) {
      if (!action.awaiter().equals(suspend.id())) {
        return "All action awaiter IDs must match the task ID";
      }
    }
    return null;
  }

  private static @Nullable String oneOrigin(List<TaskRequest.TaskRef> tasks) {
    var origin = origin(tasks.getFirst().id());
    for (var task : tasks) {
      if (!origin(task.id()).equals(origin)) {
        return "All tasks must belong to the same origin";
      }
    }
    return null;
  }

  /** The rules of protocol section 5 for the tags of a new promise, M2. */
  private @Nullable String lineage(PromiseRequest.Create create) {
    if (!main) {
      return null;
    }
    var tags = create.tags();
    var origin = tags.get(Tags.ORIGIN);
    if (origin != null && origin.indexOf('.') >= 0) {
      return "resonate:origin must not contain '.'";
    }
    for (var tag : List.of(Tags.ORIGIN, Tags.BRANCH, Tags.PARENT)) {
      var ancestor = tags.get(tag);
      if (ancestor != null && !descendsFrom(create.id(), ancestor)) {
        return "Promise ID must be prefixed by " + tag;
      }
    }
    var prefix = tags.get(Tags.PREFIX);
    if (prefix != null && prefix.indexOf('.') >= 0) {
      return "resonate:prefix must not contain '.'";
    }
    return delay(tags, create.timeoutAt());
  }

  private static @Nullable String delay(Map<String, String> tags, long timeoutAt) {
    var text = tags.get(Tags.DELAY);
    if (text == null) {
      return null;
    }
    var delay = Instants.parse(text);
    if (delay == null) {
      return "resonate:delay must be a non-negative integer";
    }
    if (delay >= timeoutAt) {
      return "resonate:delay must be less than timeoutAt";
    }
    return tags.containsKey(Tags.TARGET) ? null : "resonate:delay requires a resonate:target tag";
  }

  private static boolean descendsFrom(String id, String ancestor) {
    return id.startsWith(ancestor)
        && (id.length() == ancestor.length() || id.charAt(ancestor.length()) == '.');
  }

  private static String origin(String id) {
    int dot = id.indexOf('.');
    return dot < 0 ? id : id.substring(0, dot);
  }

  private static @Nullable String target(PromiseRequest.Create create) {
    var target = create.tags().get(Tags.TARGET);
    return target != null && Addresses.parse(target) == null
        ? "Invalid resonate:target address"
        : null;
  }

  /** All rules of single fields that a request breaks, each once. */
  private static final class Violations {

    private @Nullable Set<String> texts;

    @Nullable String text() {
      return texts == null ? null : String.join("; ", texts);
    }

    void unless(boolean fulfilled, String text) {
      if (!fulfilled) {
        if (texts == null) {
          texts = new LinkedHashSet<>();
        }
        texts.add(text);
      }
    }

    void present(String given, String text) {
      unless(!given.isEmpty(), text);
    }

    void promiseId(String id) {
      present(id, "Promise ID is required");
    }

    void taskId(String id) {
      present(id, "Task ID is required");
    }

    void task(String id, long version) {
      taskId(id);
      unless(version >= 0, "Version must be a non-negative integer");
    }

    void pid(String pid) {
      present(pid, "Process ID is required");
    }

    void ttl(long ttl) {
      unless(ttl >= 1, "TTL must be a positive integer");
    }

    void scheduleId(String id) {
      present(id, "Schedule ID is required");
    }

    void limit(@Nullable Long limit) {
      if (limit != null) {
        unless(limit >= 1, "Limit must be a positive integer");
        unless(limit <= MAX_LIMIT, "Invalid 'limit' — must be between 1 and 1000");
      }
    }
  }
}
