package dev.baton.server.simulation;

import org.jspecify.annotations.Nullable;

/** Something that must always hold did not. An error, so that nobody on the way catches it. */
final class Violation extends AssertionError {

  private static final long serialVersionUID = 1;

  /** What must hold. Two violations of the same are the same finding. */
  final String invariant;

  Violation(String invariant, String found) {
    this(invariant, found, null);
  }

  Violation(String invariant, String found, @Nullable Throwable cause) {
    super(invariant + ": " + found, cause);
    this.invariant = invariant;
  }
}
