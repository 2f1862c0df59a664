package dev.baton.server.record;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Something that has happened to a task, a promise or a worker.
 *
 * @param seq counts up over all events of this process
 * @param at epoch milliseconds
 * @param id of the task or promise; null if it happened to a worker
 * @param group null for a promise without a task, or one whose task is posted to a URL
 * @param pid the process that it happened to, or at; null if there is none
 * @param version of the task; {@link #NO_VERSION} if there is none
 * @param cause why a task came back or a worker is gone; null for all else
 * @param state what it was left in; null if that says nothing
 */
public record Event(
    long seq,
    long at,
    Kind kind,
    @Nullable String id,
    @Nullable String group,
    @Nullable String pid,
    long version,
    @Nullable Cause cause,
    @Nullable State state) {

  /** Of what is no task. */
  public static final long NO_VERSION = -1;

  /** The same under another number. */
  public Event under(long number) {
    return new Event(number, at, kind, id, group, pid, version, cause, state);
  }

  /** What has happened. The document of the console's API says what each means. */
  public enum Kind {
    READY,
    SENT,
    TAKEN,
    SUSPENDED,
    RESUMED,
    RETURNED,
    SETTLED,
    HALTED,
    CONTINUED,
    CONNECTED,
    LOST,
    BACK,
    DRAINING,
    GONE;

    private final String wire = name().toLowerCase(Locale.ROOT);

    /** As it is told. */
    public String wire() {
      return wire;
    }

    /** Whether it happened to a worker, and not to a task. */
    public boolean isOfWorker() {
      return switch (this) {
        case CONNECTED, LOST, BACK, DRAINING, GONE -> true;
        case READY, SENT, TAKEN, SUSPENDED, RESUMED, RETURNED, SETTLED, HALTED, CONTINUED -> false;
      };
    }
  }

  /** Why a task came back unfinished. */
  public enum Cause {
    /** Its holder gave it back. */
    RELEASED,
    /** Its holder's connection broke, or another run of the process came. */
    CONNECTION_LOST,
    /** Somebody said that its holder is gone. */
    REPORTED_GONE,
    /** Its lease ran out. */
    LEASE_OVER,
    /** It was sent, and not acquired in time. */
    NOT_ACQUIRED;

    private final String wire = name().toLowerCase(Locale.ROOT);

    /** As it is told. */
    public String wire() {
      return wire;
    }
  }

  /** What a task, a promise or a worker was left in. */
  public enum State {
    READY,
    HELD_BACK,
    SENT,
    HELD,
    SUSPENDED,
    HALTED,
    RESOLVED,
    REJECTED,
    REJECTED_CANCELED,
    REJECTED_TIMEDOUT,
    DRAINING,
    OPEN;

    private final String wire = name().toLowerCase(Locale.ROOT);

    /** As it is told. */
    public String wire() {
      return wire;
    }
  }
}
