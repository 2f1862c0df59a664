package dev.baton.core;

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
}
