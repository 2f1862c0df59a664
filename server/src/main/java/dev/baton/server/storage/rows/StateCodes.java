package dev.baton.server.storage.rows;

import dev.baton.core.TaskState;
import dev.baton.protocol.PromiseRecord;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The numbers that states have in rows. They never change their meaning. */
public final class StateCodes {

  public static final int PENDING = 0;

  public static final int TASK_OFFERED = 0;
  public static final int TASK_DELAYED = 1;
  public static final int TASK_ACQUIRED = 2;
  public static final int TASK_SUSPENDED = 3;
  public static final int TASK_HALTED = 4;
  public static final int TASK_FULFILLED = 5;

  private StateCodes() {}

  /** The number of a promise's state. */
  public static int code(PromiseRecord.State state) {
    return switch (state) {
      case PENDING -> PENDING;
      case RESOLVED -> 1;
      case REJECTED -> 2;
      case REJECTED_CANCELED -> 3;
      case REJECTED_TIMEDOUT -> 4;
    };
  }

  /**
   * The state of a promise.
   *
   * @throws IllegalStateException if there is no such number
   */
  public static PromiseRecord.State promiseState(int code) {
    return switch (code) {
      case PENDING -> PromiseRecord.State.PENDING;
      case 1 -> PromiseRecord.State.RESOLVED;
      case 2 -> PromiseRecord.State.REJECTED;
      case 3 -> PromiseRecord.State.REJECTED_CANCELED;
      case 4 -> PromiseRecord.State.REJECTED_TIMEDOUT;
      default -> throw new IllegalStateException("unknown promise state " + code);
    };
  }

  /** The number of a task's state. */
  public static int code(TaskState state) {
    return switch (state) {
      case TaskState.Pending(_, boolean offered) -> offered ? TASK_OFFERED : TASK_DELAYED;
      case TaskState.Acquired _ -> TASK_ACQUIRED;
      case TaskState.Suspended _ -> TASK_SUSPENDED;
      case TaskState.Halted _ -> TASK_HALTED;
      case TaskState.Fulfilled _ -> TASK_FULFILLED;
    };
  }

  /**
   * The state of a task.
   *
   * @param pid of a held task
   * @param dueAt when its lease or its offer ends, epoch milliseconds
   * @throws IllegalStateException if there is no such number
   */
  public static TaskState taskState(
      int code, @Nullable String pid, long ttlMs, long dueAt, long acquiredAt) {
    return switch (code) {
      case TASK_OFFERED -> new TaskState.Pending(dueAt, true);
      case TASK_DELAYED -> new TaskState.Pending(dueAt, false);
      case TASK_ACQUIRED ->
          new TaskState.Acquired(Objects.requireNonNull(pid, "pid"), ttlMs, dueAt, acquiredAt);
      case TASK_SUSPENDED -> new TaskState.Suspended();
      case TASK_HALTED -> new TaskState.Halted();
      case TASK_FULFILLED -> new TaskState.Fulfilled();
      default -> throw new IllegalStateException("unknown task state " + code);
    };
  }
}
