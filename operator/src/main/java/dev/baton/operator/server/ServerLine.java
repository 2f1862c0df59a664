package dev.baton.operator.server;

import org.jspecify.annotations.Nullable;

/**
 * A server as it is spoken to with one token: all Secrets that hold the same token share it.
 *
 * @param server scheme, host and port, as written; no path
 * @param token null if the server asks for none
 */
record ServerLine(String server, @Nullable String token) {

  /** A token is not shown. */
  @Override
  public String toString() {
    return server;
  }
}
