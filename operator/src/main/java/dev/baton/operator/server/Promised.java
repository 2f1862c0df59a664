package dev.baton.operator.server;

/** How a durable call stands. */
public sealed interface Promised {

  /** Nobody has answered yet. */
  record Pending() implements Promised {}

  /**
   * It was answered.
   *
   * @param value as text; empty if there is none, or it is no text
   */
  record Resolved(String value) implements Promised {}

  /**
   * It failed, in words that follow its name: {@code was rejected: ...}, {@code has not ended in
   * time}.
   */
  record Rejected(String how) implements Promised {}
}
