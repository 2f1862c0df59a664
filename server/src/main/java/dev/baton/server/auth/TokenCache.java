package dev.baton.server.auth;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Remembers tokens whose signature has been verified, because that costs more than most requests.
 * Two generations: when the younger one is full or old, it becomes the older one, and what nobody
 * asked for meanwhile is forgotten.
 */
final class TokenCache {

  static final int MOST_PER_GENERATION = 2_048;
  static final long GENERATION_MS = 60_000;

  private record Generation(Map<String, TokenReader.Token> tokens, long bornAt) {
    Generation(long bornAt) {
      this(new ConcurrentHashMap<>(), bornAt);
    }

    boolean isOver(long now) {
      return tokens.size() >= MOST_PER_GENERATION || now - bornAt > GENERATION_MS;
    }
  }

  private final LongSupplier clock;
  private volatile Generation younger;
  private volatile Generation older;

  /** The clock shows epoch milliseconds. */
  TokenCache(LongSupplier clock) {
    this.clock = clock;
    this.younger = new Generation(clock.getAsLong());
    this.older = younger;
  }

  TokenReader.@Nullable Token get(String token) {
    Generation current = current();
    TokenReader.Token found = current.tokens().get(token);
    if (found == null) {
      found = older.tokens().get(token);
      if (found != null) {
        current.tokens().put(token, found);
      }
    }
    return found;
  }

  void put(String token, TokenReader.Token verified) {
    current().tokens().put(token, verified);
  }

  private Generation current() {
    long now = clock.getAsLong();
    Generation current = younger;
    return current.isOver(now) ? turn(current, now) : current;
  }

  private synchronized Generation turn(Generation over, long now) {
    if (younger == over) {
      older = over;
      younger = new Generation(now);
    }
    return younger;
  }

  /** How many tokens are remembered. */
  int size() {
    return younger.tokens().size() + (older == younger ? 0 : older.tokens().size());
  }
}
