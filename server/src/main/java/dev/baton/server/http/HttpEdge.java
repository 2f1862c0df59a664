package dev.baton.server.http;

import dev.baton.server.auth.Authenticator;
import dev.baton.server.auth.Grant;
import dev.baton.server.auth.Refusal;
import dev.baton.server.auth.Tenures;
import dev.baton.server.background.Share;
import dev.baton.server.config.ServerConfig;
import dev.baton.server.dispatch.Dispatcher;
import dev.baton.server.groups.GroupBoard;
import dev.baton.server.memory.MemoryLedger;
import dev.baton.server.process.Engine;
import dev.baton.server.storage.Storage;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Sends every request to its endpoint (protocol section 3). */
public final class HttpEdge {

  private static final String ACTIONS_ARE_OFF =
      "Forbidden: console.actions is false, so the console's page changes nothing";

  private final ProtocolEndpoint protocol;
  private final WorkerChannel poll;
  private final GroupsEndpoint groups;
  private final BackupEndpoint backup;
  private final ConsolePages pages;
  private final Authenticator authenticator;
  private final Cors cors;
  private final Engine engine;
  private final boolean isPollEnabled;
  private BooleanSupplier isReady = () -> true;
  private volatile boolean isLeaving;
  private final @Nullable FurtherApi further;
  private final @Nullable ConsoleApi console;

  /** The further API, if there is one, is asked first. */
  public HttpEdge(
      Vertx vertx,
      ServerConfig config,
      Authenticator authenticator,
      Tenures tenures,
      Engine engine,
      RequestSink sink,
      Dispatcher dispatcher,
      GroupBoard board,
      Storage storage,
      MemoryLedger memory,
      Answers answers,
      WorkerChannel poll,
      RequestMetrics metrics,
      RequestTracer tracer,
      @Nullable FurtherApi further,
      @Nullable ConsoleApi console) {
    Intake intake =
        new Intake(memory.account(MemoryLedger.Part.REQUESTS), config.http().bodyTimeout());
    this.protocol =
        new ProtocolEndpoint(config, authenticator, sink, intake, answers, metrics, tracer);
    this.authenticator = authenticator;
    this.poll = poll;
    this.groups =
        new GroupsEndpoint(
            vertx,
            engine,
            dispatcher,
            board,
            storage,
            intake,
            answers,
            tenures,
            config.poll().keepAlive());
    this.backup =
        new BackupEndpoint(
            vertx,
            storage,
            new Share(config.reads().share(), engine::isServing),
            config.http().bodyTimeout());
    this.pages = new ConsolePages(vertx);
    this.cors = new Cors(config.http().corsAllowOrigins());
    this.engine = engine;
    this.isPollEnabled = config.poll().enabled();
    this.further = further;
    this.console = console;
  }

  /** Handles a request on its event loop. */
  public void handle(HttpServerRequest request) {
    if (cors.handle(request)) {
      return;
    }
    String path = request.path();
    if ("/".equals(path)) {
      if (allows(request, HttpMethod.POST)) {
        protocol.handle(request);
      }
      return;
    }
    List<String> segments = Path.segments(path);
    if (segments == null) {
      Texts.empty(request, 404);
      return;
    }
    if (further != null && further.handles(segments.getFirst())) {
      further.handle(request, segments.getFirst());
      return;
    }
    switch (segments.getFirst()) {
      case "poll" -> poll(request, segments);
      case "groups" -> authenticated(request, grant -> groups.handle(request, segments, grant));
      case "deliveries" ->
          authenticated(request, grant -> groups.handleDelivery(request, segments, grant));
      case "backup" -> authenticated(request, grant -> backup.handle(request, segments, grant));
      case "health" -> health(request, segments, engine.isAlive());
      case "ready" ->
          health(
              request,
              segments,
              !isLeaving && isReady.getAsBoolean() && engine.isAlive() && engine.isHealthy());
      case "promises", "tasks", "schedules" -> retired(request);
      case "whoami", "live", "calls", "console" -> console(request, segments);
      default -> Texts.empty(request, 404);
    }
  }

