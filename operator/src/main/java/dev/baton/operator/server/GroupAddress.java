package dev.baton.operator.server;

import org.jspecify.annotations.Nullable;

/**
 * A group at a server, and where the token for it lies.
 *
 * @param server scheme, host and port, as written; no path
 * @param token null if the server asks for none
 */
public record GroupAddress(String server, String group, @Nullable SecretKey token) {

  /** The server of the group. */
  public ServerAddress at() {
    return new ServerAddress(server, token);
  }

  /** A key of a Secret. */
  public record SecretKey(String namespace, String name, String key) {
    @Override
    public String toString() {
      return "key " + key + " of Secret " + namespace + "/" + name;
    }
  }
}
