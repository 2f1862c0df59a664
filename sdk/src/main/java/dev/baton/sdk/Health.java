package dev.baton.sdk;

import java.time.Instant;

/**
 * How a {@link Resonate} stands with its server, as its message channel has it (protocol section
 * 14).
 *
 * @param state what it is doing
 * @param since when that began
 * @param problem why it is not connected, for people; empty if there is nothing to say
 * @param running how many tasks take a slot
 */
public record Health(State state, Instant since, String problem, int running) {

  /** What a {@link Resonate} may be doing. */
  public enum State {
    /** It listens to nothing: it has neither been started nor waited for a result. */
    IDLE,
    /** It is about to connect, or to connect again, to a server that does not answer. */
    CONNECTING,
    /** It is connected: messages arrive. */
    CONNECTED,
    /** The server answers and does not let it in. It goes on trying. */
    REFUSED,
    /** It is closing or closed. */
    CLOSED
  }

  /** Whether work or results can arrive, or nobody has asked for any. */
  public boolean isUp() {
    return state == State.CONNECTED || state == State.IDLE;
  }
}
