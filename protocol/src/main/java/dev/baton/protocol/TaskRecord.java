package dev.baton.protocol;

import org.jspecify.annotations.Nullable;

/**
 * A task as it crosses the wire (protocol section 5): the right to execute a promise.
 *
 * @param id the id of its promise
 * @param version the fencing token: how often the task has been taken
 * @param resumes how many awaited promises have settled since it was last taken or suspended
 * @param ttl the lease's length in milliseconds; present only while acquired
 * @param pid the process that holds the task; present only while acquired
 */
public record TaskRecord(
    String id, State state, long version, int resumes, @Nullable Long ttl, @Nullable String pid) {

  /** The five states of a task. */
  public enum State {
    PENDING("pending"),
    ACQUIRED("acquired"),
    SUSPENDED("suspended"),
    HALTED("halted"),
    FULFILLED("fulfilled");

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

  public TaskRecord {
    if ((state == State.ACQUIRED) != (pid != null) || (pid == null) != (ttl == null)) {
      throw new IllegalArgumentException(
          "ttl and pid are present exactly while a task is acquired, not with " + state.wire());
    }
  }
}
