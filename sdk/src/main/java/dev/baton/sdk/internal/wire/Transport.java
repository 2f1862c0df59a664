package dev.baton.sdk.internal.wire;

import dev.baton.protocol.Request;
import dev.baton.protocol.Response;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Sends one request once. */
public interface Transport {

  /**
   * The answer, whatever its status.
   *
   * @throws IOException if there was none; whether the request took effect is unknown
   * @throws BusyException if the server wants it to be sent again later
   * @throws ClosedException if nothing is sent any more
   */
  Response send(Request request) throws IOException, InterruptedException;

  /** As {@link #send}, without a thread that waits; fails with the same exceptions. */
  CompletableFuture<Response> begin(Request request);

  /** Nothing is sent any more. */
  final class ClosedException extends IOException {
    public ClosedException(IOException cause) {
      super("this client is closed", cause);
    }
  }

  /** The server answered that it is too busy (429, 503) and did nothing. */
  final class BusyException extends IOException {

    private final @Nullable Duration retryAfter;

    public BusyException(int status, @Nullable Duration retryAfter) {
      super("the server is too busy: " + status);
      this.retryAfter = retryAfter;
    }

    /** How long the server asks to wait; null if it does not say. */
    public @Nullable Duration retryAfter() {
      return retryAfter;
    }
  }
}
