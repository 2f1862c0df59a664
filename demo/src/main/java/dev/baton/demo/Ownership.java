package dev.baton.demo;

import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Follows which of several servers owns the store, by what they log, and times the takeover when it
 * is killed. Not thread-safe.
 */
final class Ownership {
  private static final Pattern OWNS =
      Pattern.compile(".*Loaded the store and serving as its owner.*");

  private @Nullable String owner;
  private @Nullable String killed;
  private long killedAtNanos;
  private long takenOverAtNanos;

  /** Returns what there is to say about a server's line. */
  Optional<String> on(String server, String line, long atNanos) {
    if (!OWNS.matcher(line).matches() || server.equals(owner)) {
      return Optional.empty();
    }
    owner = server;
    if (killed == null || takenOverAtNanos != 0) {
      return Optional.of("owns the store");
    }
    takenOverAtNanos = atNanos;
    return Optional.of(
        "owns the store now, %d ms after the kill"
            .formatted((atNanos - killedAtNanos) / 1_000_000));
  }

  /** Who owns it; empty while nobody is known to. */
  Optional<String> owner() {
    return Optional.ofNullable(owner);
  }

  /** Whether the owner has been killed. */
  boolean isOver() {
    return killed != null;
  }

  /** Returns what there is to say about it. */
  String killed(long atNanos) {
    var victim = owner().orElseThrow(() -> new IllegalStateException("nobody owns the store"));
    killed = victim;
    owner = null;
    killedAtNanos = atNanos;
    return "kill -9 %s, which owns the store".formatted(victim);
  }

  /** From the kill until another owned the store; empty before that. */
  OptionalLong takeoverMs() {
    return takenOverAtNanos == 0
        ? OptionalLong.empty()
        : OptionalLong.of((takenOverAtNanos - killedAtNanos) / 1_000_000);
  }
}
