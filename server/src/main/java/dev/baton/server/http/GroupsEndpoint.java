package dev.baton.server.http;

import dev.baton.server.auth.Access;
import dev.baton.server.auth.Grant;
import dev.baton.server.auth.Tenures;
import dev.baton.server.dispatch.Dispatcher;
import dev.baton.server.dispatch.GroupView;
import dev.baton.server.memory.Account;
import dev.baton.server.memory.MemoryLedger;
import dev.baton.server.process.Engine;
import dev.baton.server.process.Outbox;
import dev.baton.server.storage.Storage;
import dev.baton.server.storage.StorageException;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The groups API: who works, what waits, and hand-over by word of an operator. Everything is read
 * and done in a step of the engine, between transactions.
 */
final class GroupsEndpoint {

  private static final Logger LOG = LoggerFactory.getLogger(GroupsEndpoint.class);
  private static final int MOST_BODY = 65_536;
  private static final String FORBIDDEN =
      "Forbidden: changing groups takes the role admin or an empty prefix";
  private static final String NO_REACH = "Forbidden: the token reaches no group";
  private static final String OUT_OF_REACH = "Forbidden: the token does not reach this group";

  private final Vertx vertx;
  private final Engine engine;
  private final Dispatcher dispatcher;
  private final Storage storage;
  private final Account requests;
  private final GroupFeed feed;

  /**
   * @param keepAlive the longest silence on a stream
   */
  GroupsEndpoint(
      Vertx vertx,
      Engine engine,
      Dispatcher dispatcher,
      Storage storage,
      MemoryLedger memory,
      Tenures tenures,
      Duration keepAlive) {
    this.vertx = vertx;
    this.engine = engine;
    this.dispatcher = dispatcher;
    this.storage = storage;
    this.requests = memory.account(MemoryLedger.Part.REQUESTS);
    this.feed = new GroupFeed(vertx, engine, dispatcher, tenures, keepAlive);
  }

  /**
   * Handles a path that starts with {@code groups}; its segments are decoded. To look takes a token
   * that reaches the group, and so does a worker's word about itself; to change anything else takes
   * one that is not limited.
   */
  void handle(HttpServerRequest request, List<String> path, Grant grant) {
    Access access = grant.access();
    boolean isLook =
        request.method().equals(HttpMethod.GET) || request.method().equals(HttpMethod.HEAD);
    boolean isReached = path.size() == 1 ? access.reachesAny() : access.reaches(path.get(1));
    if (!isReached) {
      refuse(request, 403, path.size() == 1 ? NO_REACH : OUT_OF_REACH);
    } else if (isLook || access.isUnlimited()) {
      handleAllowed(request, path, grant);
    } else {
      handleLimited(request, path);
    }
  }

  private void handleAllowed(HttpServerRequest request, List<String> path, Grant grant) {
    switch (path.size()) {
      case 1 -> all(request, grant);
      case 2 -> group(request, path.get(1), grant);
      case 5 -> worker(request, path);
      default -> Texts.empty(request, 404);
    }
  }

  private void all(HttpServerRequest request, Grant grant) {
    if (allows(request, HttpMethod.GET)) {
      if (wantsStream(request)) {
        feed.followAll(request, grant);
      } else {
        onEngine(
            request,
            () -> Done.well(GroupsJson.groups(reached(grant, dispatcher.views(engine.now())))));
      }
    }
  }

  /** Of others not even the number is told. */
  static List<GroupView> reached(Grant grant, List<GroupView> views) {
    Access access = grant.access();
    return access.isUnlimited()
        ? views
        : views.stream().filter(view -> access.reaches(view.group())).toList();
  }

  /**
   * Handles a change by somebody whose token is limited: only a worker that drains itself may. It
   * names its run, which nobody else knows.
   */
  private void handleLimited(HttpServerRequest request, List<String> path) {
    String run = Path.parameter(request, "run");
    boolean mayBeItself =
        run != null
            && Path.parameter(request, "by") == null
            && path.size() == 5
            && path.get(2).equals("workers")
            && path.get(4).equals("drain")
            && request.method().equals(HttpMethod.POST);
    if (run == null || !mayBeItself) {
      refuse(request, 403, FORBIDDEN);
      return;
    }
    String group = path.get(1);
    String worker = path.get(3);
    onEngine(
        request,
        () ->
            dispatcher.isRun(group, worker, run)
                ? Done.well(act(group, worker, false, "drain", run))
                : new Done(403, GroupsJson.error(FORBIDDEN)));
  }

