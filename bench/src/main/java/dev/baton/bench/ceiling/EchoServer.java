package dev.baton.bench.ceiling;

import io.vertx.core.AbstractVerticle;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerOptions;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The stack of the server without the server: reads a body and sends it back. Runs in a process of
 * its own, prints its port, and ends with its standard input.
 */
public final class EchoServer {

  private EchoServer() {}

  private static final class Loop extends AbstractVerticle {
    private final AtomicInteger port;

    private Loop(AtomicInteger port) {
      this.port = port;
    }

    @Override
    public void start(Promise<Void> started) {
      HttpServerOptions options =
          new HttpServerOptions()
              .setHost("127.0.0.1")
              .setPort(-1) // One free port for all loops.
              .setTcpNoDelay(true)
              .setAcceptBacklog(4096);
      vertx
          .createHttpServer(options)
          .requestHandler(request ->
              request.bodyHandler(body ->
                  request.response().putHeader("content-type", "application/json").end(body)))
          .listen()
          .onSuccess(server -> port.set(server.actualPort()))
          .<Void>mapEmpty()
          .onComplete(started);
    }
  }

  /** Listens on all event loops; answers the port. */
  public static int start(Vertx vertx) {
    AtomicInteger port = new AtomicInteger();
    int loops = Math.max(2, Runtime.getRuntime().availableProcessors());
    vertx
        .deployVerticle(() -> new Loop(port), new DeploymentOptions().setInstances(loops))
        .toCompletionStage()
        .toCompletableFuture()
        .join();
    return port.get();
  }

  public static void main(String[] args) throws IOException {
    System.out.println(start(Vertx.vertx()));
    while (System.in.read() >= 0) {
      // The parent says nothing; when it ends, so does this.
    }
    System.exit(0);
  }
}
