package dev.baton.server.http;

import org.jspecify.annotations.Nullable;

/** What a client's header {@code Accept} says that it takes. */
public final class Accept {

  private static final String EVENTS = "text/event-stream";

  private Accept() {}

  /**
   * Whether it names event streams, and not only to say that it takes none ({@code q=0}).
   *
   * @param header null: there is none
   */
  public static boolean namesEvents(@Nullable String header) {
    if (header == null || !header.contains(EVENTS)) {
      return false;
    }
    for (String range : header.split(",")) {
      String[] parts = range.split(";");
      if (parts[0].strip().equals(EVENTS) && !isRefused(parts)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isRefused(String[] parts) {
    for (int i = 1; i < parts.length; i++) {
      if (parts[i].strip().matches("[qQ]=0(\\.0{0,3})?")) {
        return true;
      }
    }
    return false;
  }
}
