package dev.baton.protocol;

import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A durable promise as it crosses the wire (protocol section 5).
 *
 * @param id opaque, never empty; a task has the id of its promise
 * @param param what the promise was created with
 * @param value what it was settled with; empty while pending and after a timeout
 * @param tags never null, in the order given
 * @param timeoutAt the deadline, epoch milliseconds, inclusive
 * @param createdAt epoch milliseconds
 * @param settledAt epoch milliseconds; null exactly while the promise is pending
 */
public record PromiseRecord(
    String id,
    State state,
    Value param,
    Value value,
    Map<String, String> tags,
    long timeoutAt,
    long createdAt,
    @Nullable Long settledAt) {

  /** The five states of a promise; all but {@link #PENDING} are final. */
  public enum State {
    PENDING("pending"),
    RESOLVED("resolved"),
    REJECTED("rejected"),
    REJECTED_CANCELED("rejected_canceled"),
    REJECTED_TIMEDOUT("rejected_timedout");

    private final String wire;

    State(String wire) {
      this.wire = wire;
    }

    /** The state's name on the wire. */
    public String wire() {
      return wire;
    }

    /** The state of that wire name, or null if there is none. */
    public static @Nullable State ofWire(String wire) {
      for (State state : values()) {
        if (state.wire.equals(wire)) {
          return state;
        }
      }
      return null;
    }
  }

  public PromiseRecord {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(param, "param");
    Objects.requireNonNull(value, "value");
    Objects.requireNonNull(tags, "tags");
    if ((state == State.PENDING) != (settledAt == null)) {
      throw new IllegalArgumentException(
          "settledAt is present exactly when a promise is settled, not with " + state.wire());
    }
  }

  /** Whether the promise has reached a final state. */
  public boolean isSettled() {
    return state != State.PENDING;
  }
}
