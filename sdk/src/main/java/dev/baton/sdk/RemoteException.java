package dev.baton.sdk;

/**
 * A durable function failed, wherever it ran: its promise is rejected. The failure travelled as a
 * value, so the original exception is known by the name of its type and its message only. Running
 * the same id again gives the same failure.
 */
public final class RemoteException extends ResonateException {

  private final String promiseId;
  private final String typeName;
  private final String remoteMessage;

  /** As read from the rejected promise. */
  public RemoteException(String promiseId, String typeName, String remoteMessage) {
    super(
        promiseId
            + " failed with "
            + typeName
            + (remoteMessage.isEmpty() ? "" : ": " + remoteMessage));
    this.promiseId = promiseId;
    this.typeName = typeName;
    this.remoteMessage = remoteMessage;
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
}
