package dev.baton.server.auth;

import com.fasterxml.jackson.databind.JsonNode;
import dev.baton.protocol.PromiseRecord;
import dev.baton.protocol.PromiseRequest;
import dev.baton.protocol.Request;
import dev.baton.protocol.Response;
import dev.baton.protocol.TaskRequest;
import dev.baton.protocol.TaskRequest.FenceAction;
import java.util.List;

/**
 * Which requests a limited token may make: those whose ids it covers. Where the protocol's section
 * 16 looks at one id of a request, this looks at all that the request reads or changes.
 */
public final class Permissions {

  /** The id of no promise: none with this character can be created. */
  private static final String NOWHERE = "\u0000";

  private Permissions() {}

  /**
   * Whether the request may go on. An id that is missing or no string forbids nothing: the request
   * will be refused for that.
   *
   * @param data the request's, not yet checked
   */
  public static boolean allow(Access access, String kind, JsonNode data) {
    if (access.isUnlimited()) {
      return true;
    }
    return access.coversAny()
        && switch (kind) {
          case "promise.get",
              "promise.create",
              "promise.settle",
              "task.get",
              "task.acquire",
              "task.release",
              "task.fulfill",
              "task.halt",
              "task.continue",
              "schedule.get",
              "schedule.delete" ->
              covers(access, data.path("id"));
          case "promise.register_callback" ->
              covers(access, data.path("awaited")) && covers(access, data.path("awaiter"));
          case "promise.register_listener" ->
              covers(access, data.path("awaited")) && mayListen(access, data.path("address"));
          case "task.create" -> covers(access, inner(data).path("id"));
          case "task.suspend" -> covers(access, data.path("id")) && coversAwaited(access, data);
          case "task.fence" -> covers(access, data.path("id")) && coversFenced(access, data);
          case "task.heartbeat" -> coversEach(access, data.path("tasks"), "id");
          case "schedule.create" -> coversPromises(access, data);
          default -> false;
        };
  }

  private static boolean covers(Access access, JsonNode id) {
    return !id.isTextual() || access.covers(id.textValue());
  }

  private static boolean mayListen(Access access, JsonNode address) {
    return !address.isTextual() || access.mayListenAt(address.textValue());
  }

  private static boolean coversEach(Access access, JsonNode list, String member) {
    for (JsonNode each : list) {
      if (!covers(access, each.path(member))) {
        return false;
      }
    }
    return true;
  }

  private static JsonNode inner(JsonNode data) {
    return data.path("action").path("data");
  }

  private static boolean coversAwaited(Access access, JsonNode data) {
    for (JsonNode action : data.path("actions")) {
      if (!covers(access, action.path("data").path("awaited"))) {
        return false;
      }
    }
    return true;
  }

  /** To settle what is out of reach is not forbidden; {@link #narrow} makes it a vain attempt. */
  private static boolean coversFenced(Access access, JsonNode data) {
    boolean isSettle = "promise.settle".equals(data.path("action").path("kind").textValue());
    return isSettle || covers(access, inner(data).path("id"));
  }

  /** The ids of the promises that a schedule would make; its own id may be any. */
  private static boolean coversPromises(Access access, JsonNode data) {
    JsonNode template = data.path("promiseId");
    if (!template.isTextual()) {
      return true;
    }
    String id = data.path("id").textValue();
    String made = template.textValue();
    return access.covers(id == null ? made : made.replace("{{.id}}", id));
  }

  /**
   * The request as far as the token reaches: a fence that would settle a promise out of reach finds
   * no such promise. (The recorded answer to that is 200 with an inner 404, not 403.)
   */
  public static Request narrow(Access access, Request request) {
    return request
                instanceof
                TaskRequest.Fence(
                    String id,
                    long version,
                    FenceAction.Settle(PromiseRequest.Settle settle),
                    boolean preload)
            && !access.covers(settle.id())
        ? new TaskRequest.Fence(
            id,
            version,
            new FenceAction.Settle(
                new PromiseRequest.Settle(NOWHERE, settle.state(), settle.value())),
            preload)
        : request;
  }

  /**
   * The answer as far as the token reaches. Two kinds of answers hold more than was asked for: the
   * other promises of a branch, and the schedule that exists already under the id of a new one.
   */
  public static Response narrow(Access access, Response response) {
    if (access.isUnlimited()) {
      return response;
    }
    return switch (response.body()) {
      case Response.Acquired(var task, var promise, var preload) ->
          new Response(
              response.status(), new Response.Acquired(task, promise, reached(access, preload)));
      case Response.Preload(var preload) ->
          new Response(response.status(), new Response.Preload(reached(access, preload)));
      case Response.Fenced(var kind, var action, var preload) ->
          new Response(
              response.status(), new Response.Fenced(kind, action, reached(access, preload)));
      case Response.OfSchedule(var schedule)
          when !access.covers(schedule.id())
              && !access.covers(schedule.promiseId().replace("{{.id}}", schedule.id())) ->
          Response.failure(403, "Forbidden");
      default -> response;
    };
  }

  private static List<PromiseRecord> reached(Access access, List<PromiseRecord> promises) {
    return promises.stream().filter(promise -> access.covers(promise.id())).toList();
  }
}
