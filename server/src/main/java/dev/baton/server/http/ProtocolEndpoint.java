package dev.baton.server.http;

import dev.baton.core.Command;
import dev.baton.core.RequestRules;
import dev.baton.protocol.DebugRequest;
import dev.baton.protocol.Envelope;
import dev.baton.protocol.Request;
import dev.baton.protocol.Response;
import dev.baton.protocol.json.Decoded;
import dev.baton.protocol.json.EnvelopeReader;
import dev.baton.protocol.json.Incoming;
import dev.baton.protocol.json.RequestReader;
import dev.baton.protocol.json.ResponseWriter;
import dev.baton.server.config.ServerConfig;
import dev.baton.server.process.Engine;
import dev.baton.server.process.Overload;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import org.jspecify.annotations.Nullable;

/**
 * {@code POST /}: reads an envelope, checks it in the order of protocol section 4.1, hands the
 * request to the engine, and writes the answer. HTTP status and envelope status always agree.
 */
final class ProtocolEndpoint {

  private final Vertx vertx;
  private final ServerConfig config;
  private final RequestRules rules;
  private final Limits limits;
  private final Engine engine;
  private final RequestMetrics metrics;

  ProtocolEndpoint(Vertx vertx, ServerConfig config, Engine engine, RequestMetrics metrics) {
    this.vertx = vertx;
    this.config = config;
    this.rules = new RequestRules(config.rules().profile());
    this.limits = new Limits(config.http().maxIdLength());
    this.engine = engine;
    this.metrics = metrics;
  }

  void handle(HttpServerRequest request) {
    int limit = config.http().maxBodyBytes();
    Body.read(
        request,
        limit,
        body -> handle(request, body),
        () ->
            Texts.refuse(request, 413, "the body is larger than server.max_body_bytes: " + limit));
  }

  private void handle(HttpServerRequest request, byte[] body) {
    long started = System.nanoTime();
    switch (EnvelopeReader.read(body)) {
      case Incoming.Refused(String kind, String corrId, Response refusal) ->
          answer(request.response(), kind, corrId, refusal);
      case Incoming.Accepted accepted -> {
        Envelope.Head head = accepted.head();
        Response refusal;
        switch (read(accepted)) {
          case Decoded.Refused(Response response) -> refusal = response;
          case Decoded.Valid(Request decoded) -> {
            refusal = check(decoded, head);
            if (refusal == null) {
              submit(request.response(), decoded, head, started);
              return;
            }
            metrics.answered(decoded.kind(), 400, System.nanoTime() - started);
          }
        }
        answer(request.response(), accepted.kind(), head.corrId(), refusal);
      }
    }
  }

  private @Nullable Response check(Request request, Envelope.Head head) {
    Response refusal = rules.check(request, head.debugTime());
    String tooLong = refusal == null ? limits.check(request) : null;
    return tooLong == null ? refusal : Response.failure(400, tooLong);
  }

  private Decoded read(Incoming.Accepted accepted) {
    if (accepted.kind().startsWith("debug.") && !config.debug()) {
      return new Decoded.Refused(Response.failure(403, "Debug operations are disabled"));
    }
    return RequestReader.read(accepted.kind(), accepted.data());
  }

  private void submit(
      HttpServerResponse response, Request request, Envelope.Head head, long started) {
    Context context = vertx.getOrCreateContext();
    Overload overload =
        engine.submit(
            new Command.Client(request),
            debugTime(request, head),
            answer -> {
              metrics.answered(request.kind(), answer.status(), System.nanoTime() - started);
              context.runOnContext(_ -> answer(response, request.kind(), head.corrId(), answer));
            });
    if (overload != null) {
      Response refusal = refusal(overload);
      metrics.answered(request.kind(), refusal.status(), System.nanoTime() - started);
      response.putHeader("retry-after", "1");
      answer(response, request.kind(), head.corrId(), refusal);
    }
  }

  private @Nullable Long debugTime(Request request, Envelope.Head head) {
    if (!config.debug()) {
      return null;
    }
    return request instanceof DebugRequest.Tick(long time) ? Long.valueOf(time) : head.debugTime();
  }

  private Response refusal(Overload overload) {
    return switch (overload) {
      case QUEUE_FULL ->
          Response.failure(
              429, "Too many requests wait: server.queue_size is " + config.http().queueSize());
      case STOPPING -> Response.failure(503, "The server is stopping");
    };
  }

  private static void answer(
      HttpServerResponse response, String kind, String corrId, Response answer) {
    if (response.ended() || response.closed()) {
      return;
    }
    response
        .setStatusCode(answer.status())
        .putHeader("content-type", "application/json")
        .end(Buffer.buffer(ResponseWriter.write(kind, corrId, answer)));
  }
}
