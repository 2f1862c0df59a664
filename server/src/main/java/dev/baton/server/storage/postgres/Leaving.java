package dev.baton.server.storage.postgres;

import java.util.concurrent.TimeUnit;

/**
 * Whether a server leaves, or lets an owner end for it to follow: never both. One that has begun to
 * follow owns the store before it leaves, and hands it over then; else the owner would have ended
 * for nobody, and none would be there until it has waited in vain.
 *
 * <pre>
 *   staying   --(begin to follow)--> following --(it owns the store, or does not come to)--> staying
 *   staying   --(leave)--> leaving
 *   following --(leave; waits until it is over)--> leaving
 * </pre>
 *
 * <p>Thread-safe.
 */
public final class Leaving {

  private boolean isAsked;
  private boolean isFollowing;

  /** Whether this server may let an owner end; then {@link #hasFollowed} is to be called. */
  public synchronized boolean beginToFollow() {
    isFollowing |= !isAsked;
    return !isAsked;
  }

  /** It owns the store, or has not come to. */
  public synchronized void hasFollowed() {
    isFollowing = false;
    notifyAll();
  }

  /** From now on this server claims nothing, once it has followed the owner that ends for it. */
  public synchronized void leave(long mostMs) {
    isAsked = true;
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(mostMs);
    try {
      for (long left = mostMs; isFollowing && left > 0; ) {
        wait(left);
        left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    isFollowing = false;
  }

  /** Whether it has been asked to, even if it follows another owner first. */
  public synchronized boolean isAsked() {
    return isAsked;
  }

  /** Whether this server may own the store, or go on to. */
  synchronized boolean mayClaim() {
    return !isAsked || isFollowing;
  }
}
