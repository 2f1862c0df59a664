package dev.baton.console.browser;

import dev.baton.server.BatonServer;
import dev.baton.server.config.Key;
import dev.baton.server.config.Layers;
import dev.baton.server.config.ServerConfig;
import dev.baton.testing.Client;

/** Real servers, and what they say of scripts. */
final class Policy {

  private Policy() {}

  static Layers layers() {
    return new Layers()
        .set(Key.SERVER_PORT, "0")
        .set(Key.SERVER_BIND, "127.0.0.1")
        .set(Key.SERVER_HOST, "127.0.0.1")
        .set(Key.METRICS_PORT, "0")
        .set(Key.STORAGE_SQLITE_PATH, ":memory:");
  }

  /** The content security policy that a real server sends with the page. */
  static String asServed() {
    try (BatonServer server = BatonServer.start(ServerConfig.of(layers()));
        Client client = new Client(server.port())) {
      return client
          .send("GET", "/console/", null)
          .raw()
          .headers()
          .firstValue("content-security-policy")
          .orElseThrow();
    }
  }
}
