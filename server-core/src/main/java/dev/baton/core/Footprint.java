package dev.baton.core;

import dev.baton.protocol.DebugRequest;
import dev.baton.protocol.PromiseRequest;
import dev.baton.protocol.Request;
import dev.baton.protocol.ScheduleRequest;
import dev.baton.protocol.TaskRequest;
import dev.baton.protocol.TaskRequest.FenceAction;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Whom a request concerns: the texts that it names, what it does with each, and whom it may reach
 * beyond them. Permissions, limits and stores all ask here. Deadlines are applied to every promise
 * that is looked at (protocol section 7.1), so that what is only read may be settled, too.
 *
 * @param uses in the order of the request's members
 */
public record Footprint(List<Use> uses, Set<Reach> reach) {

  /** What a text is the name of. */
  public enum Thing {
    /** A promise and, if it has one, its task. */
    PROMISE,
    SCHEDULE,
    /** The promises that a schedule will make; the text is a {@link PromiseIdTemplate}, filled. */
    OCCURRENCES,
    PROCESS,
    ADDRESS
  }

  /** What is done with it. */
  public enum Role {
    /** It is looked at. */
    READ,
    /** It is changed, if it is there. */
    WRITTEN,
    /** It may come into being: the text is kept. */
    CREATED
  }

  /** Whom a request may concern that it does not name. */
  public enum Reach {
    /** Who waits for a promise that it names: it may settle. */
    AWAITERS,
    /** The other promises of a branch, which the answer holds. */
    BRANCH,
    /** All tasks of a process that it names. */
    HELD,
    /** Anything. */
    EVERYTHING
  }

  /**
   * One text.
   *
   * @param field where it stands in the request's data
   */
  public record Use(Thing thing, Role role, String field, String text) {}

  /** Looks at one use after the other. */
  @FunctionalInterface
  public interface Visitor {
    /** Answers whether to go on. */
    boolean visit(Thing thing, Role role, String field, String text);
  }

  private static final String ACTION_ID = "action.data.id";

  private static final Set<Reach> NOBODY_ELSE = Set.of();
  private static final Set<Reach> AWAITERS = Set.of(Reach.AWAITERS);
  private static final Set<Reach> BRANCH = Set.of(Reach.AWAITERS, Reach.BRANCH);
  private static final Set<Reach> HELD = Set.of(Reach.HELD);
  private static final Set<Reach> EVERYTHING = Set.of(Reach.EVERYTHING);

  public Footprint {
    uses = List.copyOf(uses);
    reach = Set.copyOf(reach);
  }

  /** The footprint of a request. */
  public static Footprint of(Request request) {
    var uses = new ArrayList<Use>();
    visit(request, (thing, role, field, text) -> uses.add(new Use(thing, role, field, text)));
    return new Footprint(uses, reach(request));
  }

  /** The first segments of the ids: what a promise and all that its function calls share. */
  public Set<String> firstSegments() {
    var segments = new LinkedHashSet<String>();
    for (var use : uses) {
      switch (use.thing()) {
        case PROMISE, SCHEDULE, OCCURRENCES -> segments.add(firstSegment(use.text()));
        case PROCESS, ADDRESS -> {}
      }
    }
    return segments;
  }

  /** The id up to its first dot or colon. */
  public static String firstSegment(String id) {
    for (int i = 0; i < id.length(); i++) {
      if (id.charAt(i) == '.' || id.charAt(i) == ':') {
        return id.substring(0, i);
      }
    }
    return id;
  }

  /** Visits all uses until the visitor has enough; answers whether it never had. */
  public static boolean visit(Request request, Visitor visitor) {
    return switch (request) {
      case PromiseRequest promise -> visit(promise, "id", visitor);
      case TaskRequest task -> visit(task, visitor);
      case ScheduleRequest.Create create ->
          visitor.visit(Thing.SCHEDULE, Role.CREATED, "id", create.id())
              && visitOccurrences(create, visitor);
      case ScheduleRequest.Update(var definition) ->
          visitor.visit(Thing.SCHEDULE, Role.WRITTEN, "id", definition.id())
              && visitOccurrences(definition, visitor);
      case ScheduleRequest.Pause(var id) -> visitor.visit(Thing.SCHEDULE, Role.WRITTEN, "id", id);
      case ScheduleRequest.Resume(var id) -> visitor.visit(Thing.SCHEDULE, Role.WRITTEN, "id", id);
      case ScheduleRequest.Get(var id) -> visitor.visit(Thing.SCHEDULE, Role.READ, "id", id);
      case ScheduleRequest.Delete(var id) -> visitor.visit(Thing.SCHEDULE, Role.WRITTEN, "id", id);
      case ScheduleRequest.Search search -> true;
      case DebugRequest ignored -> true;
    };
  }

  private static boolean visitOccurrences(ScheduleRequest.Create definition, Visitor visitor) {
    return visitor.visit(
        Thing.OCCURRENCES,
        Role.CREATED,
        "promiseId",
        PromiseIdTemplate.fill(definition.promiseId(), definition.id()));
  }

