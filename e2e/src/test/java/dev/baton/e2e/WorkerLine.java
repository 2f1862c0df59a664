package dev.baton.e2e;

import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What a line in the log of the example worker tells.
 *
 * @param at by the worker's clock
 */
record WorkerLine(Instant at, String worker, Kind kind, String call, int cost, int attempt) {
  private static final Pattern LINE =
      Pattern.compile(
          "(\\S+) (\\S+) (started|finished|abandoned) (\\S+) cost (\\d+) attempt (\\d+)");

  enum Kind {
    STARTED,
    FINISHED,
    ABANDONED
  }

  static Optional<WorkerLine> parse(String line) {
    var parts = LINE.matcher(line);
    return parts.matches()
        ? Optional.of(
            new WorkerLine(
                Instant.parse(parts.group(1)),
                parts.group(2),
                Kind.valueOf(parts.group(3).toUpperCase(Locale.ROOT)),
                parts.group(4),
                Integer.parseInt(parts.group(5)),
                Integer.parseInt(parts.group(6))))
        : Optional.empty();
  }
}
