package dev.baton.protocol;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A schedule as it crosses the wire (protocol section 5): it creates promises from a cron
 * expression.
 *
 * @param promiseId template of the promises' ids
 * @param promiseTimeout milliseconds from an occurrence to its promise's deadline
 * @param nextRunAt epoch milliseconds
 * @param lastRunAt epoch milliseconds; null until it has run
 */
public record ScheduleRecord(
    String id,
    String cron,
    String promiseId,
    long promiseTimeout,
    Value promiseParam,
    Map<String, String> promiseTags,
    long createdAt,
    long nextRunAt,
    @Nullable Long lastRunAt) {}
