package dev.baton.operator.server;

/** What the last look at a group gave. */
public sealed interface Sighting {

  /** Nothing yet. */
  record NotYet() implements Sighting {}

  /** The server answered. */
  record Seen(GroupFigures figures) implements Sighting {}

  /** It did not. */
  record Unseen(ServerUnavailableException.Kind kind, String message) implements Sighting {}
}
