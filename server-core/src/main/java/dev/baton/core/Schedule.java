package dev.baton.core;

import dev.baton.protocol.ScheduleRecord;
import dev.baton.protocol.Tags;
import dev.baton.protocol.Value;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Creates promises at the instants of a cron expression. Times are epoch milliseconds. */
public record Schedule(
    String id,
    String cron,
    String promiseId,
    long promiseTimeoutMs,
    Value promiseParam,
    Map<String, String> promiseTags,
    long createdAt,
    long nextRunAt,
    @Nullable Long lastRunAt) {

  /** The same schedule after an occurrence. */
  Schedule ran(long at, long next) {
    return new Schedule(
        id, cron, promiseId, promiseTimeoutMs, promiseParam, promiseTags, createdAt, next, at);
  }

  /** The same schedule with another next occurrence. */
  Schedule movedTo(long next) {
    return with(promiseTags, next);
  }

  /** The same schedule with other tags and another next occurrence. */
  Schedule with(Map<String, String> tags, long next) {
    return new Schedule(
        id,
        cron,
        promiseId,
        promiseTimeoutMs,
        promiseParam,
        Tags.copy(tags),
        createdAt,
        next,
        lastRunAt);
  }

  /** As it crosses the wire. */
  public ScheduleRecord toRecord() {
    return new ScheduleRecord(
        id,
        cron,
        promiseId,
        promiseTimeoutMs,
        promiseParam,
        promiseTags,
        createdAt,
        nextRunAt,
        lastRunAt);
  }
}
