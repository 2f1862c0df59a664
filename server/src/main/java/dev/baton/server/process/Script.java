package dev.baton.server.process;

import dev.baton.core.State;
import dev.baton.protocol.Request;
import dev.baton.protocol.Response;

/**
 * Several requests as one: each is decided by the rules, sees what the ones before it did, and all
 * of them are saved in the same transaction, or none. It has no side effects of its own.
 */
@FunctionalInterface
public interface Script<R> {

  /** Runs within a transaction, in a step of the engine. */
  R run(Transaction transaction);

  /** What a script works with. */
  interface Transaction {

    /** What the rules see, with the changes of the requests decided so far. */
    State state();

    /** The transaction's instant, epoch milliseconds. */
    long now();

    /** Decides a request whose fields are in order. */
    Response decide(Request request);
  }
}
