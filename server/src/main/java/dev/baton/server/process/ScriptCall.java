package dev.baton.server.process;

import java.util.function.Consumer;

/**
 * A script whose result somebody waits for.
 *
 * @param reply told the result once the changes are durable; in a step of the engine, which it must
 *     not hold up
 * @param failed told instead if nothing could be saved
 */
public record ScriptCall<R>(Script<R> script, Consumer<? super R> reply, Runnable failed)
    implements Work {

  /** Runs the script; answers how to tell its result. */
  Runnable run(Script.Transaction transaction) {
    R result = script.run(transaction);
    return () -> reply.accept(result);
  }
}
