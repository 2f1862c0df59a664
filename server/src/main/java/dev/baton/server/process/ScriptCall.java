package dev.baton.server.process;

import java.util.function.Consumer;

/**
 * A script whose result somebody waits for.
 *
 * @param reply told the result once the changes are durable; in a step of the engine, which it must
 *     not hold up
 * @param failed told instead if nothing could be saved
 */
public record ScriptCall<R>(Script<R> script, Reply<? super R> reply, Runnable failed)
    implements Work {

  /** Takes a result; called once, in a step of the engine, which it must not hold up. */
  @FunctionalInterface
  public interface Reply<R> extends Consumer<R> {

    /**
     * Whether there is memory for a result until its asker has taken it. Asked before the script is
     * run: then nothing of it happens, and it has failed.
     */
    default boolean hasRoom() {
      return true;
    }

    /** Told the result when the script has run, before anything is saved. */
    default void hold(R result) {}
  }

  /** Runs the script; answers how to tell its result. */
  Runnable run(Script.Transaction transaction) {
    R result = script.run(transaction);
    reply.hold(result);
    return () -> reply.accept(result);
  }
}
