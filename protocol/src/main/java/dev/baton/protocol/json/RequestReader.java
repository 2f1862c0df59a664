package dev.baton.protocol.json;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.baton.protocol.DebugRequest;
import dev.baton.protocol.PromiseRequest;
import dev.baton.protocol.Request;
import dev.baton.protocol.Response;
import dev.baton.protocol.ScheduleRequest;
import dev.baton.protocol.TaskRequest;
import dev.baton.protocol.TaskRequest.FenceAction;
import org.jspecify.annotations.Nullable;

/** Reads the data of a request (protocol section 4.1, steps 7 and 8). */
public final class RequestReader {

  private static final String INVALID_FENCE_KIND = "Invalid fence action kind";

  private RequestReader() {}

  /** Never throws: an unknown kind and a wrong shape are refusals with status 400. */
  public static Decoded read(String kind, ObjectNode data) {
    var problem = new Fields.Problem();
    var request = request(kind, new Fields(data, "", problem));
    if (request == null) {
      return refused("Unknown operation: " + kind, null);
    }
    var text = problem.text();
    if (text == null) {
      return new Decoded.Valid(request);
    }
    return request instanceof DebugRequest.Tick
        ? refused("Missing or invalid 'time' field", request)
        : refused("Invalid request: " + text, request);
  }

  /** Whether the protocol has that kind. */
  public static boolean isKnown(String kind) {
    return request(kind, new Fields(Json.emptyObject(), "", new Fields.Problem())) != null;
  }

  private static Decoded refused(String text, @Nullable Request attempt) {
    return new Decoded.Refused(Response.failure(400, text), attempt);
  }

  private static ScheduleRequest.Create scheduleCreate(Fields data) {
    return new ScheduleRequest.Create(
        data.string("id"),
        data.string("cron"),
        data.string("promiseId"),
        data.integer("promiseTimeout"),
        data.value("promiseParam"),
        data.strings("promiseTags"));
  }

  private static @Nullable Request request(String kind, Fields data) {
    return switch (kind) {
      case "promise.get" -> new PromiseRequest.Get(data.string("id"));
      case "promise.create" -> promiseCreate(data);
      case "promise.settle" -> promiseSettle(data);
      case "promise.register_callback" -> registerCallback(data);
      case "promise.register_listener" ->
          new PromiseRequest.RegisterListener(data.string("awaited"), data.string("address"));
      case "promise.search" ->
          new PromiseRequest.Search(
              data.promiseStateOrNull("state"),
              data.stringsOrNull("tags"),
              data.integerOrNull("limit"),
              data.stringOrNull("cursor"));
      case "task.get" -> new TaskRequest.Get(data.string("id"));
      case "task.create" ->
          new TaskRequest.Create(
              data.string("pid"),
              data.integer("ttl"),
              promiseCreate(actionData(data.object("action"))));
      case "task.acquire" ->
          new TaskRequest.Acquire(
              data.string("id"), data.integer("version"), data.string("pid"), data.integer("ttl"));
      case "task.release" ->
          new TaskRequest.Release(
              data.string("id"), data.integer("version"), data.stringOrNull("reason"));
      case "task.fulfill" ->
          new TaskRequest.Fulfill(
              data.string("id"),
              data.integer("version"),
              promiseSettle(actionData(data.object("action"))));
      case "task.suspend" ->
          new TaskRequest.Suspend(
              data.string("id"),
              data.integer("version"),
              data.list("actions", action -> registerCallback(actionData(action))));
      case "task.fence" ->
          new TaskRequest.Fence(
              data.string("id"),
              data.integer("version"),
              fenceAction(data.object("action")),
              !data.isFalse("preload"));
      case "task.heartbeat" ->
          new TaskRequest.Heartbeat(
              data.string("pid"),
              data.list(
                  "tasks",
                  task -> new TaskRequest.TaskRef(task.string("id"), task.integer("version"))));
      case "task.halt" -> new TaskRequest.Halt(data.string("id"));
      case "task.continue" -> new TaskRequest.Continue(data.string("id"));
      case "task.search" ->
          new TaskRequest.Search(
              data.taskStateOrNull("state"),
              data.integerOrNull("limit"),
              data.stringOrNull("cursor"));
      case "schedule.create" -> scheduleCreate(data);
      case "schedule.update" -> new ScheduleRequest.Update(scheduleCreate(data));
      case "schedule.pause" -> new ScheduleRequest.Pause(data.string("id"));
      case "schedule.resume" -> new ScheduleRequest.Resume(data.string("id"));
      case "schedule.get" -> new ScheduleRequest.Get(data.string("id"));
      case "schedule.delete" -> new ScheduleRequest.Delete(data.string("id"));
      case "schedule.search" ->
          new ScheduleRequest.Search(
              data.stringsOrNull("tags"), data.integerOrNull("limit"), data.stringOrNull("cursor"));
      case "debug.start" -> new DebugRequest.Start();
      case "debug.stop" -> new DebugRequest.Stop();
      case "debug.reset" -> new DebugRequest.Reset();
      case "debug.tick" -> new DebugRequest.Tick(data.integer("time"));
      case "debug.snap" -> new DebugRequest.Snap();
      default -> null;
    };
  }

  private static PromiseRequest.Create promiseCreate(Fields data) {
    var id = data.string("id");
    var tags = data.strings("tags");
    if (!tags.isEmpty()) {
      // Half of the tags that SDKs set repeat the id: one string will do for all.
      tags.replaceAll((name, value) -> value.equals(id) ? id : value);
    }
    return new PromiseRequest.Create(id, data.integer("timeoutAt"), data.value("param"), tags);
  }

  private static PromiseRequest.Settle promiseSettle(Fields data) {
    return new PromiseRequest.Settle(
        data.string("id"), data.settlement("state"), data.value("value"));
  }

  private static PromiseRequest.RegisterCallback registerCallback(Fields data) {
    return new PromiseRequest.RegisterCallback(data.string("awaited"), data.string("awaiter"));
  }

  /** The data of an inner request whose kind and head must be there and are not looked at. */
  private static Fields actionData(Fields action) {
    action.string("kind");
    action.present("head");
    return action.object("data");
  }

  /** What is wrong inside the data of a fence's action is told only when the fence is decided. */
  private static FenceAction fenceAction(Fields action) {
    var kind = action.string("kind");
    action.present("data");
    var data = action.raw("data");
    if (!(data instanceof ObjectNode object)) {
      return new FenceAction.Malformed(
          null,
          isFenceable(kind) ? "Invalid action data: it must be an object" : INVALID_FENCE_KIND);
    }
    var id = object.get("id") instanceof TextNode text ? text.textValue() : null;
    if (!isFenceable(kind)) {
      return new FenceAction.Malformed(id, INVALID_FENCE_KIND);
    }
    var problem = new Fields.Problem();
    var fields = new Fields(object, "", problem);
    var request =
        kind.equals("promise.create")
            ? new FenceAction.Create(promiseCreate(fields))
            : new FenceAction.Settle(promiseSettle(fields));
    var text = problem.text();
    return text == null ? request : new FenceAction.Malformed(id, "Invalid action data: " + text);
  }

  private static boolean isFenceable(String kind) {
    return kind.equals("promise.create") || kind.equals("promise.settle");
  }
}
