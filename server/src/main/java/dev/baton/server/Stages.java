package dev.baton.server;

import java.util.Locale;

/** When the stages of something were reached, for the log. Thread-safe. */
final class Stages {

  private final long began = System.nanoTime();
  private final StringBuilder text = new StringBuilder();

  /** One is reached now. */
  synchronized void reached(String stage) {
    if (!text.isEmpty()) {
      text.append(", ");
    }
    double ms = (System.nanoTime() - began) / 1e6;
    text.append(String.format(Locale.ROOT, "%s after %.1f ms", stage, ms));
  }

  /** Each with the time since the beginning. */
  @Override
  public synchronized String toString() {
    return text.toString();
  }
}
