package dev.baton.operator.server;

import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * A group at a server, and where the token for it lies.
 *
 * @param server scheme, host and port; no path
 * @param token null if the server asks for none
 */
public record GroupAddress(URI server, String group, @Nullable SecretKey token) {

  /** A key of a Secret. */
  public record SecretKey(String namespace, String name, String key) {
    @Override
    public String toString() {
      return "key " + key + " of Secret " + namespace + "/" + name;
    }
  }
}
