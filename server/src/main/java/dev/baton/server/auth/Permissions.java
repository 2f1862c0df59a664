package dev.baton.server.auth;

import dev.baton.core.Footprint;
import dev.baton.core.PromiseIdTemplate;
import dev.baton.protocol.PromiseRecord;
import dev.baton.protocol.PromiseRequest;
import dev.baton.protocol.Request;
import dev.baton.protocol.Response;
import dev.baton.protocol.ScheduleRequest;
import dev.baton.protocol.TaskRequest;
import dev.baton.protocol.TaskRequest.FenceAction;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which requests a limited token may make: those whose ids it covers. Where the protocol's section
 * 16 looks at one id of a request, this looks at all that the request reads or changes.
 */
public final class Permissions {

  private Permissions() {}

  /**
   * Whether the request may go on. A text that is missing or empty forbids nothing: the request
   * will be refused for that. The id of a new schedule may be any; those of its promises count.
   *
   * @param request as far as it can be read; null if its kind is unknown
   */
  public static boolean allow(Access access, @Nullable Request request) {
    if (access.isUnlimited()) {
      return true;
    }
    return request != null
        && (access.mayWrite() || isLook(request))
        && (access.seesAll() || allowLimited(access, request));
  }

  /** Whether it changes nothing but what its deadline changes, and tells no more than records. */
  private static boolean isLook(Request request) {
    return switch (request) {
      case PromiseRequest.Get _, PromiseRequest.Search _ -> true;
      case TaskRequest.Get _, TaskRequest.Search _ -> true;
      case ScheduleRequest.Get _, ScheduleRequest.Search _ -> true;
      default -> false;
    };
  }

  private static boolean allowLimited(Access access, Request request) {
    return access.coversAny()
        && !Footprint.reach(request).contains(Footprint.Reach.EVERYTHING)
        && Footprint.visit(
            narrow(access, request), (thing, role, _, text) -> allow(access, thing, role, text));
  }

  private static boolean allow(
      Access access, Footprint.Thing thing, Footprint.Role role, String text) {
    return text.isEmpty()
        || switch (thing) {
          case PROMISE, OCCURRENCES -> access.covers(text);
          case SCHEDULE -> role == Footprint.Role.CREATED || access.covers(text);
          case ADDRESS -> access.mayListenAt(text);
          case PROCESS -> true;
        };
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
            && !settle.id().isEmpty()
            && !access.covers(settle.id())
        ? new TaskRequest.Fence(id, version, new FenceAction.OutOfReach(settle), preload)
        : request;
  }

  /**
   * The answer as far as the token reaches. Two kinds of answers hold more than was asked for: the
   * other promises of a branch, and the schedule that exists already under the id of a new one.
   */
  public static Response narrow(Access access, Response response) {
    if (access.seesAll()) {
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
              && !access.covers(PromiseIdTemplate.fill(schedule.promiseId(), schedule.id())) ->
          Response.failure(403, "Forbidden");
      default -> response;
    };
  }

  private static List<PromiseRecord> reached(Access access, List<PromiseRecord> promises) {
    return promises.stream().filter(promise -> access.covers(promise.id())).toList();
  }
}
