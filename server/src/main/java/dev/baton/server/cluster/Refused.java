package dev.baton.server.cluster;

/** The owner has answered, and nothing of what it was asked has happened. */
public final class Refused extends Exception {

  private static final long serialVersionUID = 1L;

  Refused(String message) {
    super(message, null, false, false);
  }
}
