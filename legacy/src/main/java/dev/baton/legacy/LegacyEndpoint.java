package dev.baton.legacy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.baton.core.Reader;
import dev.baton.protocol.Response;
import dev.baton.server.auth.Access;
import dev.baton.server.auth.Authenticator;
import dev.baton.server.auth.Grant;
import dev.baton.server.auth.Refusal;
import dev.baton.server.config.ServerConfig;
import dev.baton.server.http.Addresses;
import dev.baton.server.http.Answers;
import dev.baton.server.http.Body;
import dev.baton.server.http.FurtherApi;
import dev.baton.server.http.Intake;
import dev.baton.server.http.Limits;
import dev.baton.server.http.Path;
import dev.baton.server.http.RequestMetrics;
import dev.baton.server.http.Texts;
import dev.baton.server.process.Engine;
import dev.baton.server.process.Outbox;
import dev.baton.server.process.ScriptCall;
import dev.baton.server.read.Readers;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The old interface's requests: reads them, has their scripts run, and writes the answers. */
public final class LegacyEndpoint implements FurtherApi {

  private static final String VERSION_HEADER = "Resonate-Version";
  private static final String VERSION = "baton";

  private final Vertx vertx;
  private final ServerConfig config;
  private final Authenticator authenticator;
  private final Engine engine;
  private final Readers readers;
  private final Intake intake;
  private final Answers answers;
  private final RequestMetrics metrics;
  private final Router router;

  public LegacyEndpoint(
      Vertx vertx,
      ServerConfig config,
      Authenticator authenticator,
      Engine engine,
      Readers readers,
      Intake intake,
      Answers answers,
      RequestMetrics metrics,
      LegacyTasks tasks,
      Supplier<String> serverUrl) {
    this.vertx = vertx;
    this.config = config;
    this.authenticator = authenticator;
    this.engine = engine;
    this.readers = readers;
    this.intake = intake;
    this.answers = answers;
    this.metrics = metrics;
    this.router =
        new Router(
            serverUrl,
            new Limits(config.http().sizes(), config.mostIdBytes()),
            readers.answerBytes(),
            tasks::isFromBefore);
  }

  @Override
  public boolean handles(String firstSegment) {
    return switch (firstSegment) {
      case "promises", "tasks", "schedules", "callbacks", "subscriptions", "ping" -> true;
      default -> false;
    };
  }

  @Override
  public void handle(HttpServerRequest request, String place) {
    if (place.equals("ping")) {
      write(request.response(), Reply.ok(LegacyJson.object().put("status", "ok")));
      return;
    }
    // The token is in the head: without one no body is taken in.
    switch (authenticator.judgeWithBasic(request)) {
      case Grant grant ->
          Body.read(
              request,
              intake,
              config.http().maxBodyBytes(),
              body -> handle(request, place, body, grant.access()),
              () -> write(request.response(), Reply.error(LegacyError.TOO_LARGE)));
      case Refusal refusal -> {
        Texts.challenge(request, refusal);
        write(
            request.response(),
            Reply.error(
                refusal == Refusal.TOO_MANY ? LegacyError.OVERLOADED : LegacyError.UNAUTHORIZED));
      }
    }
  }

  private void handle(HttpServerRequest request, String place, byte[] body, Access access) {
    Route route;
    try {
      route = router.route(read(request, place, body), access);
    } catch (BadRequestException e) {
      String detail = e.getMessage() == null ? "" : e.getMessage();
      route = new Route.Answered(Reply.error(LegacyError.INVALID, detail));
    }
    run(request, route);
  }

  private static Router.Request read(HttpServerRequest request, String place, byte[] body) {
    return new Router.Request(
        request.method().equals(HttpMethod.HEAD) ? "GET" : request.method().name(),
        place,
        Path.afterFirst(request.path()),
        request.params(),
        Headers.of(
            request.getHeader("strict"),
            request.getHeader("idempotency-key"),
            request.getHeader("task-id"),
            request.getHeader("task-counter")),
        body);
  }

  private void run(HttpServerRequest request, Route route) {
    HttpServerResponse response = request.response();
    switch (route) {
      case Route.Answered(Reply reply) -> write(response, reply);
      case Route.Unknown _ -> Texts.refuse(request, 404, "404 page not found");
      case Route.Run(String kind, var script) -> {
        Answer answer = new Answer(request, kind);
        if (engine.submit(script, answer, answer::fail) != null) {
          answer.accept(Reply.error(LegacyError.OVERLOADED));
        }
      }
      case Route.Find(String kind, Search search) -> find(search, new Answer(request, kind));
    }
  }

  private void find(Search search, Answer answer) {
    boolean isRefused =
        readers.submit(
                new Readers.Job() {
                  @Override
                  public boolean step(Reader reader) {
                    Reply reply = search.step(reader, Readers.bound());
                    if (reply != null) {
                      answer.page(reply);
                    }
                    return reply == null;
                  }

                  @Override
                  public void failed(Response response) {
                    answer.accept(Reply.error(LegacyError.INTERNAL));
                  }
                },
                answer.address())
            != null;
    if (isRefused) {
      answer.accept(Reply.error(LegacyError.OVERLOADED));
    }
  }

  /** An answer to come, and the room for it. */
  private final class Answer implements ScriptCall.Reply<Reply> {
    private final HttpServerRequest request;
    private final String kind;
    private final long started = System.nanoTime();
    private final Outbox.Loop loop = engine.outbox().here(vertx);
    private final Answers.Room room;
    private boolean isRefused;

    Answer(HttpServerRequest request, String kind) {
      this.request = request;
      this.kind = kind;
      this.room = answers.roomFor(request);
    }

    String address() {
      return Addresses.networkOf(request);
    }

    @Override
    public boolean hasRoom() {
      isRefused = !answers.hasAnyRoom();
      return !isRefused;
    }

    @Override
    public void hold(Reply reply) {
      room.reserve(LegacyJson.size(reply.body()));
    }

    /** Answers with a page, if there is room for it. */
    void page(Reply reply) {
      boolean hasRoom = room.tryReserve(LegacyJson.size(reply.body()), false);
      accept(hasRoom ? reply : Reply.error(LegacyError.OVERLOADED));
    }

    @Override
    public void accept(Reply reply) {
      loop.execute(() -> {
        metrics.answered(kind, reply.status(), System.nanoTime() - started);
        write(request.response(), reply, room);
      });
    }

    void fail() {
      accept(Reply.error(isRefused ? LegacyError.OVERLOADED : LegacyError.INTERNAL));
    }
  }

  private static void write(HttpServerResponse response, Reply reply) {
    write(response, reply, null);
  }

  private static void write(HttpServerResponse response, Reply reply, Answers.@Nullable Room room) {
    JsonNode body = reply.body();
    if (!response.ended() && !response.closed()) {
      response.setStatusCode(reply.status()).putHeader(VERSION_HEADER, VERSION);
      if (body == null) {
        response.end();
      } else {
        response.putHeader("content-type", "application/json");
      }
    }
    Answers.end(
        response, body == null ? Buffer.buffer() : Buffer.buffer(LegacyJson.bytes(body)), room);
  }
}
