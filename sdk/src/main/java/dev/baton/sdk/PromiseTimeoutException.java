package dev.baton.sdk;

/**
 * The awaited promise was not settled before its deadline; it will never have a value. Give the
 * call a longer {@link Options#timeout(java.time.Duration)} under a new id.
 */
public final class PromiseTimeoutException extends ResonateException {

  private final String promiseId;

  /** For the expired promise. */
  public PromiseTimeoutException(String promiseId) {
    super(promiseId + " was not settled before its deadline");
    this.promiseId = promiseId;
  }

  /** The id of the expired promise. */
  public String promiseId() {
    return promiseId;
  }
}
