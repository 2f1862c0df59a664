package dev.baton.legacy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.baton.core.PromiseIdTemplate;
import dev.baton.core.Task;
import dev.baton.protocol.PromiseRecord;
import dev.baton.protocol.PromiseRequest;
import dev.baton.protocol.ScheduleRequest;
import dev.baton.server.auth.Access;
import dev.baton.server.http.Limits;
import dev.baton.server.process.Script;
import io.vertx.core.MultiMap;
import java.time.ZoneId;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Reads requests. What cannot be read is a {@link BadRequestException}. */
final class Router {

  private static final Route UNKNOWN = new Route.Unknown();
  private static final Route FORBIDDEN = new Route.Answered(Reply.error(LegacyError.FORBIDDEN));

  private final Supplier<String> serverUrl;
  private final Limits limits;
  private final long answerBytes;
  private final Predicate<Task> isFromBefore;

  /**
   * Reads requests of a server.
   *
   * @param serverUrl what links start with; asked at each
   * @param answerBytes how large a page of a search may be
   * @param isFromBefore whether a task has been held since before the server started; asked in a
   *     step of the engine
   */
  Router(
      Supplier<String> serverUrl, Limits limits, long answerBytes, Predicate<Task> isFromBefore) {
    this.serverUrl = serverUrl;
    this.limits = limits;
    this.answerBytes = answerBytes;
    this.isFromBefore = isFromBefore;
  }

  /**
   * A request as it came.
   *
   * @param place the first segment of the path
   * @param rest what follows it, decoded; null: nothing, not even a slash
   */
  record Request(
      String method,
      String place,
      @Nullable String rest,
      MultiMap parameters,
      Headers headers,
      byte[] body) {}

  Route route(Request request, Access access) {
    if (!access.mayWrite() && !request.method().equals("GET")) {
      return FORBIDDEN;
    }
    String rest = request.rest();
    return switch (request.method() + " " + request.place()) {
      case "POST promises" -> rest == null ? create(request, access) : post(request, rest, access);
      case "GET promises" ->
          rest == null ? search(request, access) : onPromise("get", rest, access, Promises::get);
      case "PATCH promises" -> rest == null ? UNKNOWN : complete(request, rest, access);
      case "POST callbacks" ->
          rest == null ? callback(body(request).text("promiseId"), request, access) : UNKNOWN;
      case "POST subscriptions" ->
          rest == null ? subscribe(body(request).text("promiseId"), request, access) : UNKNOWN;
      case "POST tasks" -> rest == null ? UNKNOWN : task(request, rest, access);
      case "POST schedules" -> rest == null ? createSchedule(request, access) : UNKNOWN;
      case "GET schedules" ->
          rest == null
              ? searchSchedules(request, access)
              : onSchedule("get", rest, access, Schedules::get);
      case "DELETE schedules" ->
          rest == null ? UNKNOWN : onSchedule("delete", rest, access, Schedules::delete);
      default -> UNKNOWN;
    };
  }

  private static Members body(Request request) {
    return Members.of(request.body());
  }

  private interface OnId {
    Reply run(Script.Transaction transaction, String id);
  }

  private Route run(boolean isAllowed, String kind, Script<Reply> script) {
    return isAllowed ? new Route.Run("legacy." + kind, script) : FORBIDDEN;
  }

  private Route onPromise(String verb, String id, Access access, OnId action) {
    return run(access.covers(id), "promise." + verb, transaction -> action.run(transaction, id));
  }

  private Route onSchedule(String verb, String id, Access access, OnId action) {
    return run(access.covers(id), "schedule." + verb, transaction -> action.run(transaction, id));
  }

  private Route post(Request request, String rest, Access access) {
    int slash = rest.indexOf('/');
    String verb = slash < 0 ? rest : rest.substring(0, slash);
    String id = slash < 0 ? "" : rest.substring(slash + 1);
    return switch (verb) {
      case "task" -> id.isEmpty() ? createWithTask(request, access) : UNKNOWN;
      case "callback" -> id.isEmpty() ? UNKNOWN : callback(id, request, access);
      case "subscribe" -> id.isEmpty() ? UNKNOWN : subscribe(id, request, access);
      default -> UNKNOWN;
    };
  }

  private Route create(Request request, Access access) {
    var wanted = newPromise(body(request));
    return run(
        access.covers(wanted.id()),
        "promise.create",
        transaction -> Promises.create(transaction, wanted, request.headers()));
  }

  private Promises.NewPromise newPromise(Members members) {
    var wanted = Promises.NewPromise.of(members);
    check(limits.check(new PromiseRequest.Create(wanted.id(), 0, wanted.param(), wanted.tags())));
    String receiver = wanted.tags().get(Names.INVOKE);
    if (receiver != null) {
      checkLength("the address in tags." + Names.INVOKE, Receivers.address(receiver));
    }
    return wanted;
  }

