package dev.baton.sdk.internal.wire;

import dev.baton.protocol.Message;
import dev.baton.protocol.json.MessageReader;
import java.io.IOException;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * The message channel (protocol section 14), kept open: a thread connects, reads, and after any end
 * connects again. A server that is away is asked for again often, so that its workers are back
 * within a second of its being ready; one that refuses, or asks for time, less often.
 */
public final class PollConnection implements Link.Channel {

  /** Hears of the connection on its one thread; must not block for long. */
  public interface Listener {
    /** The channel is open. What was sent while it was not may be lost. */
    void connected();

    /** The channel is broken; the next thing heard is not a message. */
    void disconnected();

    void received(Message message);

    /** The server answered and does not open the channel. */
    void refused(int status, String text);

    /** There was no answer. */
    void unreachable(String why);

    /** Another process has opened the channel under the same id and keeps it. */
    void taken();
  }

  private static final Logger LOG = LoggerFactory.getLogger(PollConnection.class);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
  private static final Duration LONGEST_PAUSE = Duration.ofMillis(500);
  private static final Duration LONGEST_PAUSE_REFUSED = Duration.ofSeconds(5);
  private static final Duration SAY_AGAIN = Duration.ofSeconds(30);
  private static final int MOST_TEXT = 300;

  /** What our server says in a comment before it closes such a channel. */
  static final String TAKEN = "taken";

  /** A silence after which a server that does not say how often it writes is dead. */
  public static final Duration SILENCE = Duration.ofSeconds(40);

  /** How often the server writes something at least. */
  private static final String KEEP_ALIVE = "baton-keep-alive-ms";

  /** How often a worker or a caller wants to hear something; a server with many may do less. */
  static final int WANTED_KEEP_ALIVE_MS = 1_500;

  /** So many times that, and a little longer for a network that halts, is its death. */
  private static final int MISSED = 3;

  private static final int ALLOWANCE_SHARE = 4;
  private static final long LONGEST_ALLOWANCE_MS = 10_000;

  private final HttpTransport transport;
  private final Supplier<String> path;
  private final Listener listener;
  private final long silenceMs;
  private final Backoff away = backoff(LONGEST_PAUSE);
  private final Backoff refused = backoff(LONGEST_PAUSE_REFUSED);
  private final Thread thread;
  private volatile boolean closed;
  private volatile @Nullable SseEvents events;
  private String lastSaid = "";
  private long lastSaidAt;

  /**
   * @param path asked at each opening
   * @param silence after which a peer that does not say how often it writes is taken for dead
   */
  public PollConnection(
      HttpTransport transport, Supplier<String> path, Listener listener, Duration silence) {
    this.transport = transport;
    this.path = path;
    this.listener = listener;
    this.silenceMs = silence.toMillis();
    this.thread = Control.thread("resonate-poll", this::run);
  }

  private static Backoff backoff(Duration longest) {
    return new Backoff(FIRST_PAUSE, longest, new Random());
  }

  public void open() {
    thread.start();
  }

  private void run() {
    while (!closed) {
      try {
        Duration pause = readOnce(path.get());
        if (!closed) {
          Thread.sleep(pause);
        }
      } catch (InterruptedException e) {
        if (closed) {
          return;
        }
        LOG.warn("somebody has interrupted the thread of the message channel, which goes on");
      } catch (Throwable e) {
        // Without the channel the process would be deaf for the rest of its life.
        LOG.error("the message channel is opened anew after a failure in here", e);
        pauseAfterFailure();
      }
    }
  }

  private static void pauseAfterFailure() {
    try {
      Thread.sleep(LONGEST_PAUSE);
    } catch (InterruptedException e) {
      LOG.debug("no pause");
    }
  }

