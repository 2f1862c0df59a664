package dev.baton.server.push;

import dev.baton.protocol.Printable;

/**
 * Why a message was not delivered.
 *
 * @param text for a person
 */
record Failure(Kind kind, String text) {

  private static final int MOST_CHARACTERS = 200;

  /** What it comes down to. */
  enum Kind {
    /** It answered with a redirection that is not followed. */
    REDIRECT,
    /** It answered with another status below 500 that is no success. */
    REFUSED,
    /** It answered with a status from 500 on. */
    BROKEN,
    /** It did not answer in time. */
    SILENT,
    /** No connection to it could be made, or it broke. */
    UNREACHABLE,
    /** It is in a network that nothing is posted to. */
    NOT_ALLOWED,
    /** It was not tried: too much waits. */
    NOT_SENT;

    /** Whether it says that the target is well, only not willing. */
    boolean isAnswer() {
      return this == REDIRECT || this == REFUSED || this == BROKEN;
    }
  }

  Failure {
    String printable = Printable.of(text);
    text =
        printable.length() <= MOST_CHARACTERS
            ? printable
            : printable.substring(0, MOST_CHARACTERS) + "…";
  }

  /** How futures carry it. */
  static final class Thrown extends Exception {
    private static final long serialVersionUID = 1L;
    private final transient Failure failure;

    Thrown(Failure failure) {
      super(failure.text(), null, false, false);
      this.failure = failure;
    }

    Failure failure() {
      return failure;
    }
  }

  Thrown thrown() {
    return new Thrown(this);
  }
}