  private void checkLength(String name, String id) {
    check(limits.id(name, id));
  }

  private static void check(@Nullable String tooLong) {
    if (tooLong != null) {
      throw new BadRequestException(tooLong);
    }
  }

  private Route createWithTask(Request request, Access access) {
    Members members = body(request);
    var wanted = newPromise(members.object("promise"));
    Members task = members.object("task");
    String processId = task.text("processId");
    checkLength("task.processId", processId);
    long ttl = task.number("ttl", 0);
    return run(
        access.covers(wanted.id()),
        "promise.create_with_task",
        transaction ->
            Promises.createWithTask(transaction, wanted, request.headers(), processId, ttl));
  }

  private Route complete(Request request, String id, Access access) {
    Members members = body(request);
    PromiseRecord.State as = Promises.completion(members.text("state"));
    if (as == null) {
      throw members.wrong("state", "must be RESOLVED, REJECTED or REJECTED_CANCELED");
    }
    var value = members.value("value");
    check(limits.check(new PromiseRequest.Settle(id, as, value)));
    return run(
        access.covers(id),
        "promise.complete",
        transaction -> Promises.complete(transaction, id, as, value, request.headers()));
  }

  private Route callback(String leaf, Request request, Access access) {
    Members members = body(request);
    String root = members.text("rootPromiseId");
    long timeout = members.number("timeout", 0);
    String address = Receivers.address(receiver(members));
    if (root.equals(leaf)) {
      throw members.wrong("rootPromiseId", "must not be the promise itself");
    }
    checkLength("rootPromiseId", root);
    checkLength("the address in recv", address);
    return run(
        access.covers(leaf) && access.covers(root),
        "promise.callback",
        transaction ->
            request.headers().isFenced(transaction.state())
                ? Promises.callback(transaction, leaf, root, timeout, address)
                : Reply.error(LegacyError.TASK_PRECONDITION));
  }

  private Route subscribe(String promise, Request request, Access access) {
    Members members = body(request);
    String id = members.text("id");
    long timeout = members.number("timeout", 0);
    String address = Receivers.subscriber(receiver(members), id);
    checkLength("id", id);
    checkLength("the address in recv", address);
    return run(
        access.covers(promise) && access.mayListenAt(address),
        "promise.subscribe",
        transaction ->
            request.headers().isFenced(transaction.state())
                ? Promises.subscribe(transaction, promise, id, timeout, address)
                : Reply.error(LegacyError.TASK_PRECONDITION));
  }

  private static JsonNode receiver(Members members) {
    JsonNode receiver = members.any("recv");
    if (!receiver.isTextual() && !receiver.isObject()) {
      throw members.wrong("recv", "must be a string or an object");
    }
    return receiver;
  }

  private Route search(Request request, Access access) {
    var query = Queries.promises(request.parameters());
    return find(access, "promise.search", new PromiseSearch(query, answerBytes));
  }

  private Route task(Request request, String verb, Access access) {
    Members members = body(request);
    return switch (verb) {
      case "claim" -> {
        var claim =
            new Tasks.Claim(
                members.text("id"),
                members.number("counter", 1),
                members.text("processId"),
                members.number("ttl", 0));
        checkLength("processId", claim.processId());
        yield run(
            true,
            "task.claim",
            transaction -> Tasks.claim(transaction, claim, access, serverUrl.get(), isFromBefore));
      }
      case "complete" -> {
        String id = members.text("id");
        long counter = members.number("counter", 1);
        yield run(
            true, "task.complete", transaction -> Tasks.complete(transaction, id, counter, access));
      }
      case "drop" -> {
        String id = members.text("id");
        long counter = members.number("counter", 1);
        yield run(true, "task.drop", transaction -> Tasks.drop(transaction, id, counter, access));
      }
      case "heartbeat" -> {
        String processId = members.text("processId");
        yield run(
            true, "task.heartbeat", transaction -> Tasks.heartbeat(transaction, processId, access));
      }
      default -> UNKNOWN;
    };
  }

  private Route createSchedule(Request request, Access access) {
    Members members = body(request);
    ScheduleRequest.Create schedule =
        Schedules.request(members, request.headers().key(), ZoneId.systemDefault());
    check(limits.check(schedule));
    String made = PromiseIdTemplate.fill(schedule.promiseId(), schedule.id());
    boolean isAllowed = access.covers(schedule.id()) && access.covers(made);
    return run(
        isAllowed, "schedule.create", transaction -> Schedules.create(transaction, schedule));
  }

  private Route searchSchedules(Request request, Access access) {
    Glob pattern = Queries.pattern(request.parameters());
    int limit = Queries.limit(request.parameters());
    return find(access, "schedule.search", new ScheduleSearch(pattern, limit, answerBytes));
  }

  private static Route find(Access access, String kind, Search search) {
    return access.seesAll() ? new Route.Find("legacy." + kind, search) : FORBIDDEN;
  }
}
