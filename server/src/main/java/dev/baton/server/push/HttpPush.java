package dev.baton.server.push;

import dev.baton.core.Sizes;
import dev.baton.protocol.Message;
import dev.baton.protocol.json.MessageWriter;
import dev.baton.server.config.ServerConfig;
import dev.baton.server.dispatch.Push;
import dev.baton.server.memory.Account;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import java.net.ConnectException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Posts messages to http targets (protocol section 15). Those that find too many waiting are
 * refused: their offer is made again later.
 */
public final class HttpPush implements Push {

  private static final Logger LOG = LoggerFactory.getLogger(HttpPush.class);
  private static final int REDIRECTIONS = 3;
  private static final int MOST_ADDRESSES = 3;

  private record Post(Target target, Message message, long bytes, Outcome outcome) {}

  private final Vertx vertx;
  private final HttpClient client;
  private final ServerConfig.Push config;
  private final Account account;
  private final PushMetrics metrics;
  private final Places places;
  private final PushLog log = new PushLog(LOG, System::nanoTime);
  private final PostQueue<Post> queue;

  /**
   * @param account what the messages that are posted, or wait for it, are held against
   */
  public HttpPush(Vertx vertx, ServerConfig.Push config, Account account, PushMetrics metrics) {
    this(vertx, config, account, metrics, Lookup.SYSTEM);
  }

  HttpPush(
      Vertx vertx, ServerConfig.Push config, Account account, PushMetrics metrics, Lookup lookup) {
    this.vertx = vertx;
    this.config = config;
    this.account = account;
    this.metrics = metrics;
    this.places = new Places(lookup, System::nanoTime, config.allow(), config.deny());
    this.queue = new PostQueue<>(config.concurrency(), config.perHost());
    this.client =
        vertx
            .httpClientBuilder()
            .with(
                new HttpClientOptions()
                    .setConnectTimeout((int) config.connectTimeout().toMillis())
                    .setKeepAlive(true))
            .with(
                new PoolOptions()
                    .setHttp1MaxSize(config.perHost())
                    .setMaxWaitQueueSize(config.concurrency()))
            .withConnectHandler(
                connection -> connection.exceptionHandler(e -> LOG.debug("A target left", e)))
            .build();
  }

  @Override
  public void post(String url, Message message, Outcome outcome) {
    Target target = target(url);
    if (target == null) {
      refuse(Failure.Kind.UNREACHABLE, "its URL cannot be posted to", outcome);
      return;
    }
    long bytes = Sizes.of(message);
    if (!account.tryReserve(bytes)) {
      refuse(Failure.Kind.NOT_SENT, "there is no memory for more posts", outcome);
      return;
    }
    boolean isTaken;
    List<Post> next;
    synchronized (queue) {
      isTaken = queue.add(target.place(), new Post(target, message, bytes, outcome));
      next = startable();
    }
    if (!isTaken) {
      account.release(bytes);
      refuse(Failure.Kind.NOT_SENT, "too many posts wait", outcome);
    }
    next.forEach(this::send);
  }

