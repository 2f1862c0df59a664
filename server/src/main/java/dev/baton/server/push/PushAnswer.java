package dev.baton.server.push;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.http.HttpClientResponse;
import java.util.concurrent.TimeUnit;

/** What a target answers beside its status, which nobody reads. */
final class PushAnswer {

  /** So much is read, and so long, for the sake of the connection; then it is closed. */
  private static final long MOST_BYTES = 64 << 10;

  private static final long MOST_SECONDS = 5;

  private PushAnswer() {}

  /**
   * Passes over an answer's body; on its event loop.
   *
   * @return done, also if the body had no end
   */
  static Future<Void> discard(HttpClientResponse response) {
    Promise<Boolean> ended = Promise.promise();
    long[] read = {0};
    response.handler(chunk -> {
      read[0] += chunk.length();
      if (read[0] > MOST_BYTES) {
        ended.tryComplete(false);
      }
    });
    response.endHandler(_ -> ended.tryComplete(true));
    response.exceptionHandler(_ -> ended.tryComplete(true));
    return ended
        .future()
        .timeout(MOST_SECONDS, TimeUnit.SECONDS)
        .otherwise(false)
        .map(isOver -> {
          if (!isOver) {
            response.request().connection().close();
          }
          return null;
        });
  }
}
