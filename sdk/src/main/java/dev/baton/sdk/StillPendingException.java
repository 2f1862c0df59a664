package dev.baton.sdk;

import java.time.Duration;

/**
 * A limited wait ended before the promise was settled. Nothing is lost: the promise goes on, wait
 * again.
 */
public final class StillPendingException extends ResonateException {

  /** For a wait of that length. */
  public StillPendingException(String promiseId, Duration waited) {
    super(promiseId + " is still pending after " + waited);
  }
}