  private static boolean visit(PromiseRequest request, String idField, Visitor visitor) {
    return switch (request) {
      case PromiseRequest.Get(var id) -> visitor.visit(Thing.PROMISE, Role.READ, "id", id);
      case PromiseRequest.Create create ->
          visitor.visit(Thing.PROMISE, Role.CREATED, idField, create.id());
      case PromiseRequest.Settle settle ->
          visitor.visit(Thing.PROMISE, Role.WRITTEN, idField, settle.id());
      case PromiseRequest.RegisterCallback(var awaited, var awaiter) ->
          visitor.visit(Thing.PROMISE, Role.WRITTEN, "awaited", awaited)
              && visitor.visit(Thing.PROMISE, Role.WRITTEN, "awaiter", awaiter);
      case PromiseRequest.RegisterListener(var awaited, var address) ->
          visitor.visit(Thing.PROMISE, Role.WRITTEN, "awaited", awaited)
              && visitor.visit(Thing.ADDRESS, Role.CREATED, "address", address);
      case PromiseRequest.Search ignored -> true;
    };
  }

  private static boolean visit(TaskRequest request, Visitor visitor) {
    return switch (request) {
      case TaskRequest.Get(var id) -> visitor.visit(Thing.PROMISE, Role.READ, "id", id);
      case TaskRequest.Create(var pid, var ttl, var action) ->
          visitor.visit(Thing.PROCESS, Role.CREATED, "pid", pid)
              && visit(action, ACTION_ID, visitor);
      case TaskRequest.Acquire(var id, var version, var pid, var ttl) ->
          written(id, visitor) && visitor.visit(Thing.PROCESS, Role.CREATED, "pid", pid);
      case TaskRequest.Release(var id, var version, var reason) -> written(id, visitor);
      // Its action must name the same id.
      case TaskRequest.Fulfill(var id, var version, var action) -> written(id, visitor);
      case TaskRequest.Suspend(var id, var version, var actions) ->
          written(id, visitor) && visitAwaited(actions, visitor);
      case TaskRequest.Fence(var id, var version, var action, var preload) ->
          visitor.visit(Thing.PROMISE, Role.READ, "id", id) && visit(action, visitor);
      case TaskRequest.Heartbeat(var pid, var tasks) ->
          visitor.visit(Thing.PROCESS, Role.READ, "pid", pid) && visitTasks(tasks, visitor);
      case TaskRequest.Halt(var id) -> written(id, visitor);
      case TaskRequest.Continue(var id) -> written(id, visitor);
      case TaskRequest.Search ignored -> true;
    };
  }

  private static boolean written(String id, Visitor visitor) {
    return visitor.visit(Thing.PROMISE, Role.WRITTEN, "id", id);
  }

  private static boolean visitAwaited(
      List<PromiseRequest.RegisterCallback> actions, Visitor visitor) {
    for (var action : actions) { // Their awaiters must be the task.
      if (!visitor.visit(Thing.PROMISE, Role.WRITTEN, "actions.data.awaited", action.awaited())) {
        return false;
      }
    }
    return true;
  }

  private static boolean visitTasks(List<TaskRequest.TaskRef> tasks, Visitor visitor) {
    for (var task : tasks) {
      if (!visitor.visit(Thing.PROMISE, Role.WRITTEN, "tasks.id", task.id())) {
        return false;
      }
    }
    return true;
  }

  private static boolean visit(FenceAction action, Visitor visitor) {
    return switch (action) {
      case FenceAction.Create(var create) -> visit(create, ACTION_ID, visitor);
      case FenceAction.Settle(var settle) -> visit(settle, ACTION_ID, visitor);
      case FenceAction.OutOfReach ignored -> true;
      case FenceAction.Malformed(var id, var text) ->
          id == null || visitor.visit(Thing.PROMISE, Role.READ, ACTION_ID, id);
    };
  }

  /** Whom the request may concern that it does not name. */
  public static Set<Reach> reach(Request request) {
    return switch (request) {
      case PromiseRequest.Search search -> EVERYTHING;
      case TaskRequest.Search search -> EVERYTHING;
      case ScheduleRequest.Search search -> EVERYTHING;
      case DebugRequest ignored -> EVERYTHING;
      case PromiseRequest ignored -> AWAITERS;
      case TaskRequest.Create create -> BRANCH;
      case TaskRequest.Acquire acquire -> BRANCH;
      case TaskRequest.Suspend ignored -> BRANCH;
      case TaskRequest.Fence fence -> fence.preload() ? BRANCH : AWAITERS;
      case TaskRequest.Get get -> AWAITERS;
      case TaskRequest.Release release -> AWAITERS;
      case TaskRequest.Fulfill fulfill -> AWAITERS;
      case TaskRequest.Halt halt -> AWAITERS;
      case TaskRequest.Continue ignored -> AWAITERS;
      case TaskRequest.Heartbeat(var pid, var tasks) -> tasks.isEmpty() ? HELD : NOBODY_ELSE;
      case ScheduleRequest.Create create -> NOBODY_ELSE;
      case ScheduleRequest.Update update -> NOBODY_ELSE;
      case ScheduleRequest.Pause pause -> NOBODY_ELSE;
      case ScheduleRequest.Resume resume -> NOBODY_ELSE;
      case ScheduleRequest.Get get -> NOBODY_ELSE;
      case ScheduleRequest.Delete ignored -> NOBODY_ELSE;
    };
  }
}
