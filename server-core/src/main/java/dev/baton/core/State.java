package dev.baton.core;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the rules may read. A store answers from a cache or a database; the rules never know which.
 * Where a promise or a task is asked for by its id, an {@link UnreadableException} says that it is
 * there and cannot be read; lists leave such out.
 */
public interface State {

  /** A promise. A large payload may be left in the store. */
  @Nullable Promise promise(String id);

  /** Whether there is a pending promise of that id: for stores that know without reading. */
  default boolean isPending(String id) {
    var promise = promise(id);
    return promise != null && promise.isPending();
  }

  /** Whether there is a promise of that id: for stores that know without reading it. */
  default boolean has(String id) {
    return promise(id) != null;
  }

  /** The same promise with its payload. */
  default Promise whole(Promise promise) {
    return promise;
  }

  /** A promise with its payload. */
  default @Nullable Promise wholePromise(String id) {
    var promise = promise(id);
    return promise == null ? null : whole(promise);
  }

  @Nullable Task task(String id);

  @Nullable Schedule schedule(String id);

  /** The awaiters of waiting callbacks on a promise. */
  Set<String> awaitersOf(String awaited);

  /** What a task's waiting callbacks wait for. */
  Set<String> awaitedBy(String awaiter);

  /** The awaited promises of a task's fired callbacks; their number is the task's resumes. */
  Set<String> firedFor(String awaiter);

  /**
   * The addresses of a promise's listeners. Those of a settled promise are unblock messages that
   * have not been delivered yet.
   */
  Set<String> listenersOf(String awaited);

  /**
   * The promises of a branch, whole, by id, as far as there is room: one that does not fit in what
   * those before it left is left out.
   *
   * @param except the id of one that is not wanted
   * @param room as {@link #roomFor} has it
   */
  List<Promise> branch(String branch, String except, long room);

  /** How much room a promise takes in an answer: about as many bytes as it has on the wire. */
  static long roomFor(Promise promise) {
    return 200 + promise.id().length() + Sizes.characters(promise.tags()) + promise.payload();
  }

  /** The ids of the tasks that a process holds. */
  Set<String> heldBy(String pid);

  /** The ids of all tasks that are held, by whomever. */
  List<String> held();

  /** Everything that is due at an instant, inclusive. */
  default Due due(long now, boolean withRetries) {
    return due(now, withRetries, Integer.MAX_VALUE);
  }

  /**
   * What is due at an instant, inclusive, the earliest first: at most limit timers in all. Those of
   * a list are left out while the list before it is not complete, so that nothing is offered whose
   * deadline has passed, too.
   */
  Due due(long now, boolean withRetries, int limit);

  /**
   * The timers that are due.
   *
   * @param promises ids of pending promises whose deadline has passed, by deadline and id
   * @param retries ids of pending tasks to be offered (again)
   * @param leases ids of acquired tasks whose lease has run out
   * @param schedules ids of schedules whose next run has come
   */
  record Due(
      List<String> promises, List<String> retries, List<String> leases, List<String> schedules) {}
}
