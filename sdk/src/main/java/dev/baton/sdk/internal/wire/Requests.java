package dev.baton.sdk.internal.wire;

import dev.baton.protocol.Request;
import dev.baton.protocol.Response;
import dev.baton.sdk.ConnectionException;
import dev.baton.sdk.ResonateException;
import dev.baton.sdk.ServerException;
import java.io.IOException;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
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

  public Requests(Transport transport) {
    this.transport = transport;
  }

  /** The answer, if it comes within that time. */
  public Response send(Request request, Duration patience) {
    long end = System.nanoTime() + patience.toNanos();
    return send(request, () -> System.nanoTime() - end < 0).response();
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
    var backoff = new Backoff(FIRST_PAUSE, LONGEST_PAUSE, RandomGenerator.getDefault());
    boolean uncertain = false;
    try {
      while (true) {
        Duration pause = backoff.next();
        ResonateException failure;
        try {
          var response = transport.send(request);
          if (response.status() < 500) {
            return new Answer(response, uncertain);
          }
          failure = refusal(request, response);
          uncertain = true;
        } catch (Transport.BusyException e) {
          failure = unanswered(request, e);
          pause = e.retryAfter() == null ? pause : e.retryAfter();
        } catch (IOException e) {
          failure = unanswered(request, e);
          uncertain = true;
        }
        if (!patience.getAsBoolean()) {
          throw failure;
        }
        LOG.debug("{} is sent again in {}: {}", request.kind(), pause, failure.getMessage());
        Thread.sleep(pause);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ResonateException("interrupted while sending " + request.kind(), e);
    }
  }

  public static Response.Body body(Request request, Response response) {
    if (!response.isSuccess()) {
      throw refusal(request, response);
    }
    return response.body();
  }

  static ServerException refusal(Request request, Response response) {
    String text = response.body() instanceof Response.Failure(var said) ? said : "no text";
    return new ServerException(request.kind(), response.status(), text);
  }

  private static ConnectionException unanswered(Request request, IOException e) {
    String said = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    return new ConnectionException(request.kind() + " was not answered: " + said, e);
  }
}
