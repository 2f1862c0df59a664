package dev.baton.server.process;

/** Why the engine did not take a command. */
public enum Overload {
  /** As many commands as it may hold wait already; later there will be room. */
  QUEUE_FULL,
  /** The server is about to end. */
  STOPPING
}
