package dev.baton.core;

import org.jspecify.annotations.Nullable;

/** One durable effect of a command. A store saves the changes of a batch in one transaction. */
public sealed interface Change {

  /** Creates or settles a promise. */
  record PutPromise(@Nullable Promise before, Promise after) implements Change {}

  /** Creates or moves a task. */
  record PutTask(@Nullable Task before, Task after) implements Change {}

  /** Remembers that a task waits for a promise, or that the promise has settled. */
  record PutCallback(String awaited, String awaiter, boolean fired) implements Change {}

  /** Forgets a callback. */
  record DeleteCallback(String awaited, String awaiter) implements Change {}

  /** Remembers who wants to hear of a promise's settlement. */
  record PutListener(String awaited, String address) implements Change {}

  /** Forgets a listener: it has been told. */
  record DeleteListener(String awaited, String address) implements Change {}

  /** Creates, replaces or advances a schedule. */
  record PutSchedule(@Nullable Schedule before, Schedule after) implements Change {

    /** Of one that was not there before. */
    public PutSchedule(Schedule after) {
      this(null, after);
    }
  }

  /** Removes a schedule. */
  record DeleteSchedule(String id) implements Change {}

  /** Empties the store. */
  record Clear() implements Change {}
}
