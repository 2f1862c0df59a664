package dev.baton.console.browser;

import dev.baton.server.BatonServer;
import dev.baton.server.config.Layers;
import dev.baton.server.config.ServerConfig;
import dev.baton.testing.Client;

/** Real servers, and what they say of scripts. */
final class Policy {

  private Policy() {}

  static Layers layers() {
    return Layers.inMemory();
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
