package dev.baton.legacy;

/**
 * What can be wrong, with the code that says so. The HTTP status is the code's first three digits.
 */
enum LegacyError {
  INVALID(40000, "The request is invalid"),
  UNAUTHORIZED(40100, "The request is not authenticated"),
  FORBIDDEN(40300, "The token does not open what the request is about"),
  RESOLVED(40301, "The promise has already been resolved"),
  REJECTED(40302, "The promise has already been rejected"),
  CANCELED(40303, "The promise has already been canceled"),
  TIMEDOUT(40304, "The promise has already timedout"),
  TASK_CLAIMED(40306, "The task is already claimed"),
  TASK_COMPLETED(40307, "The task is already completed"),
  TASK_COUNTER(40308, "The task counter is invalid"),
  TASK_STATE(40309, "The task state is invalid"),
  PROMISE_NOT_FOUND(40400, "The specified promise was not found"),
  SCHEDULE_NOT_FOUND(40401, "The specified schedule was not found"),
  TASK_NOT_FOUND(40403, "The specified task was not found"),
  PROMISE_EXISTS(40900, "The specified promise already exists"),
  SCHEDULE_EXISTS(40901, "The specified schedule already exists"),
  TASK_PRECONDITION(41200, "The task precondition failed"),
  TOO_LARGE(41300, "The request is too large"),
  INTERNAL(50000, "There was an internal server error"),
  /** A worker would die of any other status than 500; this one it repeats. */
  OVERLOADED(50001, "The server has too much to do or is stopping");

  private final int code;
  private final String message;

  LegacyError(int code, String message) {
    this.code = code;
    this.message = message;
  }

  int code() {
    return code;
  }

  String message() {
    return message;
  }

  int status() {
    return code / 100;
  }
}
