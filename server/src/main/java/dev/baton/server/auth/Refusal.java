package dev.baton.server.auth;

/** Why a token opens nothing. */
public enum Refusal implements Judgement {
  /** None was sent. */
  MISSING("Bearer"),

  /** What was sent is no token, or not one for this server. */
  INVALID("Bearer error=\"invalid_token\""),

  /** It was good once. */
  EXPIRED("Bearer error=\"invalid_token\", error_description=\"the token has expired\""),

  /** Nobody looked: too many others that were no tokens have just come from the same address. */
  TOO_MANY("Bearer");

  private final String challenge;

  Refusal(String challenge) {
    this.challenge = challenge;
  }

  /** The answer's status. */
  public int status() {
    return this == TOO_MANY ? 429 : 401;
  }

  /** The answer's text. It never holds what was sent. */
  public String text() {
    return this == TOO_MANY
        ? "Too many invalid tokens have come from this address: try again in a second"
        : "Unauthorized";
  }

  /** The value of the header {@code WWW-Authenticate} (RFC 6750). */
  public String challenge() {
    return challenge;
  }
}
