package dev.baton.sdk.internal.wire;

import dev.baton.protocol.Message;
import dev.baton.protocol.json.MessageReader;
import java.io.IOException;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The message channel (protocol section 14), kept open: a virtual thread connects, reads, and after
 * any end connects again, at once at first and then in growing steps.
 */
public final class PollConnection implements AutoCloseable {

  /** Hears of the connection on its one thread; must not block for long. */
  public interface Listener {
    /** The channel is open. What was sent while it was not may be lost. */
    void connected();

    /** The channel is broken; the next thing heard is {@link #connected()}. */
    void disconnected();

    void received(Message message);
  }

  private static final Logger LOG = LoggerFactory.getLogger(PollConnection.class);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);
  private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(10);

  /** A silence after which a server that does not say how often it writes is dead. */
  public static final Duration SILENCE = Duration.ofSeconds(40);

  /** How often the server writes something at least. */
  private static final String KEEP_ALIVE = "baton-keep-alive-ms";

  /** So many times that, and a little longer for a network that halts, is its death. */
  private static final int MISSED = 3;

  private static final long ALLOWANCE_MS = 10_000;

  private final HttpTransport transport;
  private final String path;
  private final Listener listener;
  private final long silenceMs;
  private final Backoff backoff =
      new Backoff(FIRST_PAUSE, LONGEST_PAUSE, RandomGenerator.getDefault());
  private final Thread thread;
  private volatile boolean closed;
  private volatile @Nullable SseEvents events;

  /**
   * @param silence after which a peer that does not say how often it writes is taken for dead
   */
  public PollConnection(HttpTransport transport, String path, Listener listener, Duration silence) {
    this.transport = transport;
    this.path = path;
    this.listener = listener;
    this.silenceMs = silence.toMillis();
    this.thread = Thread.ofVirtual().name("resonate-poll").unstarted(this::run);
  }

  public void open() {
    thread.start();
  }

  private void run() {
    try {
      while (!closed) {
        Duration asked = readOnce();
        if (!closed) {
          Duration pause = backoff.next();
          Thread.sleep(asked == null ? pause : asked);
        }
      }
    } catch (InterruptedException e) {
      LOG.debug("the message channel is closed");
    }
  }

  /** How long the server asks to wait before the next try, if it does. */
  private @Nullable Duration readOnce() throws InterruptedException {
    var current = new SseEvents();
    events = current;
    var request =
        transport
            .request(path)
            .timeout(ANSWER_TIMEOUT)
            .header("Accept", "text/event-stream")
            .GET()
            .build();
    var connected = new CompletableFuture<HttpResponse.ResponseInfo>();
    var exchange =
        transport
            .http()
            .sendAsync(
                request,
                answer -> {
                  connected.complete(answer);
                  return BodyHandlers.fromLineSubscriber(current).apply(answer);
                });
    try {
      exchange.whenComplete((answer, failure) -> {
        if (failure != null) {
          connected.completeExceptionally(failure);
        }
      });
      var head = connected.get();
      if (head.statusCode() != 200) {
        LOG.warn("the message channel {} is refused with {}", path, head.statusCode());
        return HttpTransport.retryAfter(head.headers());
      }
      backoff.reset();
      listener.connected();
      try {
        read(current, silenceMs(head.headers(), silenceMs));
      } finally {
        listener.disconnected();
      }
    } catch (ExecutionException e) {
      LOG.warn("the message channel {} cannot be opened: {}", path, said(e));
    } catch (RuntimeException e) {
      LOG.error("the message channel {} is opened anew after a failure in here", path, e);
    } finally {
      current.cancel();
      exchange.cancel(true);
    }
    return null;
  }

  /** The silence after which the server is dead, by what it says of itself. */
  static long silenceMs(HttpHeaders head, long unlessSaidMs) {
    String keepAlive = head.firstValue(KEEP_ALIVE).orElse("");
    return keepAlive.matches("\\d{1,9}")
        ? MISSED * Long.parseLong(keepAlive) + ALLOWANCE_MS
        : unlessSaidMs;
  }

  private void read(SseEvents current, long silenceMs) throws InterruptedException {
    try {
      for (var data = current.next(silenceMs); data != null; data = current.next(silenceMs)) {
        var message = MessageReader.read(data);
        if (message == null) {
          LOG.debug("dropped what is no message: {}", data);
        } else {
          listener.received(message);
        }
      }
      if (!closed) {
        LOG.info("the message channel {} has ended", path);
      }
    } catch (SseEvents.SilentException e) {
      LOG.warn("the message channel {} is given up: {}", path, e.getMessage());
    }
  }

  private static String said(ExecutionException e) {
    Throwable cause = e.getCause();
    return cause instanceof IOException && cause.getMessage() != null
        ? cause.getMessage()
        : String.valueOf(cause);
  }

  @Override
  public void close() {
    closed = true;
    var current = events;
    if (current != null) {
      current.cancel();
    }
    thread.interrupt();
  }
}
