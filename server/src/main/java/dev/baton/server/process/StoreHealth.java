package dev.baton.server.process;

import dev.baton.server.storage.Storage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether changes can be saved. Once they could not, only a durable write of the store's own shows
 * that they can again: that others could read shows nothing.
 */
final class StoreHealth {

  private static final Logger LOG = LoggerFactory.getLogger(StoreHealth.class);

  private final Storage storage;
  private final long probeMs;
  private volatile boolean isGood = true;
  private String reason = "";
  private long failedAt;
  private long probeAt;

  /**
   * @param probeMs after how many milliseconds it is tried again
   */
  StoreHealth(Storage storage, long probeMs) {
    this.storage = storage;
    this.probeMs = probeMs;
  }

  /** Any thread may ask. */
  boolean isGood() {
    return isGood;
  }

  /** Why nothing can be saved. */
  String reason() {
    return reason;
  }

  /** When it is to be tried again; {@code Long.MAX_VALUE} if there is no need. */
  long nextDueAt() {
    return isGood ? Long.MAX_VALUE : probeAt;
  }

  /** The clock was set: the next try is due at another instant. */
  void clockMoved(long byMs) {
    failedAt += byMs;
    probeAt += byMs;
  }

  /** Tries if there is a need and it is time; answers whether it is only now that it can save. */
  boolean isRegained(long now) {
    boolean isToBeTried = isGood ? storage.hasFailed() : now >= probeAt;
    boolean before = isGood;
    return isToBeTried && recover(now) && !before;
  }

  /** Something could not be saved, and who found out is not to wait: it is tried when next due. */
  void failed(String why, long now) {
    if (isGood) {
      LOG.error("Nothing can be saved; it is tried again at once: {}", why);
    }
    failed(why, now, now);
  }

  /** The same, shortly after it could save again: then it is not tried again at once. */
  void failedAgain(String why, long now) {
    LOG.error("Nothing can be saved again; it is tried again in {} ms: {}", probeMs, why);
    failed(why, now, now + probeMs);
  }

  private void failed(String why, long now, long retryAt) {
    if (isGood) {
      failedAt = now;
    }
    reason = why;
    isGood = false;
    probeAt = retryAt;
  }

  /** Something could not be saved; answers whether things can be, by now. */
  boolean recover(long now) {
    try {
      storage.recover();
      if (!isGood) {
        LOG.info("The store can save again, after {} ms", now - failedAt);
      }
      isGood = true;
    } catch (RuntimeException e) {
      String why = e.getMessage() == null ? e.toString() : e.getMessage();
      if (isGood) {
        LOG.error("Nothing can be saved; it is tried again each {} ms: {}", probeMs, why);
      }
      failed(why, now, now + probeMs);
    }
    return isGood;
  }
}
