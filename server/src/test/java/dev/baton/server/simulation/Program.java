package dev.baton.server.simulation;

/** What a promise asks a worker to do, as its param has it. */
sealed interface Program {

  /** Takes so long and returns, or fails. */
  record Leaf(long ms, boolean fails) implements Program {}

  /** Makes so many children and waits for all of them. */
  record Flow(int width) implements Program {}

  static Program of(String text) {
    int blank = text.indexOf(' ');
    if (blank < 0) {
      return new Leaf(1, false);
    }
    int number = Integer.parseInt(text.substring(blank + 1));
    return switch (text.substring(0, blank)) {
      case "flow" -> new Flow(number);
      case "fail" -> new Leaf(number, true);
      default -> new Leaf(number, false);
    };
  }
}
