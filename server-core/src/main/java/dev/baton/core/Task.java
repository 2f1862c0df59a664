package dev.baton.core;

import dev.baton.protocol.TaskRecord;

/**
 * The right to execute a promise.
 *
 * @param id the promise's
 * @param target the address that offers go to
 * @param version the fencing token: how often the task has been taken
 */
public record Task(String id, String target, long version, TaskState state) {

  /** The same task in another state. */
  public Task with(TaskState next) {
    return new Task(id, target, version, next);
  }

  /** The task taken: a new version. */
  public Task taken(TaskState.Acquired next) {
    return new Task(id, target, version + 1, next);
  }

  /** Whether the task is held at that version. */
  boolean isHeldAt(long version) {
    return this.version == version && state instanceof TaskState.Acquired;
  }

  /**
   * As it crosses the wire.
   *
   * @param resumes the number of its fired callbacks
   */
  public TaskRecord toRecord(int resumes) {
    return switch (state) {
      case TaskState.Pending ignored -> record(TaskRecord.State.PENDING, resumes);
      case TaskState.Acquired(var pid, var ttlMs, var leaseExpiresAt, var acquiredAt) ->
          new TaskRecord(id, TaskRecord.State.ACQUIRED, version, resumes, ttlMs, pid);
      case TaskState.Suspended ignored -> record(TaskRecord.State.SUSPENDED, resumes);
      case TaskState.Halted ignored -> record(TaskRecord.State.HALTED, resumes);
      case TaskState.Fulfilled ignored -> record(TaskRecord.State.FULFILLED, resumes);
    };
  }

  private TaskRecord record(TaskRecord.State as, int resumes) {
    return new TaskRecord(id, as, version, resumes, null, null);
  }
}
