package dev.baton.protocol.json;

import dev.baton.protocol.PromiseRecord;
import dev.baton.protocol.ScheduleRecord;
import dev.baton.protocol.TaskRecord;

/** Reads the records of protocol section 5; unknown members are ignored. */
final class RecordReader {

  private RecordReader() {}

  /**
   * @throws IllegalArgumentException if a state and what goes with it disagree
   */
  static PromiseRecord promise(Fields data) {
    return new PromiseRecord(
        data.string("id"),
        data.promiseState("state"),
        data.value("param"),
        data.value("value"),
        data.strings("tags"),
        data.integer("timeoutAt"),
        data.integer("createdAt"),
        data.integerOrNull("settledAt"));
  }

  /**
   * @throws IllegalArgumentException if a state and what goes with it disagree
   */
  static TaskRecord task(Fields data) {
    return new TaskRecord(
        data.string("id"),
        data.taskState("state"),
        data.integer("version"),
        Math.clamp(data.integer("resumes"), 0, Integer.MAX_VALUE),
        data.integerOrNull("ttl"),
        data.stringOrNull("pid"));
  }

  static ScheduleRecord schedule(Fields data) {
    return new ScheduleRecord(
        data.string("id"),
        data.string("cron"),
        data.string("promiseId"),
        data.integer("promiseTimeout"),
        data.value("promiseParam"),
        data.strings("promiseTags"),
        data.integer("createdAt"),
        data.integer("nextRunAt"),
        data.integerOrNull("lastRunAt"));
  }
}
