package dev.baton.sdk.internal.wire;

import dev.baton.protocol.Request;
import dev.baton.protocol.Response;
import dev.baton.sdk.ConnectionException;
import dev.baton.sdk.ResonateException;
import dev.baton.sdk.ServerException;
import dev.baton.sdk.internal.time.Time;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends requests until they are answered. Every request of the protocol may be repeated: creation
 * and settlement are idempotent, and what a repeated task request finds done shows as 409, which
 * its sender has to understand.
 */
public final class Requests {

  /** An answer and whether an earlier try may have taken effect without one. */
  public record Answer(Response response, boolean repeated) {}

  private static final Logger LOG = LoggerFactory.getLogger(Requests.class);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);

  private final Transport transport;
  private final Time time;
  private final Time.Pauses pauses;

  public Requests(Transport transport, Time time) {
    this.transport = transport;
    this.time = time;
    this.pauses = time.pauses();
  }

  /** Until that time has passed. */
  public BooleanSupplier until(Duration limit) {
    long start = time.nanoTime();
    long nanos = Times.nanos(limit);
    return () -> time.nanoTime() - start < nanos;
  }

  /** The answer, if it comes within that time. */
  public Response send(Request request, Duration patience) {
    return send(request, until(patience)).response();
  }

  /**
   * The body of a successful answer.
   *
   * @throws ServerException if it is a refusal
   */
  public Response.Body call(Request request, Duration patience) {
    return body(request, send(request, patience));
  }

  /**
   * The answer, if it comes while patience lasts.
   *
   * @throws ConnectionException if it does not
   * @throws ServerException if the last answer was that the server itself has failed
   * @throws ResonateException if the thread is interrupted, whose status stays set
   */
  public Answer send(Request request, BooleanSupplier patience) {
    var tries = new Tries(request);
    try {
      while (true) {
        try {
          var response = transport.send(request);
          if (tries.isAnswer(response)) {
            return new Answer(response, tries.uncertain);
          }
        } catch (IOException e) {
          tries.unanswered(e);
        }
        if (tries.isOver || !patience.getAsBoolean()) {
          throw tries.failure();
        }
        LOG.debug(
            "{} is sent again in {}: {}",
            request.kind(),
            tries.pause,
            tries.failure().getMessage());
        await(tries);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ResonateException("interrupted while sending " + request.kind(), e);
    }
  }

  /** As {@link #send(Request, BooleanSupplier)}, without a thread that waits. */
  public CompletableFuture<Answer> begin(Request request, BooleanSupplier patience) {
    return begin(request, patience, new Tries(request));
  }

  private CompletableFuture<Answer> begin(Request request, BooleanSupplier patience, Tries tries) {
    return transport
        .begin(request)
        .handle((response, failure) -> {
          if (failure == null && tries.isAnswer(response)) {
            return CompletableFuture.completedFuture(new Answer(response, tries.uncertain));
          }
          if (failure != null) {
            Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null
                    ? failure.getCause()
                    : failure;
            tries.unanswered(cause instanceof IOException e ? e : new IOException(cause));
          }
          return !tries.isOver && patience.getAsBoolean()
              ? CompletableFuture.supplyAsync(
                      () -> begin(request, patience, tries),
                      again -> time.after(tries.pause, again))
                  .thenCompose(answer -> answer)
              : CompletableFuture.<Answer>failedFuture(tries.failure());
        })
        .thenCompose(answer -> answer);
  }

  /** The server has been heard of: whoever waits to send again does so now. */
  public void serverIsThere() {
    pauses.end();
  }

  private void await(Tries tries) throws InterruptedException {
    if (tries.busy) {
      time.sleep(tries.pause);
    } else {
      pauses.await(tries.pause);
    }
  }

  /** What has become of one request so far. Nearly all are answered at once: that costs nothing. */
  private static final class Tries {
    private final Request request;
    private @Nullable Backoff backoff;
    private boolean uncertain;
    private boolean busy;

    /** Nothing will ever be answered: no patience helps. */
    private boolean isOver;

    private Duration pause = FIRST_PAUSE;
    private @Nullable ResonateException failure;

    Tries(Request request) {
      this.request = request;
    }

    /** Of the last try, which was not answered. */
    ResonateException failure() {
      return Objects.requireNonNull(failure, "every try so far was answered");
    }

    /** Anything but a failure of the server itself. */
    boolean isAnswer(Response response) {
      if (response.status() < 500) {
        return true;
      }
      next(refusal(request, response));
      uncertain = true;
      return false;
    }

    void unanswered(IOException e) {
      String said = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
      next(new ConnectionException(request.kind() + " was not answered: " + said, e));
      if (e instanceof Transport.BusyException it) {
        busy = true;
        var asked = it.retryAfter();
        // Never sooner than without it: a server that says 0 is not to be asked without a pause.
        pause = asked != null && asked.compareTo(pause) > 0 ? asked : pause;
      } else {
        uncertain = true;
        isOver = e instanceof Transport.ClosedException;
      }
    }

    private void next(ResonateException failure) {
      this.failure = failure;
      busy = false;
      backoff = backoff == null ? new Backoff(FIRST_PAUSE, LONGEST_PAUSE, new Random()) : backoff;
      pause = backoff.next();
    }
  }

  /**
   * @throws ServerException if the answer is a refusal
   */
  public static Response.Body body(Request request, Response response) {
    if (!response.isSuccess()) {
      throw refusal(request, response);
    }
    return response.body();
  }

  /** A refusal as an exception. */
  public static ServerException refusal(Request request, Response response) {
    String text = response.body() instanceof Response.Failure(var said) ? said : "no text";
    return new ServerException(request.kind(), response.status(), text);
  }
}
