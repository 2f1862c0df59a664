package dev.baton.sdk;

/**
 * The server answered and refused (protocol section 22). Repeating the same request will not help
 * unless the status is 500 or above.
 */
public final class ServerException extends ResonateException {

  private final int status;

  /** For a refused request of that kind. */
  public ServerException(String kind, int status, String text) {
    super("the server refused " + kind + " with " + status + ": " + text);
    this.status = status;
  }

  /** The status: 400 a broken rule, 401 and 403 no access, 404 missing, 409 a conflict. */
  public int status() {
    return status;
  }
}
