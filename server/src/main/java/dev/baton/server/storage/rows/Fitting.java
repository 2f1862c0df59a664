package dev.baton.server.storage.rows;

import dev.baton.core.Promise;
import dev.baton.core.State;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Promises that fit into some room, as {@link State#roomFor} says what each takes. */
public final class Fitting {

  /** Nothing is smaller. */
  private static final long LEAST = 200;

  private final List<Promise> found = new ArrayList<>();
  private long left;

  /** With so much room. */
  public Fitting(long room) {
    this.left = room;
  }

  /** How much room is left. */
  public long left() {
    return left;
  }

  /** Whether something of this size fits. */
  public boolean fits(long size) {
    return size <= left;
  }

  /** Whether anything may fit. */
  public boolean isWorthALook() {
    return left > LEAST;
  }

  /** Adds one if it fits. */
  public void add(@Nullable Promise promise) {
    if (promise != null && fits(State.roomFor(promise))) {
      left -= State.roomFor(promise);
      found.add(promise);
    }
  }

  /** Those that have been added. */
  public List<Promise> found() {
    return found;
  }
}
