package dev.baton.server.dispatch;

import dev.baton.protocol.Address;
import org.jspecify.annotations.Nullable;

/**
 * A ready task: it waits for a worker with room, or has been sent to one that has not acquired it
 * yet. Mutable; the dispatcher owns it.
 */
final class Offer {

  final String taskId;
  final long version;
  final Address address;
  long readyAt;

  /** Its place in the queue; kept when it has to be sent again. */
  final long turn;

  /** The worker it was sent to, or null while it waits. */
  @Nullable Worker sentTo;

  /** A worker that let it pass or gave it back: others come first. */
  @Nullable String avoided;

  /** Whether that worker gave it back at once: others get it, also if it has to wait for them. */
  boolean isRefused;

  /** When it was sent to that worker; of no meaning while it waits. */
  long sentAt;

  /** Whether it is not to be sent yet, because it came back too often. */
  boolean isPausing;

  /** The function that it asks for; null if that is not known, or nobody has looked yet. */
  @Nullable FunctionRef wants;

  /** Whether it is known what it asks for, or known not to be. */
  boolean isRead;

  /** Whether it is among those that wait. */
  boolean isQueued;

  /** Whether it has been sent to a worker that must not find it taken by another. */
  boolean isStrict;

  /** Why its target did not take it the last time; null if it did, or was never tried. */
  @Nullable String lastFailure;

  /** How often it has been sent. */
  int attempts;

  /** Makes timers of an earlier attempt void. */
  long stamp;

  Offer(String taskId, long version, Address address, long readyAt, long turn) {
    this.taskId = taskId;
    this.version = version;
    this.address = address;
    this.readyAt = readyAt;
    this.turn = turn;
  }
}
