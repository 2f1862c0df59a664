package dev.baton.server.http;

import dev.baton.server.auth.Access;
import dev.baton.server.auth.Grant;
import dev.baton.server.auth.Tenures;
import dev.baton.server.dispatch.Dispatcher;
import dev.baton.server.dispatch.GroupSnapshot;
import dev.baton.server.groups.GroupBoard;
import dev.baton.server.process.Engine;
import dev.baton.server.process.Outbox;
import dev.baton.server.storage.Storage;
import dev.baton.server.storage.StorageException;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The groups API: who works, what waits, and hand-over by word of an operator. It is read and done
 * in steps of the engine, between transactions, and told outside of them.
 */
final class GroupsEndpoint {

  private static final Logger LOG = LoggerFactory.getLogger(GroupsEndpoint.class);
  private static final int MOST_BODY = 65_536;

  /** The text of a group of more is not written on an event loop. */
  private static final int FEW_WORKERS = 100;

  /** Settings outlive everything else that is known of a group. */
  private static final int MOST_SETTINGS = 1_000;

  private static final String TOO_MANY_SETTINGS =
      MOST_SETTINGS
          + " groups have settings already; {\"slotsPerWorker\": null} takes those of a group away";

  private static final String FORBIDDEN =
      "Forbidden: changing groups takes the role admin or an empty prefix";
  private static final String NO_REACH = "Forbidden: the token reaches no group";
  private static final String OUT_OF_REACH = "Forbidden: the token does not reach this group";

  private final Vertx vertx;
  private final Engine engine;
  private final Dispatcher dispatcher;
  private final GroupBoard board;
  private final GroupTexts texts = new GroupTexts();
  private final Storage storage;
  private final Intake intake;
  private final Answers answers;
  private final GroupFeed feed;

  /**
   * @param keepAlive the longest silence on a stream
   */
  GroupsEndpoint(
      Vertx vertx,
      Engine engine,
      Dispatcher dispatcher,
      GroupBoard board,
      Storage storage,
      Intake intake,
      Answers answers,
      Tenures tenures,
      Duration keepAlive) {
    this.vertx = vertx;
    this.engine = engine;
    this.dispatcher = dispatcher;
    this.storage = storage;
    this.intake = intake;
    this.answers = answers;
    this.board = board;
    this.feed = new GroupFeed(vertx, board, texts, tenures, answers, keepAlive);
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
    String fault =
        path.size() == 5 ? Parameters.fault(request, "by", "run") : Parameters.fault(request);
    if (!isReached) {
      refuse(request, 403, path.size() == 1 ? NO_REACH : OUT_OF_REACH);
    } else if (fault != null) {
      refuse(request, 400, fault);
    } else if (isLook || access.isUnlimited()) {
      handleAllowed(request, path, grant);
    } else {
      handleLimited(request, path, access);
    }
  }

