package dev.baton.legacy;

import dev.baton.server.process.Script;

/** What a request comes to. */
sealed interface Route {

  /**
   * A script to be run.
   *
   * @param kind what it is counted as
   */
  record Run(String kind, Script<Reply> script) implements Route {}

  /**
   * A search, which is run in portions.
   *
   * @param kind what it is counted as
   */
  record Find(String kind, Search search) implements Route {}

  /** An answer that needs no script. */
  record Answered(Reply reply) implements Route {}

  /** No such place. */
  record Unknown() implements Route {}
}
