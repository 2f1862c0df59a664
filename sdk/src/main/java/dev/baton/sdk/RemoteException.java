package dev.baton.sdk;

import java.io.Serializable;
import java.util.List;

/**
 * A durable function failed, wherever it ran: its promise is rejected. The failure travelled as a
 * value, so the original exception is known by the name of its type, its message, its stack trace
 * and its causes only. Running the same id again gives the same failure.
 */
public final class RemoteException extends ResonateException {

  /**
   * What caused the failure.
   *
   * @param typeName a qualified class name if a Java function failed
   * @param message empty if it had none
   */
  public record Cause(String typeName, String message) implements Serializable {}

  /** Shows where it happened in the stack trace of the exception here. */
  private static final class There extends Exception {
    There(String stack) {
      super(stack, null, false, false);
    }

    @Override
    public String toString() {
      return "where it ran: " + getMessage();
    }
  }

  private final String promiseId;
  private final String typeName;
  private final String remoteMessage;
  private final String remoteStack;
  private final List<Cause> remoteCauses; // A list that can be serialized.

  /** As read from the rejected promise, of which no more is known. */
  public RemoteException(String promiseId, String typeName, String remoteMessage) {
    this(promiseId, typeName, remoteMessage, "", List.of());
  }

  /** As read from the rejected promise. */
  public RemoteException(
      String promiseId,
      String typeName,
      String remoteMessage,
      String remoteStack,
      List<Cause> remoteCauses) {
    super(
        promiseId
            + " failed with "
            + typeName
            + (remoteMessage.isEmpty() ? "" : ": " + remoteMessage),
        remoteStack.isEmpty() ? null : new There(remoteStack));
    this.promiseId = promiseId;
    this.typeName = typeName;
    this.remoteMessage = remoteMessage;
    this.remoteStack = remoteStack;
    this.remoteCauses = List.copyOf(remoteCauses);
  }

  /** The id of the rejected promise. */
  public String promiseId() {
    return promiseId;
  }

  /**
   * The failure's type: a qualified class name if a Java function failed, what its language calls
   * it otherwise, {@code Error} when it was not told.
   */
  public String typeName() {
    return typeName;
  }

  /** The failure's own message; empty if it had none. */
  public String remoteMessage() {
    return remoteMessage;
  }

  /**
   * The failure's stack trace where it happened, causes included, as its language prints it; cut
   * after some thousand bytes, empty when it was not told.
   */
  public String remoteStack() {
    return remoteStack;
  }

  /** What caused the failure, the nearest first; at most eight, empty when it was not told. */
  public List<Cause> remoteCauses() {
    return remoteCauses;
  }
}