  private static @Nullable Target target(String url) {
    try {
      return Target.of(url);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  /** Only while the queue is locked. */
  private List<Post> startable() {
    Post post = queue.next();
    if (post == null) {
      return List.of();
    }
    List<Post> posts = new ArrayList<>();
    for (; post != null; post = queue.next()) {
      posts.add(post);
    }
    return posts;
  }

  private void refuse(Failure.Kind kind, String text, Outcome outcome) {
    metrics.delivered(PushMetrics.Delivery.DROPPED);
    metrics.failed(word(kind), "unknown");
    outcome.accept(text);
  }

  /** On an event loop from the beginning: what comes back at once would else find nobody. */
  private void send(Post post) {
    vertx.runOnContext(_ -> sendHere(post));
  }

  private void sendHere(Post post) {
    Exchange exchange = new Exchange(Buffer.buffer(MessageWriter.write(post.message())));
    exchange
        .post(post.target(), REDIRECTIONS)
        .timeout(config.requestTimeout().toMillis(), TimeUnit.MILLISECONDS)
        .onComplete(result -> {
          if (result.failed()) {
            exchange.giveUp();
          }
          ended(post, result.succeeded() ? null : failure(result.cause()), exchange.address);
        });
  }

  /** One message on its way, over redirections and addresses. */
  private final class Exchange {

    private final Context context = vertx.getOrCreateContext();
    private final Buffer body;
    private volatile @Nullable HttpClientRequest request;
    private volatile boolean isGivenUp;
    private volatile @Nullable InetAddress address;

    Exchange(Buffer body) {
      this.body = body;
    }

    Future<Void> post(Target target, int redirections) {
      return here(places.find(target.name()))
          .compose(addresses -> open(target, addresses, 0))
          .compose(this::send)
          .compose(response -> PushAnswer.discard(response).map(response))
          .compose(response -> answered(target, response, redirections));
    }

    /** Names are looked up on other threads. */
    private <T> Future<T> here(Future<T> elsewhere) {
      Promise<T> here = Promise.promise();
      elsewhere.onComplete(result -> context.runOnContext(_ -> here.handle(result)));
      return here.future();
    }

    private Future<HttpClientResponse> send(HttpClientRequest opened) {
      request = opened;
      opened.exceptionHandler(e -> LOG.debug("A post was given up", e));
      if (isGivenUp) {
        opened.reset();
      }
      return opened.putHeader("content-type", "application/json").send(body);
    }

    private Future<HttpClientRequest> open(Target target, List<InetAddress> addresses, int index) {
      InetAddress chosen = addresses.get(index);
      address = chosen;
      RequestOptions options =
          new RequestOptions()
              .setMethod(HttpMethod.POST)
              .setSsl(target.isSecure())
              .setHost(target.host())
              .setPort(target.port())
              .setURI(target.path())
              .setServer(SocketAddress.inetSocketAddress(target.port(), literal(chosen)));
      boolean isLast = index + 1 >= Math.min(addresses.size(), MOST_ADDRESSES);
      Future<HttpClientRequest> opened = client.request(options);
      return isLast ? opened : opened.recover(_ -> open(target, addresses, index + 1));
    }

    private Future<Void> answered(Target target, HttpClientResponse response, int redirections) {
      int status = response.statusCode();
      if (status / 100 == 2) {
        return Future.succeededFuture();
      }
      String location = response.getHeader("location");
      if ((status == 307 || status == 308) && location != null) {
        Target next = target.redirected(location);
        if (next != null && redirections > 0) {
          return post(next, redirections - 1);
        }
        String why =
            next == null
                ? "only redirections on the same host are followed"
                : "redirected more than " + REDIRECTIONS + " times";
        return failed(
            Failure.Kind.REDIRECT, "it answers " + status + " to " + location + ": " + why);
      }
      Failure.Kind kind =
          status / 100 == 3
              ? Failure.Kind.REDIRECT
              : status < 500 ? Failure.Kind.REFUSED : Failure.Kind.BROKEN;
      return failed(kind, "it answers with status " + status);
    }

    private Future<Void> failed(Failure.Kind kind, String text) {
      return Future.failedFuture(new Failure(kind, text).thrown());
    }

    void giveUp() {
      isGivenUp = true;
      HttpClientRequest last = request;
      if (last != null) {
        last.reset();
      }
    }
  }

  /** Without the zone: to what needs one nothing is posted. */
  private static String literal(InetAddress address) {
    String text = address.getHostAddress();
    int zone = text.indexOf('%');
    return zone < 0 ? text : text.substring(0, zone);
  }

  private Failure failure(Throwable cause) {
    return switch (cause) {
      case Failure.Thrown thrown -> thrown.failure();
      case TimeoutException _ ->
          new Failure(
              Failure.Kind.SILENT,
              "it did not answer within " + config.requestTimeout().toMillis() + " ms");
      case ConnectException e ->
          new Failure(Failure.Kind.UNREACHABLE, "no connection: " + e.getMessage());
      default ->
          new Failure(
              Failure.Kind.UNREACHABLE,
              cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage());
    };
  }

  private void ended(Post post, @Nullable Failure failure, @Nullable InetAddress address) {
    account.release(post.bytes());
    if (failure == null) {
      metrics.delivered(PushMetrics.Delivery.SUCCESS);
    } else {
      metrics.delivered(PushMetrics.Delivery.ERROR);
      metrics.failed(word(failure.kind()), network(address));
      log.failed(post.target(), failure);
    }
    post.outcome().accept(failure == null ? null : failure.text());
    List<Post> next;
    synchronized (queue) {
      queue.ended(post.target().place(), shown(failure));
      next = startable();
    }
    next.forEach(this::send);
  }

  private static PostQueue.Standing shown(@Nullable Failure failure) {
    if (failure == null || failure.kind().isAnswer()) {
      return PostQueue.Standing.ANSWERS;
    }
    return failure.kind() == Failure.Kind.SILENT
        ? PostQueue.Standing.SILENT
        : PostQueue.Standing.UNPROVEN;
  }

  private static String word(Failure.Kind kind) {
    return switch (kind) {
      case REDIRECT -> "redirect";
      case REFUSED -> "refused";
      case BROKEN -> "broken";
      case SILENT -> "silent";
      case UNREACHABLE -> "unreachable";
      case NOT_ALLOWED -> "not_allowed";
      case NOT_SENT -> "not_sent";
    };
  }

  private static String network(@Nullable InetAddress address) {
    if (address == null) {
      return "unknown";
    }
    if (address.isLoopbackAddress()) {
      return "loopback";
    }
    return address.isSiteLocalAddress() || address.isLinkLocalAddress() || isUniqueLocal(address)
        ? "private"
        : "public";
  }

  private static boolean isUniqueLocal(InetAddress address) {
    byte[] bytes = address.getAddress();
    return bytes.length == 16 && (bytes[0] & 0xFE) == 0xFC;
  }

  /** Ends the connections. */
  public void close() {
    client.close();
    places.close();
  }
}
