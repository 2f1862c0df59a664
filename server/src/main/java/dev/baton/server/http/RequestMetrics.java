package dev.baton.server.http;

/** Told of every request of the protocol that got as far as its authentication. */
@FunctionalInterface
public interface RequestMetrics {

  /**
   * A request has been answered.
   *
   * @param kind a kind that the server knows, or {@code unknown}
   */
  void answered(String kind, int status, long nanos);
}
