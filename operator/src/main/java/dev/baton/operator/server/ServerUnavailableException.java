package dev.baton.operator.server;

/** The server could not be asked, or did not answer as a server of groups does. */
public final class ServerUnavailableException extends RuntimeException {

  /** What stood in the way. */
  public enum Kind {
    /** No connection, or no answer in time. */
    NO_CONNECTION,
    /** The token is refused, or one is asked for. */
    UNAUTHORIZED,
    /** The token was good once. */
    TOKEN_EXPIRED,
    /** The Secret or its key is not there. */
    TOKEN_MISSING,
    /** The operator does not speak to it for that namespace. */
    NOT_ALLOWED,
    /** It answers, but is a server without groups. */
    NO_GROUPS_API,
    /** An answer that this API does not give. */
    UNEXPECTED_ANSWER
  }

  private final Kind kind;

  /** With a message that says what was asked and what happened. */
  public ServerUnavailableException(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  /** With the cause. */
  public ServerUnavailableException(Kind kind, String message, Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  /** What stood in the way. */
  public Kind kind() {
    return kind;
  }

  /** The message, which is never null. */
  public String text() {
    String message = getMessage();
    return message == null ? kind.name() : message;
  }
}
