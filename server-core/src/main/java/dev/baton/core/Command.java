package dev.baton.core;

import dev.baton.protocol.Request;
import dev.baton.protocol.TaskRequest;
import java.util.List;

/** Everything that can change the state: requests of clients, and what the server itself sees. */
public sealed interface Command {

  /** What a client asks; its fields and addresses are already checked by the request rules. */
  sealed interface Asked extends Command {

    /** The request. */
    Request request();
  }

  /** A client's request. */
  record Client(Request request) implements Asked {}

  /**
   * A client's request that another owner of the store has got before, which then was lost: it may
   * have been done. If it is refused now, and the state says that it was, it is answered as done.
   *
   * @param ownedSince since when the present owner decides, epoch milliseconds
   * @param lostMsAgo how long ago it was known that the other would not answer: what has happened
   *     since was not asked for by this request
   */
  record Repeated(TaskRequest request, long ownedSince, long lostMsAgo) implements Asked {}

  /**
   * Timers are due (protocol section 7.7).
   *
   * @param withRetries whether offers that nobody took are repeated as the protocol's retry timer
   *     has it; the dispatcher, which knows what it has sent to whom, does this better
   * @param withLeases whether leases end, too, or are left to {@link EndOverdueLeases}
   * @param withRuns whether schedules make promises, or are left for later
   */
  record Tick(boolean withRetries, boolean withLeases, boolean withRuns) implements Command {

    /** All that the protocol has. */
    public Tick(boolean withRetries) {
      this(withRetries, true, true);
    }
  }

  /**
   * Leases whose time has run out end (protocol section 7.7, step 3); it is decided after the
   * heartbeats that have come.
   *
   * @param heardFrom since when the server has been able to hear heartbeats, epoch milliseconds: a
   *     lease lasts at least its full length from then on
   */
  record EndOverdueLeases(long heardFrom) implements Command {}

  /**
   * The clock has been set back: no lease lasts longer than its full length from now on, whatever
   * it was promised by the clock as it was.
   */
  record CutLeases() implements Command {}

  /**
   * A process is gone: its leases end now, as if their time had run out.
   *
   * @param reach what the ids of the tasks start with whose leases end: those that whoever said so
   *     may touch; the empty text for all
   * @param loss how it is known; it changes nothing of what is decided
   */
  record EndLeases(String pid, String reach, Loss loss) implements Command {

    /** Leases of a process whose connection is lost. */
    public EndLeases(String pid, String reach) {
      this(pid, reach, Loss.CONNECTION_LOST);
    }

    /** All leases of a process whose connection is lost. */
    public EndLeases(String pid) {
      this(pid, "");
    }
  }

  /** How it is known that a process is gone. */
  enum Loss {
    /** Its connection broke, and it did not come back; or another run of it came. */
    CONNECTION_LOST,
    /** Somebody said so. */
    REPORTED_GONE
  }

  /**
   * A lease ends now, if it still is this one: its holder does not know of it. The holder may be
   * granted the same version another time, or send a heartbeat for it; of that lease it knows.
   *
   * @param acquiredAt when it was granted, epoch milliseconds
   * @param expiresAt until when it lasted as it was doubted, epoch milliseconds
   */
  record EndLease(String taskId, long version, long acquiredAt, long expiresAt)
      implements Command {}

  /**
   * An offer has been made and not been taken, and whoever got it must not take it any more: the
   * task is offered anew under the next version, if it is still on offer at this one.
   */
  record RenewOffer(String taskId, long version) implements Command {}

  /** Unblock messages have been delivered, or nobody will ever take them. */
  record ForgetListeners(List<Listener> listeners) implements Command {}

  /** Someone who wants to hear of a promise's settlement. */
  record Listener(String awaited, String address) {}
}
