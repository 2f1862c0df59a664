package dev.baton.server;

import org.jspecify.annotations.Nullable;

/**
 * How one of several servers ends: clients hear of it first, then it owns nothing any more, serves
 * on through the next owner what has come, and ends when all of that is answered.
 *
 * <pre>
 *   serving --(announce)--> not ready, and clients are told to go elsewhere
 *           --(follow no more)--> it follows nobody, unless an owner is just ending for it
 *           --(finish)--> another owns the store; what is under way is answered; over
 * </pre>
 *
 * <p>Each may be left out; who ends calls them in this order.
 */
final class Departure {

  private final Member member;
  private final Listeners listeners;

  /** What it has to do with who owns the store, if a database says so. */
  private final @Nullable Candidate candidate;

  /** How long what is under way may take. */
  private final long mostMs;

  Departure(Member member, Listeners listeners, @Nullable Candidate candidate, long mostMs) {
    this.member = member;
    this.listeners = listeners;
    this.candidate = candidate;
    this.mostMs = mostMs;
  }

  /** Says that it is not ready any more; who comes nevertheless is served. */
  void announce() {
    member.replica().leave();
    listeners.leave();
  }

  /** From now on it claims nothing; if an owner is just ending for it, it follows first. */
  void followNoMore() {
    if (candidate != null) {
      candidate.leave();
    }
  }

  /**
   * Hands the store over, if it is owned here, serves through the next owner what has come, and
   * ends its connections.
   */
  void finish() {
    if (candidate != null) {
      candidate.handOver();
      member.replica().awaitQuiet(mostMs);
    }
    listeners.awaitAnswers(mostMs);
    member.close();
    if (candidate != null) {
      candidate.close();
    }
  }
}
