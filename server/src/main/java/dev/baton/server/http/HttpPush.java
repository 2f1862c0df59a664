package dev.baton.server.http;

import dev.baton.protocol.Message;
import dev.baton.protocol.json.MessageWriter;
import dev.baton.server.config.ServerConfig;
import dev.baton.server.dispatch.Push;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import java.util.ArrayDeque;
import java.util.Queue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Posts messages to http targets (protocol section 15). So many posts are in flight at most; the
 * others wait their turn, and those that find too many waiting are refused: their offer is made
 * again later.
 */
public final class HttpPush implements Push {

  private record Post(String url, Message message, Outcome outcome) {}

  private static final Logger LOG = LoggerFactory.getLogger(HttpPush.class);

  private final HttpClient client;
  private final ServerConfig.Push config;
  private final PushMetrics metrics;
  private final Queue<Post> waiting = new ArrayDeque<>();
  private int inFlight;

  public HttpPush(Vertx vertx, ServerConfig.Push config, PushMetrics metrics) {
    this.config = config;
    this.metrics = metrics;
    this.client =
        vertx
            .httpClientBuilder()
            .with(
                new HttpClientOptions()
                    .setConnectTimeout((int) config.connectTimeout().toMillis())
                    .setKeepAlive(true))
            .with(
                new PoolOptions()
                    .setHttp1MaxSize(config.concurrency())
                    .setMaxWaitQueueSize(config.concurrency()))
            .withConnectHandler(
                connection -> connection.exceptionHandler(e -> LOG.debug("A target left", e)))
            .build();
  }

  @Override
  public void post(String url, Message message, Outcome outcome) {
    Post post = new Post(url, message, outcome);
    boolean isRefused = false;
    synchronized (waiting) {
      if (inFlight < config.concurrency()) {
        inFlight++;
      } else if (waiting.size() < 64 * config.concurrency()) {
        waiting.add(post);
        return;
      } else {
        isRefused = true;
      }
    }
    if (isRefused) {
      metrics.delivered(PushMetrics.Delivery.DROPPED);
      outcome.accept(false);
    } else {
      send(post);
    }
  }

  private void send(Post post) {
    RequestOptions options;
    try {
      options =
          new RequestOptions()
              .setMethod(HttpMethod.POST)
              .setAbsoluteURI(post.url())
              .setTimeout(config.requestTimeout().toMillis());
    } catch (IllegalArgumentException | VertxException e) {
      ended(post, false);
      return;
    }
    client
        .request(options)
        .compose(request -> sendBody(request, post.message()))
        .onComplete(result -> ended(post, result.succeeded() && result.result()));
  }

  private static Future<Boolean> sendBody(HttpClientRequest request, Message message) {
    return request
        .putHeader("content-type", "application/json")
        .send(Buffer.buffer(MessageWriter.write(message)))
        .compose(response -> response.body().map(_ -> response.statusCode() / 100 == 2));
  }

  private void ended(Post post, boolean delivered) {
    metrics.delivered(delivered ? PushMetrics.Delivery.SUCCESS : PushMetrics.Delivery.ERROR);
    post.outcome().accept(delivered);
    Post next;
    synchronized (waiting) {
      next = waiting.poll();
      if (next == null) {
        inFlight--;
      }
    }
    if (next != null) {
      send(next);
    }
  }

  /** Ends the connections. */
  public void close() {
    client.close();
  }
}
