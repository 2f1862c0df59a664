package dev.baton.server.push;

/** Told what has become of each message to an http target. */
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

  /**
   * A message was not delivered.
   *
   * @param reason in a word
   * @param network what kind of network its target is in, in a word
   */
  void failed(String reason, String network);
}
