package dev.baton.sdk.internal.wire;

import dev.baton.protocol.BearerToken;
import dev.baton.sdk.TokenSupplier;
import java.io.IOException;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The token of this process, asked for again when it is old or refused. */
final class Tokens {

  private static final Logger LOG = LoggerFactory.getLogger(Tokens.class);
  private static final long OLD_NANOS = Duration.ofMinutes(1).toNanos();
  private static final long NOT_BEFORE_NANOS = Duration.ofSeconds(1).toNanos();

  private final @Nullable TokenSupplier supplier;
  private final LongSupplier nanoTime;
  private volatile @Nullable String token;
  private volatile long askedAt;

  /**
   * @param supplier null for no token at all
   */
  Tokens(@Nullable TokenSupplier supplier, LongSupplier nanoTime) {
    this.supplier = supplier;
    this.nanoTime = nanoTime;
  }

  /**
   * The token; null if none is used.
   *
   * @throws IOException if there has never been one to be had
   */
  @Nullable String current() throws IOException {
    var known = token;
    return supplier == null || (known != null && nanoTime.getAsLong() - askedAt < OLD_NANOS)
        ? known
        : ask(supplier, OLD_NANOS);
  }

  /** The server has refused that one. Whether there is another. */
  boolean hasOtherThan(@Nullable String refused) throws IOException {
    if (supplier == null) {
      return false;
    }
    var known = token;
    String now = known != null && !known.equals(refused) ? known : ask(supplier, NOT_BEFORE_NANOS);
    return !now.equals(refused);
  }

  /**
   * @param unless it has been asked for within that time
   */
  private synchronized String ask(TokenSupplier from, long unless) throws IOException {
    var known = token;
    if (known != null && nanoTime.getAsLong() - askedAt < unless) {
      return known;
    }
    askedAt = nanoTime.getAsLong();
    try {
      known = BearerToken.of(from.token());
      token = known;
      return known;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while asking for a token", e);
    } catch (Exception e) {
      if (known == null) {
        throw new IOException("there is no token: " + e.getMessage(), e);
      }
      LOG.warn("no other token is to be had, the one before is used on: {}", e.getMessage());
      return known;
    }
  }
}
