package dev.baton.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.baton.server.config.ConfigurationException;
import dev.baton.server.config.Key;
import dev.baton.server.config.Layers;
import dev.baton.server.config.ServerConfig;
import dev.baton.testing.Client;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What was settled long ago goes, and nothing else. */
class RetentionIT {

  private static final String CREATE =
      """
      {"kind":"promise.create","head":{"corrId":"c","version":"2026-04-01"},"data":{"id":"%s",
       "timeoutAt":9000000000000,"param":{},"tags":{}}}\
      """;

  private static final String SETTLE =
      """
      {"kind":"promise.settle","head":{"corrId":"c","version":"2026-04-01"},"data":{"id":"%s",
       "state":"resolved","value":{}}}\
      """;

  private static final String GET =
      """
      {"kind":"promise.get","head":{"corrId":"c","version":"2026-04-01"},"data":{"id":"%s"}}\
      """;

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"memory", "sqlite"})
  void settledPromisesGoAfterTheirTime(String store) {
    Layers layers =
        store.equals("memory") ? Servers.memory() : Servers.sqlite(folder.resolve("r.db"));
    try (BatonServer server = Servers.start(layers.set(Key.STORAGE_RETENTION, "100ms"));
        Client client = new Client(server.port())) {
      for (String id : new String[] {"old", "open", "old:1", "open:1"}) {
        assertThat(client.post(CREATE.formatted(id)).status()).isEqualTo(200);
      }
      for (String id : new String[] {"old", "old:1", "open:1"}) {
        assertThat(client.post(SETTLE.formatted(id)).status()).isEqualTo(200);
      }
      await().until(() -> client.post(GET.formatted("old")).status() == 404);
      await().until(() -> client.post(GET.formatted("old:1")).status() == 404);
      assertThat(client.post(GET.formatted("open")).status()).isEqualTo(200);
      assertThat(client.post(GET.formatted("open:1")).status())
          .as("its root is pending")
          .isEqualTo(200);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"soon", "-1s", "5", "1y"})
  void aTimeThatIsNoneIsRefusedByName(String text) {
    Layers layers = Servers.memory().set(Key.STORAGE_RETENTION, text);
    assertThatThrownBy(() -> ServerConfig.of(layers))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("storage.retention")
        .hasMessageContaining(
            "must be a duration such as 90s, 12h or 30d, or 0, not '" + text + "'");
  }
}
