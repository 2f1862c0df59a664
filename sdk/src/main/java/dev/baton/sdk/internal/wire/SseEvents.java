package dev.baton.sdk.internal.wire;

import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The data of server-sent events, pulled by one thread out of lines that the HTTP client pushes. A
 * line at a time is asked for, so a slow reader slows the sender and nothing piles up here.
 */
final class SseEvents implements Flow.Subscriber<String> {

  /** The stream said nothing, not even a comment, for too long: its other end is gone. */
  static final class SilentException extends Exception {
    SilentException(long millis) {
      super("nothing was heard for " + millis + " ms");
    }
  }

  private sealed interface Signal {
    record Line(String text) implements Signal {}

    record End(@Nullable Throwable cause) implements Signal {}
  }

  private final Consumer<String> comments;
  private final LinkedBlockingQueue<Signal> signals = new LinkedBlockingQueue<>();
  private volatile Flow.@Nullable Subscription subscription;

  /**
   * Only a server that sends comments while there is nothing to say can be found dead by silence.
   */
  private boolean keptAlive;

  /**
   * @param comments hears what comments say, on the thread that asks for events
   */
  SseEvents(Consumer<String> comments) {
    this.comments = comments;
  }

  /**
   * The next event's data; null at the end of the stream.
   *
   * @throws SilentException if no line comes for that long, though comments have come before
   */
  @Nullable String next(long silenceMs) throws InterruptedException, SilentException {
    var data = new StringBuilder();
    boolean any = false;
    while (true) {
      var signal = keptAlive ? await(silenceMs) : signals.take();
      switch (signal) {
        case null -> throw new SilentException(silenceMs);
        case Signal.End end -> {
          return null;
        }
        case Signal.Line(var line) -> {
          more();
          if (line.startsWith(":")) {
            keptAlive = true;
            comments.accept(line.substring(1).strip());
          }
          if (line.isEmpty() && any) {
            return data.toString();
          }
          if (line.startsWith("data:")) {
            data.append(any ? "\n" : "")
                .append(line, line.startsWith("data: ") ? 6 : 5, line.length());
            any = true;
          }
        }
      }
    }
  }

  /** The next signal; null after that long, unless it was this process that stood still. */
  private @Nullable Signal await(long silenceMs) throws InterruptedException {
    long began = System.nanoTime();
    var signal = signals.poll(silenceMs, TimeUnit.MILLISECONDS);
    long waitedMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
    boolean stoodStill = waitedMs > silenceMs + silenceMs / 2;
    return signal == null && stoodStill ? signals.poll(silenceMs, TimeUnit.MILLISECONDS) : signal;
  }

  void cancel() {
    var current = subscription;
    if (current != null) {
      current.cancel();
    }
    signals.add(new Signal.End(null));
  }

  private void more() {
    var current = subscription;
    if (current != null) {
      current.request(1);
    }
  }

  @Override
  public void onSubscribe(Flow.Subscription subscription) {
    this.subscription = subscription;
    subscription.request(1);
  }

  @Override
  public void onNext(String line) {
    signals.add(new Signal.Line(line));
  }

  @Override
  public void onError(Throwable cause) {
    signals.add(new Signal.End(cause));
  }

  @Override
  public void onComplete() {
    signals.add(new Signal.End(null));
  }
}
