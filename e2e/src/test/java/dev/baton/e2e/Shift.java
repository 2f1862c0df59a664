package dev.baton.e2e;

import dev.baton.e2e.WorkerLine.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * When one-slot workers worked.
 *
 * @param spans who had a call from when to when
 */
record Shift(List<Span> spans) {

  record Span(String worker, Instant from, Instant to) {}

  /** From the log of calls that each ran once. */
  static Shift of(Collection<WorkerLine> lines) {
    var starts = new HashMap<String, WorkerLine>();
    var spans = new ArrayList<Span>();
    for (var line : lines) {
      if (line.kind() == Kind.STARTED) {
        starts.put(line.call(), line);
      } else if (starts.get(line.call()) instanceof WorkerLine start) {
        spans.add(new Span(start.worker(), start.at(), line.at()));
      }
    }
    return new Shift(List.copyOf(spans));
  }

  /**
   * The longest that any of these workers was without a call while a call was yet to start. Counted
   * from when as many calls had started as there are workers, so that it does not count how fast
   * the client dispatches.
   */
  Duration longestIdleWhileACallWaits(Collection<String> workers) {
    var first =
        spans.stream().map(Span::from).sorted().skip(workers.size() - 1).findFirst().orElseThrow();
    var lastStart = spans.stream().map(Span::from).max(Comparator.naturalOrder()).orElseThrow();
    return workers.stream()
        .flatMap(worker -> idle(worker, first, lastStart).stream())
        .max(Comparator.naturalOrder())
        .orElse(Duration.ZERO);
  }

  /** How long each worker had a call. */
  Map<String, Duration> busy() {
    var busy = new HashMap<String, Duration>();
    spans.forEach(span ->
        busy.merge(span.worker(), Duration.between(span.from(), span.to()), Duration::plus));
    return busy;
  }

  private static Instant latest(Instant one, Instant other) {
    return one.isAfter(other) ? one : other;
  }

  private List<Duration> idle(String worker, Instant first, Instant lastStart) {
    var gaps = new ArrayList<Duration>();
    var idleSince = first;
    for (var span : spans.stream().sorted(Comparator.comparing(Span::from)).toList()) {
      if (span.worker().equals(worker)) {
        gaps.add(Duration.between(idleSince, span.from()));
        idleSince = latest(first, span.to());
      }
    }
    if (idleSince.isBefore(lastStart)) {
      gaps.add(Duration.between(idleSince, lastStart));
    }
    return gaps;
  }
}
