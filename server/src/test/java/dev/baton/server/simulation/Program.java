package dev.baton.server.simulation;

import dev.baton.server.dispatch.FunctionRef;

/** What a promise asks a worker to do, as its param has it. */
sealed interface Program {

  /** Takes so long and returns, or fails. */
  record Leaf(long ms, boolean fails) implements Program {}

  /** Makes so many children and waits for all of them. */
  record Flow(int width) implements Program {}

  /** Ends its worker after so long. */
  record Poison(long ms) implements Program {}

  /** Nobody knows how to do it: whoever takes it gives it back at once. */
  record Unknown() implements Program {}

  /** What it asks a worker to have. */
  static FunctionRef function(String text) {
    int blank = text.indexOf(' ');
    return new FunctionRef(blank < 0 ? text : text.substring(0, blank), 1);
  }

  static Program of(String text) {
    int blank = text.indexOf(' ');
    if (blank < 0) {
      return text.equals("unknown") ? new Unknown() : new Leaf(1, false);
    }
    int number = Integer.parseInt(text.substring(blank + 1));
    return switch (text.substring(0, blank)) {
      case "flow" -> new Flow(number);
      case "poison" -> new Poison(number);
      case "fail" -> new Leaf(number, true);
      default -> new Leaf(number, false);
    };
  }
}
