package dev.baton.demo;

import java.util.Optional;
import java.util.regex.Pattern;

/** What the client's line {@code dispatched demo-4 cost 9} tells. */
record Dispatched(String call, int cost) {
  private static final Pattern LINE = Pattern.compile("\\s*dispatched\\s+(\\S+)\\s+cost\\s+(\\d+)");

  static Optional<Dispatched> parse(String line) {
    var parts = LINE.matcher(line);
    return parts.matches()
        ? Optional.of(new Dispatched(parts.group(1), Integer.parseInt(parts.group(2))))
        : Optional.empty();
  }
}
