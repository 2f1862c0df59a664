package dev.baton.server.push;

import dev.baton.protocol.Printable;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;

/**
 * Says of each place that does not take its messages so: at most once a minute, and so many places
 * a minute. Thread-safe.
 */
final class PushLog {

  private static final long MINUTE_NANOS = TimeUnit.MINUTES.toNanos(1);
  private static final int LINES_A_MINUTE = 20;
  private static final int MEMORY = 1_000;

  private static final class Line {
    final long saidAt;
    int unsaid;

    Line(long saidAt) {
      this.saidAt = saidAt;
    }
  }

  private final Logger logger;
  private final LongSupplier nanoTime;
  private final Map<String, Line> lines =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Line> eldest) {
          return size() > MEMORY;
        }
      };
  private long minuteBeganAt;
  private int linesOfMinute;
  private int leftOut;

  PushLog(Logger logger, LongSupplier nanoTime) {
    this.logger = logger;
    this.nanoTime = nanoTime;
    this.minuteBeganAt = nanoTime.getAsLong();
  }

  synchronized void failed(Target target, Failure failure) {
    long now = nanoTime.getAsLong();
    Line line = lines.get(target.place());
    if (line != null && now - line.saidAt < MINUTE_NANOS) {
      line.unsaid++;
      return;
    }
    if (!mayTalk(now)) {
      leftOut++;
      return;
    }
    lines.remove(target.place()); // The youngest go last.
    lines.put(target.place(), new Line(now));
    int unsaid = line == null ? 0 : line.unsaid;
    logger.warn(
        "{} does not take what is posted to it: {}{}",
        Printable.of(target.place()),
        failure.text(),
        unsaid == 0 ? "" : " (" + unsaid + " more since this was last said)");
  }

  private boolean mayTalk(long now) {
    if (now - minuteBeganAt >= MINUTE_NANOS) {
      if (leftOut > 0) {
        logger.warn("{} more posts failed, of which nothing was said", leftOut);
      }
      minuteBeganAt = now;
      linesOfMinute = 0;
      leftOut = 0;
    }
    return ++linesOfMinute <= LINES_A_MINUTE;
  }
}
