package dev.baton.sdk;

/**
 * Ends this execution of a durable function, because it is suspended, has lost its lease, or no
 * longer matches its own history. Never catch it, nor {@code Throwable} around a call of the {@link
 * Context}: the outcome of a function that swallows it is thrown away. {@code finally} blocks do
 * run, so what they do must bear being done once per execution.
 */
public abstract class ExecutionAborted extends Error {

  /** Control flow, so there is no stack trace. */
  protected ExecutionAborted(String message) {
    super(message, null, false, false);
  }
}
