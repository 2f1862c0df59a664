package dev.baton.server.cluster;

import io.netty.channel.EventLoop;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.impl.ContextInternal;
import java.net.URI;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This server's connections to the owner: each event loop has one for requests and one for streams,
 * so that streams that stand still never hold a request up, and no request has to change its thread
 * here. A connection whose other end does not answer pings is closed, and with it all that waits on
 * it is lost.
 *
 * <p>Requests that the caller sends are for event loops only: another thread could say what is to
 * be done with an answer when that has come already, and then its body is lost. Everything else may
 * be done by any thread.
 */
final class OwnerClient implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(OwnerClient.class);

  private static final int CONNECT_MS = 1_000;

  /** How often the other end is asked for a sign of life, and how long it may take. */
  static final long PING_MS = 500;

  static final long PONG_MS = 2_000;

  /** Many streams may each have as much under way as a slow client leaves unread. */
  private static final int WINDOW = 64 << 20;

  private static final String CLOSED = "another owns the store";

  private final Set<Promise<HttpClientRequest>> connecting = ConcurrentHashMap.newKeySet();

  /** Those that were connecting at the last sweep already. */
  private Set<Promise<HttpClientRequest>> connectingLong = Set.of();

  private final long sweep;
  private volatile boolean isClosed;
  private final Vertx vertx;
  private final String url;
  private final WireHeaders headers;
  private final HttpClientOptions options;
  private final Map<EventLoop, Lines> lines = new ConcurrentHashMap<>();
  private final RequestOptions post;
  private final Set<HttpConnection> open = ConcurrentHashMap.newKeySet();

  OwnerClient(Vertx vertx, String url, WireHeaders headers) {
    this.vertx = vertx;
    this.url = url;
    this.headers = headers;
    this.options = options(URI.create(url));
    this.post = new RequestOptions().setMethod(HttpMethod.POST).setURI("/");
    this.sweep = vertx.setPeriodic(CONNECT_MS, _ -> sweep());
  }

  /**
   * Whoever has waited for a connection since the last time waits no longer: an owner's kernel may
   * have connected, and its process say nothing.
   */
  private synchronized void sweep() {
    for (Promise<HttpClientRequest> waiting : connectingLong) {
      if (connecting.contains(waiting)) {
        waiting.tryFail("the owner at " + url + " says nothing");
      }
    }
    connectingLong = connecting.isEmpty() ? Set.of() : Set.copyOf(connecting);
  }

  /** An event loop's own: a connection each, which lives on that loop. */
  private record Lines(HttpClient requests, HttpClient streams) {
    void close() {
      requests.close();
      streams.close();
    }
  }

  private Lines lines() {
    ContextInternal context = (ContextInternal) vertx.getOrCreateContext();
    Lines own =
        lines.computeIfAbsent(context.nettyEventLoop(), _ -> new Lines(newClient(), newClient()));
    if (isClosed) { // Perhaps it was not yet among those that were closed.
      own.close();
    }
    return own;
  }

  private static HttpClientOptions options(URI address) {
    boolean isTls = "https".equals(address.getScheme());
    String host = address.getHost();
    return new HttpClientOptions()
        .setDefaultHost(host.startsWith("[") ? host.substring(1, host.length() - 1) : host)
        .setDefaultPort(address.getPort() > 0 ? address.getPort() : isTls ? 443 : 80)
        .setProtocolVersion(HttpVersion.HTTP_2)
        .setHttp2ClearTextUpgrade(false)
        .setHttp2KeepAliveTimeout(0)
        .setConnectTimeout(CONNECT_MS)
        .setReadIdleTimeout((int) TimeUnit.MILLISECONDS.toSeconds(PONG_MS)) // Or there are pongs.
        .setTcpNoDelay(true)
        .setHttp2ConnectionWindowSize(WINDOW)
        .setInitialSettings(
            new Http2Settings().setInitialWindowSize(256 << 10).setPushEnabled(false));
  }

  private HttpClient newClient() {
    return vertx
        .httpClientBuilder()
        .with(options)
        .with(new PoolOptions().setHttp2MaxSize(1).setMaxWaitQueueSize(-1))
        .withConnectHandler(this::connected)
        .build();
  }

  private void connected(HttpConnection connection) {
    open.add(connection);
    Flushes.gather(connection);
    long timer = vertx.setPeriodic(PING_MS, _ -> Pings.look(vertx, connection, PONG_MS));
    connection.exceptionHandler(e -> LOG.debug("The connection to {} failed", url, e));
    connection.closeHandler(_ -> {
      vertx.cancelTimer(timer);
      open.remove(connection);
    });
  }

  String url() {
    return url;
  }

  /**
   * A request of the protocol, to be sent; failed if the owner is not reached. On an event loop.
   *
   * @throws IllegalStateException on any other thread
   */
  Future<HttpClientRequest> post(String clientAddress) {
    return connect(Lines::requests, post)
        .onSuccess(request -> headers.write(request.headers(), clientAddress));
  }

  /**
   * Any other request, to be sent; failed if the owner is not reached. On an event loop.
   *
   * @throws IllegalStateException on any other thread
   */
  Future<HttpClientRequest> request(
      HttpMethod method, String uri, String clientAddress, boolean isStream) {
    return connect(
            isStream ? Lines::streams : Lines::requests,
            new RequestOptions().setMethod(method).setURI(uri))
        .onSuccess(request -> headers.write(request.headers(), clientAddress));
  }

  /** Whoever waits for a connection when this is closed is told, which the client does not do. */
  private Future<HttpClientRequest> connect(
      Function<Lines, HttpClient> which, RequestOptions options) {
    if (!Context.isOnEventLoopThread()) {
      throw new IllegalStateException("requests are sent on event loops, where answers are read");
    }
    Promise<HttpClientRequest> connected = Promise.promise();
    connecting.add(connected);
    if (isClosed) {
      connecting.remove(connected);
      return Future.failedFuture(CLOSED);
    }
    Future<HttpClientRequest> request;
    try {
      request = which.apply(lines()).request(options);
    } catch (IllegalStateException e) { // It was closed meanwhile.
      request = Future.failedFuture(e);
    }
    request.onComplete(result -> {
      connecting.remove(connected);
      if (result.failed()) {
        connected.tryFail(result.cause());
      } else if (!connected.tryComplete(result.result())) {
        result.result().reset();
      }
    });
    return connected.future();
  }

  /**
   * What the other end says to who asks for a sign of life.
   *
   * @param status 200 if it owns the store and can save
   * @param isLeaving whether it looks for one that follows
   */
  record Sign(int status, boolean isLeaving) {}

  /** Asks the owner for a sign of life; opens a connection if there is none. Any thread may ask. */
  Future<Sign> probe(Owner owner) {
    return onLoop(() ->
        request(HttpMethod.GET, Wire.PROBE, "", false)
            .onSuccess(request -> {
              WireHeaders.write(request.headers(), owner);
              headers.writeReplica(request.headers());
            })
            .compose(request -> request.send(Buffer.buffer()))
            .map(response ->
                new Sign(response.statusCode(), response.getHeader(Wire.LEAVING) != null)));
  }

  /**
   * Asks something of the wire's own; fails with {@link Refused} if the answer is a refusal. Any
   * thread may ask.
   */
  Future<Buffer> ask(String path) {
    return onLoop(() ->
        request(HttpMethod.POST, path, "", false)
            .compose(request -> request.send(Buffer.buffer()))
            .compose(response ->
                response.statusCode() == 200
                    ? response.body()
                    : Future.failedFuture(new Refused("answered with " + response.statusCode()))));
  }

  /** All of it, so that whoever is to hear of an answer is known before that comes. */
  private <T> Future<T> onLoop(Supplier<Future<T>> exchange) {
    if (Context.isOnEventLoopThread()) {
      return exchange.get();
    }
    Promise<T> done = Promise.promise();
    vertx.getOrCreateContext().runOnContext(_ -> exchange.get().onComplete(done));
    return done.future();
  }

  /** From now on nothing is sent on them that is not under way already. */
  void takeNoMore() {
    isClosed = true;
  }

  /** Ends the connections; whatever waits on them is lost. */
  @Override
  public void close() {
    takeNoMore();
    vertx.cancelTimer(sweep);
    open.forEach(Pings::cut);
    connecting.forEach(waiting -> waiting.tryFail(CLOSED));
    lines.values().forEach(Lines::close);
  }
}
