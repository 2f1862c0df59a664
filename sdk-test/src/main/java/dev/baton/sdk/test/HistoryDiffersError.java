package dev.baton.sdk.test;

/** Code makes other steps than those that were recorded; the message names the first. */
public final class HistoryDiffersError extends AssertionError {

  private static final long serialVersionUID = 1;

  HistoryDiffersError(String message) {
    super(message);
  }
}
