package dev.baton.operator.server;

import dev.baton.operator.server.GroupAddress.SecretKey;
import org.jspecify.annotations.Nullable;

/**
 * A server, and where the token for it lies.
 *
 * @param server scheme, host and port, as written; no path
 * @param token null if the server asks for none
 */
public record ServerAddress(String server, @Nullable SecretKey token) {}
