package dev.baton.server.simulation;

/** The process ends, here and now. An error, so that nobody on the way catches it. */
final class Crash extends Error {

  private static final long serialVersionUID = 1;
  static final Crash INSTANCE = new Crash();

  private Crash() {
    super("the process ends here", null, false, false);
  }
}
