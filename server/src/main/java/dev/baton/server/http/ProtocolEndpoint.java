package dev.baton.server.http;

import dev.baton.core.RequestRules;
import dev.baton.protocol.Envelope;
import dev.baton.protocol.Request;
import dev.baton.protocol.Response;
import dev.baton.protocol.json.Decoded;
import dev.baton.protocol.json.EnvelopeReader;
import dev.baton.protocol.json.Incoming;
import dev.baton.protocol.json.RequestReader;
import dev.baton.server.auth.Access;
import dev.baton.server.auth.Authenticator;
import dev.baton.server.auth.Grant;
import dev.baton.server.auth.Judgement;
import dev.baton.server.auth.Permissions;
import dev.baton.server.auth.Refusal;
import dev.baton.server.config.ServerConfig;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import org.jspecify.annotations.Nullable;

/**
 * {@code POST /}: reads an envelope, checks it in the order of protocol section 4.1, hands the
 * request on, and writes the answer. HTTP status and envelope status always agree.
 */
public final class ProtocolEndpoint {

  private static final Response FORBIDDEN = Response.failure(403, "Forbidden");
  private static final String TOO_MANY_VALUES =
      "the body holds more JSON values than memory.requests has room for";
  private static final Response DEBUG_IS_OFF =
      Response.failure(403, "Debug operations are disabled");

  private final ServerConfig config;
  private final Authenticator authenticator;
  private final RequestRules rules;
  private final Limits limits;
  private final RequestSink sink;
  private final Intake intake;
  private final Answers answers;
  private final RequestMetrics metrics;
  private final RequestTracer tracer;

  public ProtocolEndpoint(
      ServerConfig config,
      Authenticator authenticator,
      RequestSink sink,
      Intake intake,
      Answers answers,
      RequestMetrics metrics,
      RequestTracer tracer) {
    this.config = config;
    this.authenticator = authenticator;
    this.rules = new RequestRules(config.rules().profile());
    this.limits = new Limits(config.http().sizes(), config.mostIdBytes());
    this.sink = sink;
    this.intake = intake;
    this.answers = answers;
    this.metrics = metrics;
    this.tracer = tracer;
  }

  /** Handles a request on its event loop. */
  public void handle(HttpServerRequest request) {
    read(request, token -> authenticator.judge(token, request));
  }

  /** The same for a request whose token has been judged: what the envelope says of one is void. */
  public void handle(HttpServerRequest request, Grant grant) {
    read(request, _ -> grant);
  }

  private interface Judge {
    Judgement judge(@Nullable String token);
  }

  private void read(HttpServerRequest request, Judge judge) {
    int limit = config.http().maxBodyBytes();
    Body.read(
        request,
        intake,
        limit,
        (body, room) -> handle(request, body, room, judge),
        () ->
            Texts.refuse(request, 413, "the body is larger than server.max_body_bytes: " + limit));
  }

  /** What is compressed is no JSON. */
  private static Response why(HttpServerRequest request, Response refusal) {
    String encoding = request.getHeader(HttpHeaders.CONTENT_ENCODING);
    return encoding == null || encoding.equalsIgnoreCase("identity")
        ? refusal
        : Response.failure(
            415, "the body's Content-Encoding is " + encoding + ": only plain bodies are read");
  }

  private void handle(HttpServerRequest request, byte[] body, Body.Room room, Judge judge) {
    long started = System.nanoTime();
    switch (EnvelopeReader.read(body, room::tryTake)) {
      case Incoming.Refused(String kind, String corrId, Response refusal) ->
          Exchange.write(
              request.response(),
              kind,
              corrId,
              room.isTooMuch() ? Response.failure(413, TOO_MANY_VALUES) : why(request, refusal));
      case Incoming.Accepted accepted -> {
        Exchange exchange =
            new Exchange(
                request, answers, accepted.kind(), accepted.head().corrId(), started, metrics);
        switch (judge.judge(accepted.head().auth())) {
          case Grant grant -> handle(exchange, accepted, grant, body, request, started);
          case Refusal refusal -> {
            Texts.challenge(request, refusal);
            exchange.refuse(Response.failure(refusal.status(), refusal.text()));
          }
        }
      }
    }
  }

  private void handle(
      Exchange exchange,
      Incoming.Accepted accepted,
      Grant grant,
      byte[] body,
      HttpServerRequest http,
      long started) {
    Access access = grant.access();
    switch (RequestReader.read(accepted.kind(), accepted.data())) {
      case Decoded.Refused(Response refusal, Request attempt) -> {
        Response forbidden = forbid(access, accepted.kind(), attempt);
        exchange.refuse(forbidden == null ? refusal : forbidden);
      }
      case Decoded.Valid(Request request) -> {
        Response forbidden = forbid(access, accepted.kind(), request);
        if (forbidden != null) {
          exchange.refuse(forbidden);
          return;
        }
        exchange.trace(tracer.begin(http, request, started));
        Response refusal = check(request, accepted.head());
        if (refusal == null) {
          sink.submit(exchange, Permissions.narrow(access, request), accepted.head(), grant, body);
        } else {
          exchange.answer(refusal);
        }
      }
    }
  }

  private @Nullable Response forbid(Access access, String kind, @Nullable Request request) {
    if (!Permissions.allow(access, request)) {
      return FORBIDDEN;
    }
    return kind.startsWith("debug.") && !config.debug() ? DEBUG_IS_OFF : null;
  }

  private @Nullable Response check(Request request, Envelope.Head head) {
    Response refusal = rules.check(request, head.debugTime());
    String tooLong = refusal == null ? limits.check(request) : null;
    return tooLong == null ? refusal : Response.failure(400, tooLong);
  }
}
