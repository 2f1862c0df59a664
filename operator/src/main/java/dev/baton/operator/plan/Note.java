package dev.baton.operator.plan;

import dev.baton.operator.api.v1alpha1.Reason;

/** An event to tell. */
public record Note(boolean warns, Reason reason, String message) {

  /** Of something that went as it should. */
  public static Note normal(Reason reason, String message) {
    return new Note(false, reason, message);
  }

  /** Of something that somebody should look at. */
  public static Note warning(Reason reason, String message) {
    return new Note(true, reason, message);
  }
}
