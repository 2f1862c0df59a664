package dev.baton.server.http;

/** Told what has become of each message to an http target. */
@FunctionalInterface
public interface PushMetrics {

  /** What becomes of a message. */
  enum Delivery {
    /** Its target took it. */
    SUCCESS,
    /** Its target could not be reached or did not take it. */
    ERROR,
    /** It was not sent: too many wait. */
    DROPPED
  }

  void delivered(Delivery delivery);
}
