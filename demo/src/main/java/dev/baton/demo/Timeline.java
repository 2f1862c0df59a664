package dev.baton.demo;

import java.io.PrintStream;
import java.util.Locale;

/** Prints what happens, each line with the seconds since the start and who it is about. */
final class Timeline {
  private final PrintStream out;
  private final long startedAtNanos;

  Timeline(PrintStream out, long startedAtNanos) {
    this.out = out;
    this.startedAtNanos = startedAtNanos;
  }

  void say(long atNanos, String who, String what) {
    out.printf(Locale.ROOT, "%6.2f s  %-9s %s%n", (atNanos - startedAtNanos) / 1e9, who, what);
    out.flush();
  }
}
