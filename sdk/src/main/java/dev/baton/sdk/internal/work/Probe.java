package dev.baton.sdk.internal.work;

import dev.baton.sdk.Functions;

/** Hears what is about to run, and may have it fail instead. */
public interface Probe {

  /** Lets everything run. */
  Probe NONE = new Probe() {};

  /**
   * A function makes a step that runs here, whether its outcome is stored or not.
   *
   * @param code as the function gives it, with what it has captured
   */
  default void made(String name, String id, Functions.Shape code) {}

  /**
   * The code of a function or a step is about to run on this thread; not if its outcome is stored.
   *
   * @param name of the function or the step
   * @param id of its promise
   * @param retry 0 for the first try
   * @throws Exception what is thrown instead of running it
   */
  default void beforeRun(String name, String id, int retry) throws Exception {}

  /** The same code has come to its end without a failure, and its outcome is yet to be stored. */
  default void afterRun(String name, String id, int retry) {}
}
