package dev.baton.cli;

import java.io.PrintWriter;

/** What a client command does. */
@FunctionalInterface
interface Action {

  /**
   * Does it and prints the result.
   *
   * @throws CommandFailure if the server refuses or cannot be reached
   */
  void run(Arguments arguments, Remote remote, PrintWriter out);
}
