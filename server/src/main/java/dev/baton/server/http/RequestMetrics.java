package dev.baton.server.http;

/** Told of every request of the protocol that got as far as its kind. */
@FunctionalInterface
public interface RequestMetrics {

  /**
   * A request has been answered.
   *
   * @param kind a kind that the server knows
   */
  void answered(String kind, int status, long nanos);
}
