package dev.baton.server.cluster;

import dev.baton.server.auth.Authenticator;
import dev.baton.server.auth.Refusal;
import dev.baton.server.http.Accept;
import dev.baton.server.http.Cors;
import dev.baton.server.http.HttpEdge;
import dev.baton.server.http.Path;
import dev.baton.server.http.ProtocolEndpoint;
import dev.baton.server.http.Texts;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * Where the clients of one of several servers arrive, whichever of them owns the store: a client
 * cannot tell.
 */
final class ReplicaEdge {

  private final Cors cors;
  private final Authenticator authenticator;
  private final ProtocolEndpoint protocol;
  private final Relay relay;
  private final Passage passage;
  private final BooleanSupplier isAlive;
  private final BooleanSupplier isReady;

  /**
   * @param isAlive what {@code /health} says
   * @param isReady what {@code /ready} says
   */
  ReplicaEdge(
      Cors cors,
      Authenticator authenticator,
      ProtocolEndpoint protocol,
      Relay relay,
      Passage passage,
      BooleanSupplier isAlive,
      BooleanSupplier isReady) {
    this.cors = cors;
    this.authenticator = authenticator;
    this.protocol = protocol;
    this.relay = relay;
    this.passage = passage;
    this.isAlive = isAlive;
    this.isReady = isReady;
  }

  /** Handles a request on its event loop. */
  void handle(HttpServerRequest request) {
    if (cors.handle(request)) {
      return;
    }
    String path = request.path();
    if ("/".equals(path)) {
      if (HttpEdge.allows(request, HttpMethod.POST)) {
        protocol.handle(request);
      }
      return;
    }
    List<String> segments = Path.segments(path);
    if (segments == null) {
      Texts.empty(request, 404);
      return;
    }
    switch (segments.getFirst()) {
      case "health" -> health(request, segments, isAlive.getAsBoolean());
      case "ready" -> health(request, segments, isReady.getAsBoolean());
      case "poll" -> poll(request);
      case "cluster" -> Texts.empty(request, 404); // What the wire has of its own.
      default -> {
        if (request.method().equals(HttpMethod.GET) && wantsStream(request)) {
          relay.open(request);
        } else {
          passage.pass(request);
        }
      }
    }
  }

  private static boolean wantsStream(HttpServerRequest request) {
    return Accept.namesEvents(request.getHeader("accept"));
  }

  private void poll(HttpServerRequest request) {
    if (!request.method().equals(HttpMethod.GET)) {
      passage.pass(request);
    } else if (authenticator.judge(request) instanceof Refusal refusal) {
      Texts.refuse(request, refusal); // The owner judges, too; junk goes no further than this.
    } else {
      relay.open(request);
    }
  }

  private static void health(HttpServerRequest request, List<String> segments, boolean isFine) {
    if (segments.size() != 1) {
      Texts.empty(request, 404);
    } else if (HttpEdge.allows(request, HttpMethod.GET)) {
      Texts.empty(request, isFine ? 200 : 503);
    }
  }
}
