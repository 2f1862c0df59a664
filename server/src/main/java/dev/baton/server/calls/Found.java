package dev.baton.server.calls;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one look at the rows has found.
 *
 * @param cursor where the next look begins; null if there is nothing beyond
 */
record Found(List<Call> calls, @Nullable String cursor, int lookedAt) {

  /** Nothing, and nothing beyond. */
  static final Found NOTHING = new Found(List.of(), null, 0);
}