  private void poll(HttpServerRequest request, List<String> segments) {
    if (segments.size() != 3 || !isPollEnabled) {
      Texts.empty(request, 404);
    } else if (allows(request, HttpMethod.GET)) {
      switch (authenticator.judge(request)) {
        case Grant grant -> poll.handle(request, segments, grant);
        case Refusal refusal -> Texts.refuse(request, refusal);
      }
    }
  }

  private void console(HttpServerRequest request, List<String> segments) {
    ConsoleApi api = console;
    boolean isPage = segments.getFirst().equals("console");
    if (api == null) {
      Texts.empty(request, 404);
    } else if (isPage && !isConsoleApi(segments)) {
      pages.handle(request);
    } else if (isPage) {
      authenticated(request, grant -> command(request, segments, grant, api));
    } else {
      authenticated(request, grant -> api.handle(request, segments, grant));
    }
  }

  private static boolean isConsoleApi(List<String> segments) {
    return segments.size() > 1 && segments.get(1).equals("api");
  }

  /** What the console's page sends: it goes where it would have gone by itself. */
  private void command(
      HttpServerRequest request, List<String> segments, Grant grant, ConsoleApi api) {
    boolean isForGroup = segments.size() > 3 && segments.get(2).equals("groups");
    if (segments.size() != 2 && !isForGroup) {
      api.handle(request, segments, grant);
    } else if (!api.allowsActions()) {
      JsonAnswers.refuse(request, 403, ACTIONS_ARE_OFF);
    } else if (isForGroup) {
      groups.handle(request, segments.subList(2, segments.size()), grant);
    } else if (allows(request, HttpMethod.POST)) {
      if (isJson(request)) {
        protocol.handle(request, grant);
      } else {
        JsonAnswers.refuse(request, 415, "content-type must be application/json");
      }
    }
  }

  private static boolean isJson(HttpServerRequest request) {
    String type = request.getHeader("content-type");
    return type != null && type.split(";", 2)[0].strip().equalsIgnoreCase("application/json");
  }

  private void authenticated(HttpServerRequest request, Consumer<Grant> handler) {
    switch (authenticator.judge(request)) {
      case Grant grant -> handler.accept(grant);
      case Refusal refusal -> {
        Texts.challenge(request, refusal);
        GroupsEndpoint.refuse(request, refusal.status(), refusal.text());
      }
    }
  }

  private static void health(HttpServerRequest request, List<String> segments, boolean isFine) {
    if (segments.size() != 1) {
      Texts.empty(request, 404);
    } else if (allows(request, HttpMethod.GET)) {
      Texts.empty(request, isFine ? 200 : 503);
    }
  }

  private static void retired(HttpServerRequest request) {
    request
        .response()
        .setStatusCode(410)
        .putHeader("content-type", "application/json")
        .end(GroupsJson.error("This interface has been retired: send envelopes to POST /"));
  }

  /** Whether the method is one of those; if not, answers 405. HEAD goes where GET does. */
  public static boolean allows(HttpServerRequest request, HttpMethod... methods) {
    List<String> allowed = new ArrayList<>();
    for (HttpMethod method : methods) {
      boolean isHead = request.method().equals(HttpMethod.HEAD) && method.equals(HttpMethod.GET);
      if (request.method().equals(method) || isHead) {
        return true;
      }
      allowed.add(method.name());
      if (method.equals(HttpMethod.GET)) {
        allowed.add("HEAD");
      }
    }
    request.response().putHeader("allow", String.join(",", allowed));
    Texts.empty(request, 405);
    return false;
  }

  /** It is not ready before that holds. Before the first request only. */
  public void readyWhen(BooleanSupplier condition) {
    isReady = condition;
  }

  /** From now on it is not ready any more; all else goes on. */
  public void leave() {
    isLeaving = true;
  }

  /** Ends all streams, and opens none. */
  public void close() {
    poll.close();
    groups.close();
    if (console != null) {
      console.close();
    }
  }
}
