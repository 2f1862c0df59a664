package dev.baton.core;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where settled promises and their fulfilled tasks live after they have left memory. It may also
 * hold, and answer with, what is still in memory: memory is newer and wins.
 */
public interface History {

  /** Nothing ever leaves memory. */
  History NONE = new NoHistory();

  /**
   * Null if there is none. A large payload may be left out.
   *
   * @throws UnreadableException if there is one and it cannot be read
   */
  @Nullable Promise promise(String id);

  /**
   * Whether there is a promise of that id, for those that know without reading it.
   *
   * @throws UnreadableException if there is one of which is known that it cannot be read
   */
  default boolean has(String id) {
    return promise(id) != null;
  }

  /**
   * A promise with its payload, also one that is still pending; null if there is none.
   *
   * @throws UnreadableException if there is one and it cannot be read
   */
  @Nullable Promise whole(String id);

  /**
   * Null if there is none.
   *
   * @throws UnreadableException if there is one and it cannot be read
   */
  @Nullable Task task(String id);

  /**
   * Null: schedules never leave memory.
   *
   * @throws UnreadableException if there is one and it cannot be read
   */
  default @Nullable Schedule schedule(String id) {
    return null;
  }

  /**
   * The promises of a branch, whole, as far as there is room, without those that cannot be read;
   * see {@link State#branch}.
   *
   * @param withRoot whether the one whose id is the branch's name is wanted, too
   */
  List<Promise> branch(String branch, boolean withRoot, String except, long room);
}
