package dev.baton.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.server.config.Key;
import dev.baton.server.config.Layers;
import dev.baton.server.config.ServerConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MostConnectionsTest {

  private static final long FILES = 1 << 20;

  private static ServerConfig withTls(Layers layers) {
    return ServerConfig.of(
        layers.set(Key.SERVER_TLS_CERT, "tls.crt").set(Key.SERVER_TLS_KEY, "tls.key"));
  }

  @ParameterizedTest
  @CsvSource({"64, 1820", "128, 3640", "356, 10126", "1024, 20000"})
  void withTlsTheyTakeNoMoreThanAThirdOfTheHeap(long megabytes, int most) {
    MostConnections connections =
        MostConnections.of(withTls(Servers.memory()), FILES, megabytes << 20);
    assertThat(connections.number()).isEqualTo(most);
    if (most < 20_000) {
      assertThat(connections.why()).contains("a third of the heap", megabytes + " MB (-Xmx)");
    } else {
      assertThat(connections.why()).isNull();
    }
  }

  @Test
  void withoutTlsASmallHeapHasRoomForAll() {
    MostConnections connections =
        MostConnections.of(ServerConfig.of(Servers.memory()), FILES, 64 << 20);
    assertThat(connections.number()).isEqualTo(20_000);
    assertThat(connections.why()).isNull();
  }

  @Test
  void whatTheProcessMayOpenBoundsThemToo() {
    MostConnections connections = MostConnections.of(withTls(Servers.memory()), 1_024, 1L << 30);
    assertThat(connections.number()).isEqualTo(640);
    assertThat(connections.why()).isEqualTo("this process may have 1024 files open (ulimit -n)");
  }

  @Test
  void fewThatAreWishedForAreFew() {
    ServerConfig config = withTls(Servers.memory().set(Key.SERVER_MAX_CONNECTIONS, "100"));
    assertThat(MostConnections.of(config, FILES, 64 << 20))
        .isEqualTo(new MostConnections(100, null));
  }
}
