package dev.baton.server.http;

import dev.baton.server.auth.Access;
import dev.baton.server.auth.Authenticator;
import dev.baton.server.config.ServerConfig;
import dev.baton.server.dispatch.Dispatcher;
import dev.baton.server.memory.MemoryLedger;
import dev.baton.server.poll.PollEndpoint;
import dev.baton.server.process.Engine;
import dev.baton.server.read.Readers;
import dev.baton.server.storage.Storage;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Sends every request to its endpoint (protocol section 3). */
public final class HttpEdge {

  private final ProtocolEndpoint protocol;
  private final PollEndpoint poll;
  private final GroupsEndpoint groups;
  private final Authenticator authenticator;
  private final Cors cors;
  private final Engine engine;
  private final boolean isPollEnabled;
  private final @Nullable FurtherApi further;

  /** The further API, if there is one, is asked first. */
  public HttpEdge(
      Vertx vertx,
      ServerConfig config,
      Authenticator authenticator,
      Engine engine,
      Readers readers,
      Dispatcher dispatcher,
      Storage storage,
      MemoryLedger memory,
      PollEndpoint poll,
      RequestMetrics metrics,
      @Nullable FurtherApi further) {
    this.protocol =
        new ProtocolEndpoint(vertx, config, authenticator, engine, readers, memory, metrics);
    this.authenticator = authenticator;
    this.poll = poll;
    this.groups = new GroupsEndpoint(vertx, engine, dispatcher, storage, memory);
    this.cors = new Cors(config.http().corsAllowOrigins());
    this.engine = engine;
    this.isPollEnabled = config.poll().enabled();
    this.further = further;
    engine.afterEach(groups::published);
  }

  /** Handles a request on its event loop. */
  public void handle(HttpServerRequest request) {
    request.response().exceptionHandler(_ -> {}); // A peer that left is no news.
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
      case "groups" -> groups(request, segments);
      case "health" -> health(request, segments, true);
      case "ready" -> health(request, segments, engine.isHealthy());
      case "promises", "tasks", "schedules" -> retired(request);
      default -> Texts.empty(request, 404);
    }
  }

  private void poll(HttpServerRequest request, List<String> segments) {
    if (segments.size() != 3 || !isPollEnabled) {
      Texts.empty(request, 404);
    } else if (allows(request, HttpMethod.GET)) {
      if (authenticator.access(request) == null) {
        request.response().putHeader("www-authenticate", "Bearer");
        Texts.refuse(request, 401, "Unauthorized");
      } else if (request.method().equals(HttpMethod.HEAD)) {
        request.response().putHeader("content-type", "text/event-stream").end();
      } else {
        poll.handle(request, segments);
      }
    }
  }

  /**
   * To look takes any valid token, and so does a worker's word about itself; to change anything
   * else takes one that is not limited to a prefix.
   */
  private void groups(HttpServerRequest request, List<String> segments) {
    Access access = authenticator.access(request);
    boolean isLook =
        request.method().equals(HttpMethod.GET) || request.method().equals(HttpMethod.HEAD);
    if (access == null) {
      request.response().putHeader("www-authenticate", "Bearer");
      GroupsEndpoint.refuse(request, 401, "Unauthorized");
    } else if (isLook || access.isUnlimited()) {
      groups.handle(request, segments);
    } else {
      groups.handleLimited(request, segments);
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
  static boolean allows(HttpServerRequest request, HttpMethod... methods) {
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

  /** Ends all streams. */
  public void close() {
    poll.close();
    groups.close();
  }
}