  /** How long to wait before the next try. */
  private Duration readOnce(String path) throws InterruptedException {
    var current =
        new SseEvents(comment -> {
          if (comment.equals(TAKEN)) {
            listener.taken();
          }
        });
    events = current;
    var opening = new Opening(current);
    try {
      var exchange = transport.open(path, opening);
      exchange.whenComplete((answer, failure) -> opening.ended(failure));
      try {
        var head = opening.head.get();
        if (head.statusCode() != 200) {
          return refusal(path, head, opening);
        }
        away.reset();
        refused.reset();
        lastSaid = "";
        listener.connected();
        try {
          read(path, current, silenceMs(head.headers(), silenceMs));
        } finally {
          listener.disconnected();
        }
        return away.next();
      } finally {
        current.cancel();
        exchange.cancel(true);
      }
    } catch (ExecutionException e) {
      return unreachable(
          path, e.getCause() instanceof IOException it ? transport.explained(it) : e.getCause());
    } catch (IOException e) {
      return unreachable(path, transport.explained(e));
    }
  }

  private Duration refusal(String path, HttpResponse.ResponseInfo head, Opening opening)
      throws InterruptedException {
    int status = head.statusCode();
    String text = opening.text();
    say("the message channel %s is refused with %d: %s".formatted(path, status, text));
    listener.refused(status, text);
    if (status == 401) {
      transport.tokenRefused();
    }
    Duration pause = refused.next();
    var asked = HttpTransport.retryAfter(head.headers());
    return asked != null && asked.compareTo(pause) > 0 ? asked : pause;
  }

  private Duration unreachable(String path, @Nullable Throwable failure) {
    String why =
        failure instanceof IOException && failure.getMessage() != null
            ? failure.getMessage()
            : String.valueOf(failure);
    say("the message channel %s cannot be opened: %s".formatted(path, why));
    listener.unreachable(why);
    return away.next();
  }

  /** Once for all tries that end in the same way, and from time to time. */
  private void say(String what) {
    long now = System.nanoTime();
    boolean isNews = !what.equals(lastSaid) || now - lastSaidAt > SAY_AGAIN.toNanos();
    if (isNews) {
      lastSaid = what;
      lastSaidAt = now;
    }
    LOG.atLevel(isNews ? Level.WARN : Level.DEBUG).log(what);
  }

  /** The silence after which the server is dead, by what it says of itself. */
  static long silenceMs(HttpHeaders head, long unlessSaidMs) {
    String keepAlive = head.firstValue(KEEP_ALIVE).orElse("");
    if (!keepAlive.matches("\\d{1,9}")) {
      return unlessSaidMs;
    }
    long interval = Long.parseLong(keepAlive);
    return MISSED * interval + Math.min(LONGEST_ALLOWANCE_MS, interval / ALLOWANCE_SHARE);
  }

  private void read(String path, SseEvents current, long silenceMs) throws InterruptedException {
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
      // What was sent to that server is as lost: it is said again, on other connections.
      transport.renew();
    }
  }

  /** The answer's head, and its body: events if the channel is open, else a text that says why. */
  private static final class Opening implements HttpResponse.BodyHandler<Boolean> {
    private final SseEvents events;
    private final CompletableFuture<HttpResponse.ResponseInfo> head = new CompletableFuture<>();
    private final CompletableFuture<String> text = new CompletableFuture<>();

    Opening(SseEvents events) {
      this.events = events;
    }

    @Override
    public HttpResponse.BodySubscriber<Boolean> apply(HttpResponse.ResponseInfo answer) {
      head.complete(answer);
      if (answer.statusCode() == 200) {
        return BodySubscribers.mapping(
            BodyHandlers.fromLineSubscriber(events).apply(answer), nothing -> true);
      }
      return BodySubscribers.mapping(
          BodySubscribers.ofString(StandardCharsets.UTF_8), text::complete);
    }

    void ended(@Nullable Throwable failure) {
      text.complete("");
      if (failure != null) {
        head.completeExceptionally(failure);
      }
    }

    String text() throws InterruptedException {
      try {
        String whole = text.get().strip();
        return whole.length() > MOST_TEXT ? whole.substring(0, MOST_TEXT) + "..." : whole;
      } catch (ExecutionException e) {
        throw new IllegalStateException("only ever completed with a text", e);
      }
    }
  }

  @Override
  public void renew() {
    var current = events;
    if (current != null) {
      current.cancel();
    }
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
