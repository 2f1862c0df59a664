package dev.baton.operator.server;

/** What the server is told about a worker. */
public enum Signal {
  /** It is about to stop: no new work. */
  DRAIN("drain"),
  /** It has ended: its leases end now. */
  GONE("gone"),
  /** It stays after all. */
  RESUME("resume");

  private final String path;

  Signal(String path) {
    this.path = path;
  }

  String path() {
    return path;
  }
}
