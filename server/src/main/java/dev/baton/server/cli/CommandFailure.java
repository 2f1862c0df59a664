package dev.baton.server.cli;

/** What the user is told after {@code Error:}; the exit code is 1. */
final class CommandFailure extends RuntimeException {

  CommandFailure(String text) {
    super(text);
  }

  String text() {
    String text = getMessage();
    return text == null ? "" : text;
  }
}
