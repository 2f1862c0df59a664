package dev.baton.server;

import dev.baton.server.config.Key;
import dev.baton.server.config.Layers;
import dev.baton.server.config.ServerConfig;
import dev.baton.testing.Ports;
import java.nio.file.Path;
import java.util.function.LongSupplier;

/** Servers as tests need them: on free ports, without metrics. */
public final class Servers {

  private Servers() {}

  /** The layers of a server that keeps nothing. */
  public static Layers memory() {
    return Layers.inMemory();
  }

  /** The layers of a server that keeps its promises in a file. */
  public static Layers sqlite(Path file) {
    return memory().set(Key.STORAGE_SQLITE_PATH, file.toString());
  }

  /** The layers of a server that keeps its promises in a database. */
  public static Layers postgres(String url) {
    return memory().set(Key.STORAGE_TYPE, "postgres").set(Key.STORAGE_POSTGRES_URL, url);
  }

  /** A port that nobody listened on a moment ago. */
  public static String freePort() {
    return Integer.toString(Ports.free());
  }

  /** Starts a server. */
  public static BatonServer start(Layers layers) {
    return BatonServer.start(ServerConfig.of(layers));
  }

  /** Starts a server that judges tokens by that clock. */
  public static BatonServer start(Layers layers, LongSupplier tokenClock) {
    return BatonServer.start(ServerConfig.of(layers), null, tokenClock);
  }
}
