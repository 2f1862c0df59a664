package dev.baton.server.cluster;

import org.jspecify.annotations.Nullable;

/** Says who owns the store. Any thread may ask. */
public interface Ownership {

  /** Who owns it now; null if nobody is known to. */
  @Nullable Owner owner();

  /**
   * Calls something, on any thread, whenever {@link #owner} has changed. Before the first change
   * only; it must not block.
   */
  void follow(Runnable onChange);

  /**
   * Who owns it now and takes requests. Null also from when the owner has ended for this server to
   * follow it until another owns the store: it would refuse what it is sent, or lose it.
   */
  default @Nullable Owner taking() {
    return owner();
  }

  /** The epoch that this server has claimed, and does not serve in yet; 0 if there is none. */
  default long claimed() {
    return 0;
  }

  /** Somebody waits for another owner: it is worth while to look for one at once. */
  default void urge() {}
}
