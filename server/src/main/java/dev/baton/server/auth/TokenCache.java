package dev.baton.server.auth;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Remembers what tokens were found to be, because to verify one costs more than most requests. Two
 * generations: when the younger one is full or old, it becomes the older one, and what nobody asked
 * for meanwhile is forgotten.
 */
final class TokenCache<V> {

  static final int MOST_PER_GENERATION = 2_048;
  static final long GENERATION_MS = 60_000;

  private record Generation<V>(Map<String, V> tokens, long bornAt) {
    Generation(long bornAt) {
      this(new ConcurrentHashMap<>(), bornAt);
    }

    boolean isOver(long now) {
      return tokens.size() >= MOST_PER_GENERATION || now - bornAt > GENERATION_MS;
    }
  }

  private final LongSupplier clock;
  private volatile Generation<V> younger;
  private volatile Generation<V> older;

  /** The clock shows epoch milliseconds. */
  TokenCache(LongSupplier clock) {
    this.clock = clock;
    this.younger = new Generation<>(clock.getAsLong());
    this.older = younger;
  }

  @Nullable V get(String token) {
    Generation<V> current = current();
    V found = current.tokens().get(token);
    if (found == null) {
      found = older.tokens().get(token);
      if (found != null) {
        current.tokens().put(token, found);
      }
    }
    return found;
  }

  void put(String token, V found) {
    current().tokens().put(token, found);
  }

  private Generation<V> current() {
    long now = clock.getAsLong();
    Generation<V> current = younger;
    return current.isOver(now) ? turn(current, now) : current;
  }

  private synchronized Generation<V> turn(Generation<V> over, long now) {
    if (younger == over) {
      older = over;
      younger = new Generation<>(now);
    }
    return younger;
  }

  /** How many tokens are remembered. */
  int size() {
    return younger.tokens().size() + (older == younger ? 0 : older.tokens().size());
  }
}
