package dev.baton.server.cluster;

import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The wire of a server that says what a test wants it to, when the test wants it to. */
final class FakeOwner {

  /** What has been asked and not been answered. */
  final Queue<HttpServerRequest> asked = new ConcurrentLinkedQueue<>();

  final AtomicInteger connections = new AtomicInteger();
  private final HttpServer server;

  FakeOwner(Vertx vertx) {
    this(vertx, null);
  }

  /** One that says the same to everybody at once. */
  FakeOwner(Vertx vertx, @Nullable String said) {
    this.server =
        vertx
            .createHttpServer(new HttpServerOptions().setHost("127.0.0.1"))
            .connectionHandler(connection -> {
              connections.incrementAndGet();
              connection.closeHandler(_ -> connections.decrementAndGet());
            })
            .requestHandler(request -> {
              if (said == null) {
                asked.add(request);
              } else {
                request.response().end(said);
              }
            })
            .listen(0)
            .toCompletionStage()
            .toCompletableFuture()
            .join();
  }

  /** As others know it. */
  Owner of(long epoch) {
    return new Owner(epoch, "http://127.0.0.1:" + server.actualPort(), null);
  }

  /** Answers the next question, which has come. */
  void answer(Handler<HttpServerRequest> answer) {
    answer.handle(asked.remove());
  }
}