  /** Handles {@code deliveries/{task}}: what is being done to get a task to somebody. */
  void handleDelivery(HttpServerRequest request, List<String> path, Grant grant) {
    if (path.size() != 2 || path.get(1).isEmpty()) {
      Texts.empty(request, 404);
    } else if (!grant.access().covers(path.get(1))) {
      refuse(request, 403, "Forbidden: the token does not reach this task");
    } else if (allows(request, HttpMethod.GET)) {
      onEngine(
          request,
          () ->
              new Done.Said(
                  200, GroupsJson.delivery(dispatcher.delivery(path.get(1), engine.now()))));
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
        list(request, grant);
      }
    }
  }

  /**
   * Handles a change by somebody whose token is limited: only a worker that drains itself may. It
   * names its run, which nobody else knows.
   */
  private void handleLimited(HttpServerRequest request, List<String> path, Access access) {
    if (path.size() == 5
        && access.mayWrite()
        && request.method().equals(HttpMethod.POST)
        && action(request, path) instanceof WorkerAction.Given given
        && given.isOwnDrain()) {
      onEngine(
          request,
          () ->
              dispatcher.isRun(given.group(), given.worker(), String.valueOf(given.run()))
                  ? new Done.Said(200, act(given))
                  : new Done.Said(403, GroupsJson.error(FORBIDDEN)));
    } else {
      refuse(request, 403, FORBIDDEN);
    }
  }

  private void group(HttpServerRequest request, String group, Grant grant) {
    if (!Path.isName(group)) {
      refuse(
          request,
          400,
          "group in /groups/{group} must not be empty, nor longer than 4096 characters, nor hold"
              + " null bytes");
    } else if (request.method().equals(HttpMethod.PUT)) {
      Body.read(
          request,
          intake,
          MOST_BODY,
          body -> putSlots(request, group, body, grant.access()),
          () -> refuse(request, 413, "the body is larger than " + MOST_BODY + " bytes"));
    } else if (allows(request, HttpMethod.GET, HttpMethod.PUT)) {
      if (wantsStream(request)) {
        feed.follow(request, group, grant);
      } else {
        onEngine(
            request,
            () -> new Done.Shown(dispatcher.snapshot(group), engine.now(), grant.access()));
      }
    }
  }

  private static boolean wantsStream(HttpServerRequest request) {
    return Accept.namesEvents(request.getHeader("accept"));
  }

  private void putSlots(HttpServerRequest request, String group, byte[] body, Access access) {
    switch (GroupsJson.slots(body)) {
      case GroupsJson.Slots.Refused(String text) -> refuse(request, 400, text);
      case GroupsJson.Slots.Given(Integer slots) ->
          onEngine(
              request,
              () -> {
                if (slots != null && isOneTooMany(group)) {
                  return new Done.Said(409, GroupsJson.error(TOO_MANY_SETTINGS));
                }
                storage.saveGroupSlots(group, slots);
                dispatcher.slots(group, slots);
                return new Done.Shown(dispatcher.snapshot(group), engine.now(), access);
              });
    }
  }

  /** Whether so many other groups have settings that this one may have none. In a step. */
  private boolean isOneTooMany(String group) {
    Map<String, Integer> settings = storage.groupSlots();
    return settings.size() >= MOST_SETTINGS && !settings.containsKey(group);
  }

  private static WorkerAction action(HttpServerRequest request, List<String> path) {
    return WorkerAction.read(path, Path.parameter(request, "by"), Path.parameter(request, "run"));
  }

  private void worker(HttpServerRequest request, List<String> path) {
    switch (action(request, path)) {
      case WorkerAction.Refused(int status, String text) -> refuse(request, status, text);
      case WorkerAction.Given given -> {
        if (allows(request, HttpMethod.POST)) {
          onEngine(request, () -> new Done.Said(200, act(given)));
        }
      }
    }
  }

  private String act(WorkerAction.Given action) {
    String group = action.group();
    String worker = action.worker();
    boolean byAddress = action.byAddress();
    long now = engine.now();
    return switch (action.verb()) {
      case DRAIN ->
          GroupsJson.acted(group, dispatcher.drain(group, worker, byAddress, action.run(), now), 0);
      case RESUME -> GroupsJson.acted(group, dispatcher.resume(group, worker, byAddress, now), 0);
      case GONE -> {
        List<String> pids = dispatcher.gone(group, worker, byAddress, now);
        int leases = pids.stream().mapToInt(dispatcher::heldBy).sum();
        yield GroupsJson.acted(group, pids, leases);
      }
    };
  }

  /** What a step has come to. */
  private sealed interface Done {
    record Said(int status, String json) implements Done {}

    record Shown(GroupSnapshot group, long now, Access to) implements Done {

      Buffer text() {
        return Texts.wrapped(GroupsJson.group(group.at(now).naming(to::covers)));
      }
    }
  }

  private interface Job {
    Done run();
  }

  private void onEngine(HttpServerRequest request, Job job) {
    Outbox.Loop loop = engine.outbox().here(vertx);
    HttpServerResponse response = request.response();
    engine.execute(
        () -> {
          switch (perform(job)) {
            case Done.Said(int status, String json) ->
                loop.execute(() -> answer(request, status, Buffer.buffer(json)));
            case Done.Shown shown -> show(request, shown, loop);
          }
        },
        () -> loop.execute(() -> JsonAnswers.stopping(response)));
  }

  private void show(HttpServerRequest request, Done.Shown shown, Outbox.Loop loop) {
    if (shown.group().connectedWorkers() <= FEW_WORKERS) {
      loop.execute(() -> answer(request, 200, shown.text()));
    } else {
      board.later(
          0,
          () -> {
            Buffer text = shown.text();
            loop.execute(() -> answer(request, 200, text));
          });
    }
  }

  private void list(HttpServerRequest request, Grant grant) {
    Outbox.Loop loop = engine.outbox().here(vertx);
    board.look(groups -> {
      texts.begin(groups);
      byte[] json = texts.list(grant.access());
      loop.execute(() -> answer(request, 200, Texts.wrapped(json)));
    });
  }

  private static Done perform(Job job) {
    try {
      return job.run();
    } catch (StorageException e) {
      String reason = e.getMessage() == null ? "storage failed" : e.getMessage();
      return new Done.Said(500, GroupsJson.error(reason));
    } catch (RuntimeException | Error e) {
      LOG.error("A request about groups failed", e);
      return new Done.Said(500, GroupsJson.error("Internal error: the server's log says more"));
    }
  }

  static void refuse(HttpServerRequest request, int status, String text) {
    refuse(request.response(), status, text);
  }

  static void refuse(HttpServerResponse response, int status, String text) {
    JsonAnswers.refuse(response, status, text);
  }

  private void answer(HttpServerRequest request, int status, Buffer json) {
    answers.send(request, status, "application/json", json);
  }

  private static boolean allows(HttpServerRequest request, HttpMethod... methods) {
    return HttpEdge.allows(request, methods);
  }

  /** Ends the streams. */
  void close() {
    feed.close();
  }
}
