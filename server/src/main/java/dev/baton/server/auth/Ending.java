package dev.baton.server.auth;

/** Why what a token opened has ended before its time. */
public enum Ending {
  /** The token's time is over. */
  TOKEN_EXPIRED,

  /** The key that the token was signed with is trusted no more. */
  KEY_REMOVED
}
