package dev.baton.server.http;

import dev.baton.server.memory.Account;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The room for bodies. What is still on its way may take a part of it only, and one address a part
 * of that: who sends slowly, without a token perhaps, is not to keep others out. Thread-safe.
 */
public final class Intake {

  /** A body up to this size is let in as long as there is room at all. */
  static final int SMALL_BYTES = 16_384;

  private final Account account;
  private final Duration bodyTimeout;
  private final long mostUnfinished;
  private final long mostOfAddress;
  private final AtomicLong unfinished = new AtomicLong();
  private final ConcurrentMap<String, Long> byAddress = new ConcurrentHashMap<>();

  /**
   * @param account what bodies are held against, until their requests are answered
   * @param bodyTimeout how long one may take where {@link Patience} does not watch; zero: for ever
   */
  public Intake(Account account, Duration bodyTimeout) {
    this.account = account;
    this.bodyTimeout = bodyTimeout;
    this.mostUnfinished = account.limit() / 4 * 3;
    this.mostOfAddress = account.limit() / 2;
  }

  Account account() {
    return account;
  }

  Duration bodyTimeout() {
    return bodyTimeout;
  }

  /** Takes room for a part of a large body that is still on its way, or none and answers false. */
  boolean tryBegin(String address, long bytes) {
    if (unfinished.addAndGet(bytes) > mostUnfinished) {
      unfinished.addAndGet(-bytes);
      account.refused();
      return false;
    }
    long ofAddress = byAddress.merge(address, bytes, Long::sum);
    if (ofAddress > mostOfAddress) {
      finish(address, bytes);
      account.refused();
      return false;
    }
    return true;
  }

  /** It has come, or will not. */
  void finish(String address, long bytes) {
    if (bytes > 0) {
      unfinished.addAndGet(-bytes);
      byAddress.computeIfPresent(address, (_, held) -> held == bytes ? null : held - bytes);
    }
  }

  long unfinished() {
    return unfinished.get();
  }
}
