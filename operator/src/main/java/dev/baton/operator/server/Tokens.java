package dev.baton.operator.server;

import org.jspecify.annotations.Nullable;

/** Where tokens come from. */
@FunctionalInterface
public interface Tokens {

  /**
   * The token, as it is now.
   *
   * @throws ServerUnavailableException of kind {@code TOKEN_MISSING}
   */
  String read(GroupAddress.SecretKey key);

  /** The token for a server, as it is now; null if it asks for none. Throws as {@link #read}. */
  default @Nullable String forServer(ServerAddress server) {
    return server.token() == null ? null : read(server.token());
  }

  /** A server has refused a token: what was read is not to be relied on any more. */
  default void refused() {}

  /** Is told, by any thread, when another token than before is to be had, or none any more. */
  default void onChange(Runnable changed) {}
}
