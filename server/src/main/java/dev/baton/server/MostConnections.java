package dev.baton.server;

import dev.baton.server.config.ServerConfig;
import org.jspecify.annotations.Nullable;

/**
 * How many connections there may be. Who waits on one costs memory that no other account holds:
 * without TLS some 4 KB, of which even a small heap has enough for all of {@code
 * server.max_connections}, with TLS three times as much.
 *
 * @param why what keeps them from being as many as that; null if nothing does
 */
record MostConnections(int number, @Nullable String why) {

  /** What an idle connection with TLS takes of the heap, and a little more. */
  private static final int BYTES_WITH_TLS = 12 << 10;

  /**
   * Those of a server with that configuration.
   *
   * @param files how many files the process may have open
   * @param heap the largest heap, bytes
   */
  static MostConnections of(ServerConfig config, long files, long heap) {
    int wished = config.http().maxConnections();
    int byFiles = Descriptors.connections(config, files);
    long byHeap = config.http().tls() == null ? wished : Math.max(1, heap / 3 / BYTES_WITH_TLS);
    if (byHeap < byFiles) {
      return new MostConnections(
          (int) byHeap,
          "with TLS each may take %d KB, and all of them a third of the heap, which has %d MB (-Xmx)"
              .formatted(BYTES_WITH_TLS >> 10, heap >> 20));
    }
    return new MostConnections(
        byFiles,
        byFiles < wished ? "this process may have " + files + " files open (ulimit -n)" : null);
  }
}
