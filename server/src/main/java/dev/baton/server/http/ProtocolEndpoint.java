package dev.baton.server.http;

import dev.baton.core.Command;
import dev.baton.core.RequestRules;
import dev.baton.core.Task;
import dev.baton.protocol.BulkRead;
import dev.baton.protocol.DebugRequest;
import dev.baton.protocol.Envelope;
import dev.baton.protocol.Request;
import dev.baton.protocol.Response;
import dev.baton.protocol.TaskRequest;
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
import dev.baton.server.config.Key;
import dev.baton.server.config.ServerConfig;
import dev.baton.server.process.CommandCall;
import dev.baton.server.process.Engine;
import dev.baton.server.process.Outbox;
import dev.baton.server.process.Overload;
import dev.baton.server.process.Script;
import dev.baton.server.read.Readers;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code POST /}: reads an envelope, checks it in the order of protocol section 4.1, hands the
 * request to the engine, and writes the answer. HTTP status and envelope status always agree.
 */
final class ProtocolEndpoint {

  private static final Response FORBIDDEN = Response.failure(403, "Forbidden");
  private static final Response DEBUG_IS_OFF =
      Response.failure(403, "Debug operations are disabled");

  private final Vertx vertx;
  private final ServerConfig config;
  private final Authenticator authenticator;
  private final RequestRules rules;
  private final Limits limits;
  private final Engine engine;
  private final Readers readers;
  private final Intake intake;
  private final RequestMetrics metrics;

  ProtocolEndpoint(
      Vertx vertx,
      ServerConfig config,
      Authenticator authenticator,
      Engine engine,
      Readers readers,
      Intake intake,
      RequestMetrics metrics) {
    this.vertx = vertx;
    this.config = config;
    this.authenticator = authenticator;
    this.rules = new RequestRules(config.rules().profile());
    this.limits = new Limits(config.http().sizes());
    this.engine = engine;
    this.readers = readers;
    this.intake = intake;
    this.metrics = metrics;
  }

  void handle(HttpServerRequest request) {
    read(request, token -> authenticator.judge(token, request));
  }

  /** The same for a request whose token was in its head: what the envelope says of one is void. */
  void handle(HttpServerRequest request, Grant grant) {
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
        body -> handle(request, body, judge),
        () ->
            Texts.refuse(request, 413, "the body is larger than server.max_body_bytes: " + limit));
  }

  private void handle(HttpServerRequest request, byte[] body, Judge judge) {
    long started = System.nanoTime();
    switch (EnvelopeReader.read(body)) {
      case Incoming.Refused(String kind, String corrId, Response refusal) ->
          Exchange.write(request.response(), kind, corrId, refusal);
      case Incoming.Accepted accepted -> {
        Exchange exchange =
            new Exchange(
                request.response(), accepted.kind(), accepted.head().corrId(), started, metrics);
        switch (judge.judge(accepted.head().auth())) {
          case Grant grant -> handle(exchange, accepted, grant.access());
          case Refusal refusal -> {
            Texts.challenge(request, refusal);
            exchange.refuse(Response.failure(refusal.status(), refusal.text()));
          }
        }
      }
    }
  }

  private void handle(Exchange exchange, Incoming.Accepted accepted, Access access) {
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
        Response refusal = check(request, accepted.head());
        if (refusal == null) {
          submit(exchange, Permissions.narrow(access, request), accepted.head(), access);
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

  private void submit(Exchange exchange, Request request, Envelope.Head head, Access access) {
    Outbox.Loop loop = engine.outbox().here(vertx);
    if (request instanceof BulkRead read) {
      Overload overload =
          readers.submit(
              read,
              answer -> {
                byte[] body = exchange.encode(answer); // Large: no event loop waits for it.
                loop.execute(() -> exchange.answer(answer.status(), body));
              });
      if (overload != null) {
        exchange.retryLater(refusal(overload, "searches", Key.SERVER_READER_QUEUE));
      }
      return;
    }
    CommandCall.Reply reply = answer -> loop.execute(() -> exchange.answer(access, answer));
    boolean isForAllTasks =
        request instanceof TaskRequest.Heartbeat heartbeat && heartbeat.tasks().isEmpty();
    Overload overload =
        isForAllTasks && !access.isUnlimited()
            ? engine.submit(
                transaction ->
                    heartbeatWithinReach(transaction, (TaskRequest.Heartbeat) request, access),
                reply::accept,
                () -> reply.accept(Response.failure(500, "Internal error: nothing was saved")))
            : engine.submit(new Command.Client(request), debugTime(request, head), reply);
    if (overload != null) {
      exchange.retryLater(refusal(overload, "requests", Key.SERVER_QUEUE_SIZE));
    }
  }

  /** A heartbeat without tasks means all that the process holds; here, all within reach. */
  private static Response heartbeatWithinReach(
      Script.Transaction transaction, TaskRequest.Heartbeat heartbeat, Access access) {
    List<TaskRequest.TaskRef> tasks = new ArrayList<>();
    for (String id : transaction.state().heldBy(heartbeat.pid())) {
      Task task = access.covers(id) ? transaction.state().task(id) : null;
      if (task != null) {
        tasks.add(new TaskRequest.TaskRef(id, task.version()));
      }
    }
    return tasks.isEmpty()
        ? Response.ok()
        : transaction.decide(new TaskRequest.Heartbeat(heartbeat.pid(), tasks));
  }

  private @Nullable Long debugTime(Request request, Envelope.Head head) {
    if (!config.debug()) {
      return null;
    }
    return request instanceof DebugRequest.Tick(long time) ? Long.valueOf(time) : head.debugTime();
  }

  private static Response refusal(Overload overload, String what, Key limit) {
    return switch (overload) {
      case QUEUE_FULL -> Response.failure(429, "Too many " + what + " wait: see " + limit.path());
      case STOPPING -> Response.failure(503, "The server is stopping");
    };
  }
}
