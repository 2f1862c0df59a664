package dev.baton.sdk.internal.work;

/** What sees to it that leases are renewed, and watches looked at again. */
public interface Clockwork extends AutoCloseable {

  /** Begins; again has no effect. */
  void start();

  /** A heartbeat without waiting for its time. */
  void now();

  @Override
  void close();
}
