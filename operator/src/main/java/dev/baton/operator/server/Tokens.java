package dev.baton.operator.server;

/** Where tokens come from. */
@FunctionalInterface
public interface Tokens {

  /**
   * The token, as it is now.
   *
   * @throws ServerUnavailableException of kind {@code TOKEN_MISSING}
   */
  String read(GroupAddress.SecretKey key);

  /** A server has refused a token: what was read is not to be relied on any more. */
  default void refused() {}
}
