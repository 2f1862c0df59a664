package dev.baton.sdk.internal.work;

import dev.baton.sdk.ExecutionAborted;

/** Why an execution ends before its function does. */
final class Aborts {

  private Aborts() {}

  /** The server has taken the task back until something that it waits for is settled. */
  static final class Suspended extends ExecutionAborted {
    Suspended(String id) {
      super(Reason.SUSPENDED, id + " is suspended");
    }
  }

  /** Somebody else has settled the promise: by a cancellation, its deadline, or a value. */
  static final class Settled extends ExecutionAborted {
    Settled(String id) {
      super(Reason.SETTLED, id + " is settled by somebody else");
    }
  }

  /** Another worker has the task, or may have it. */
  static final class LeaseLost extends ExecutionAborted {
    LeaseLost(String id, String why) {
      super(Reason.LEASE_LOST, "this worker no longer holds " + id + ": " + why);
    }
  }

  /** This process is closing and has given the task back. */
  static final class Released extends ExecutionAborted {
    Released(String id) {
      super(Reason.RELEASED, id + " is given back");
    }
  }

  /** The function asked for other steps than the ones that are stored. */
  static final class NotDeterministic extends ExecutionAborted {
    NotDeterministic(String message) {
      super(Reason.REPLAY_MISMATCH, message);
    }
  }

  /** The JVM, not the function, failed: too little memory, a class that is missing. */
  static final class Broken extends ExecutionAborted {
    Broken(String id, Throwable cause) {
      super(Reason.PROCESS_FAILED, id + " cannot be run here: " + cause);
    }
  }
}
