package dev.baton.demo;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What a worker's log line tells: {@code <time> worker-1 started demo-4 cost 9 attempt 1}.
 *
 * @param kind {@code started}, {@code finished} or {@code abandoned}
 */
record WorkerEvent(String worker, String kind, String call, int cost, int attempt) {
  private static final Pattern LINE =
      Pattern.compile(
          "\\S+ (\\S+) (started|finished|abandoned) (\\S+) cost (\\d+) attempt (\\d+).*");

  static Optional<WorkerEvent> parse(String line) {
    var parts = LINE.matcher(line);
    return parts.matches()
        ? Optional.of(
            new WorkerEvent(
                parts.group(1),
                parts.group(2),
                parts.group(3),
                Integer.parseInt(parts.group(4)),
                Integer.parseInt(parts.group(5))))
        : Optional.empty();
  }
}
