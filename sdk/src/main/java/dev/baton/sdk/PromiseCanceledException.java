package dev.baton.sdk;

/** The awaited promise was cancelled from outside; it will never have a value. */
public final class PromiseCanceledException extends ResonateException {

  private final String promiseId;

  /** For the cancelled promise. */
  public PromiseCanceledException(String promiseId) {
    super(promiseId + " was cancelled");
    this.promiseId = promiseId;
  }

  /** The id of the cancelled promise. */
  public String promiseId() {
    return promiseId;
  }
}
