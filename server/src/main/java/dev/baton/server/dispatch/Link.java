package dev.baton.server.dispatch;

import dev.baton.protocol.Message;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A worker's open connection, as the dispatcher sees it. Its methods never block. */
public interface Link {

  /** The group that the worker serves. */
  String group();

  /** The id it connected with, which is the process id that it acquires with. */
  String pid();

  /** Where it connected from. */
  String address();

  /** How many tasks it takes at once, or null if it did not say. */
  @Nullable Integer slots();

  /** How many tasks it takes at once at most, if it leaves its slots to the group; null for any. */
  default @Nullable Integer most() {
    return null;
  }

  /**
   * The functions that its worker has, of each in any version, too; null if it did not say, and may
   * have any.
   */
  default @Nullable Set<FunctionRef> functions() {
    return null;
  }

  /** Which run of the process this is, or null if it did not say. */
  @Nullable String run();

  /**
   * What the ids of the tasks start with whose leases may end with it: those that whoever opened it
   * may touch. The empty text means all; null none.
   */
  default @Nullable String reach() {
    return "";
  }

  /** Whether its worker wants to hear that the promise of a task that it holds is settled. */
  default boolean hearsSettled() {
    return false;
  }

  /**
   * How long its worker has to come back now that it has ended.
   *
   * @param usual what is asked of a worker whose connection broke by itself
   */
  default Duration grace(Duration usual) {
    return usual;
  }

  /** Whether it takes messages; false while its peer does not read. */
  boolean isWritable();

  /**
   * Whether its worker fails for good when another has acquired what it was sent. It is then given
   * ample time, and what it has let pass is offered to others under another version only.
   */
  default boolean isStrict() {
    return false;
  }

  /**
   * Sends a message, or loses it if the connection is gone.
   *
   * @return how many messages have been sent on it with this one; 0 for one that it cannot say
   */
  long send(Message message);

  /** How many of the messages sent on it the connection has taken, in their order. */
  long taken();

  /** Ends the connection. */
  void close();

  /** Ends the connection, because another process serves the group under the same id. */
  default void refuse() {
    close();
  }
}