  private void group(HttpServerRequest request, String group, Grant grant) {
    if (group.isEmpty()) {
      refuse(request, 400, "group in /groups/{group} must not be empty");
    } else if (request.method().equals(HttpMethod.PUT)) {
      Body.read(
          request,
          requests,
          MOST_BODY,
          body -> putSlots(request, group, body),
          () -> refuse(request, 413, "the body is larger than " + MOST_BODY + " bytes"));
    } else if (allows(request, HttpMethod.GET, HttpMethod.PUT)) {
      if (wantsStream(request)) {
        feed.follow(request, group, grant);
      } else {
        onEngine(request, () -> Done.well(GroupsJson.group(dispatcher.view(group, engine.now()))));
      }
    }
  }

  private static boolean wantsStream(HttpServerRequest request) {
    String accept = request.getHeader("accept");
    return accept != null && accept.contains("text/event-stream");
  }

  private void putSlots(HttpServerRequest request, String group, byte[] body) {
    switch (GroupsJson.slots(body)) {
      case GroupsJson.Slots.Refused(String text) -> refuse(request, 400, text);
      case GroupsJson.Slots.Given(Integer slots) ->
          onEngine(
              request,
              () -> {
                storage.saveGroupSlots(group, slots);
                dispatcher.slots(group, slots);
                GroupView view = dispatcher.view(group, engine.now());
                return Done.well(GroupsJson.group(view));
              });
    }
  }

  private void worker(HttpServerRequest request, List<String> path) {
    String group = path.get(1);
    String worker = path.get(3);
    String action = path.get(4);
    String by = Path.parameter(request, "by");
    if (!path.get(2).equals("workers")) {
      Texts.empty(request, 404);
    } else if (group.isEmpty() || worker.isEmpty()) {
      refuse(request, 400, "group and worker must not be empty");
    } else if (by != null && !by.equals("pid") && !by.equals("address")) {
      refuse(request, 400, "by must be pid or address, not '" + by + "'");
    } else if (!List.of("drain", "gone", "resume").contains(action)) {
      refuse(request, 404, "action must be drain, gone or resume, not '" + action + "'");
    } else if (allows(request, HttpMethod.POST)) {
      boolean byAddress = "address".equals(by);
      String name = byAddress ? IpAddresses.canonical(worker) : worker;
      if (name == null) {
        refuse(request, 400, "worker must be an IP address with by=address, not '" + worker + "'");
        return;
      }
      String run = Path.parameter(request, "run");
      onEngine(request, () -> Done.well(act(group, name, byAddress, action, run)));
    }
  }

  private String act(
      String group, String worker, boolean byAddress, String action, @Nullable String run) {
    long now = engine.now();
    return switch (action) {
      case "drain" ->
          GroupsJson.acted(group, dispatcher.drain(group, worker, byAddress, run, now), 0);
      case "resume" -> GroupsJson.acted(group, dispatcher.resume(group, worker, byAddress, now), 0);
      default -> {
        List<String> pids = dispatcher.gone(group, worker, byAddress, now);
        int leases = pids.stream().mapToInt(dispatcher::heldBy).sum();
        yield GroupsJson.acted(group, pids, leases);
      }
    };
  }

  private record Done(int status, String json) {
    static Done well(String json) {
      return new Done(200, json);
    }
  }

  private interface Job {
    Done run();
  }

  private void onEngine(HttpServerRequest request, Job job) {
    Outbox.Loop loop = engine.outbox().here(vertx);
    HttpServerResponse response = request.response();
    engine.execute(() -> {
      Done done = perform(job);
      loop.execute(() -> answer(response, done.status(), done.json()));
    });
  }

  private static Done perform(Job job) {
    try {
      return job.run();
    } catch (StorageException e) {
      String reason = e.getMessage() == null ? "storage failed" : e.getMessage();
      return new Done(500, GroupsJson.error(reason));
    } catch (RuntimeException | Error e) {
      LOG.error("A request about groups failed", e);
      return new Done(500, GroupsJson.error("Internal error: the server's log says more"));
    }
  }

  static void refuse(HttpServerRequest request, int status, String text) {
    answer(request.response(), status, GroupsJson.error(text));
  }

  private static void answer(HttpServerResponse response, int status, String json) {
    if (!response.ended() && !response.closed()) {
      response.setStatusCode(status).putHeader("content-type", "application/json").end(json);
    }
  }

  private static boolean allows(HttpServerRequest request, HttpMethod... methods) {
    return HttpEdge.allows(request, methods);
  }

  /** Ends the streams. */
  void close() {
    feed.close();
  }

  /** Called at the end of each step of the engine. */
  void published() {
    feed.publish();
  }
}
