package dev.baton.legacy;

import dev.baton.server.BatonServer;
import dev.baton.server.config.Key;
import dev.baton.server.config.Layers;
import dev.baton.server.config.ServerConfig;

/** Servers that speak the old interface, on free ports. */
final class LegacyServers {

  private LegacyServers() {}

  /** The layers of a server that keeps nothing. */
  static Layers memory() {
    return Layers.inMemory().set(Key.LEGACY_ENABLED, "true").set(Key.LEGACY_POLL_PORT, "0");
  }

  static BatonServer start(Layers layers) {
    return BatonServer.start(ServerConfig.of(layers), Legacy::new);
  }
}
