package dev.baton.sdk;

/**
 * Ends this execution of a durable function, because it is suspended, has lost its lease, or no
 * longer matches its own history. Never catch it, nor {@code Throwable} around a call of the {@link
 * Context}: the outcome of a function that swallows it is thrown away. {@code finally} blocks do
 * run, so what they do must bear being done once per execution.
 */
public abstract class ExecutionAborted extends Error {

  /** Why an execution ends before its function does. */
  public enum Reason {
    /** It waits for something, and goes on when that is settled, on whichever worker. */
    SUSPENDED,
    /** Somebody else has settled the call: a cancellation, its deadline, or a value. */
    SETTLED,
    /** Another worker has the task, or may have it. */
    LEASE_LOST,
    /** This process is closing and has given the task back. */
    RELEASED,
    /** The function asks for other steps than those that are stored; another worker may not. */
    REPLAY_MISMATCH,
    /** The JVM, not the function, failed; the task goes to another worker. */
    PROCESS_FAILED
  }

  private final Reason reason;

  /** Control flow, so there is no stack trace. */
  protected ExecutionAborted(Reason reason, String message) {
    super(message, null, false, false);
    this.reason = reason;
  }

  /** Why. For those that look on, such as an {@link Interceptor}. */
  public Reason reason() {
    return reason;
  }
}
