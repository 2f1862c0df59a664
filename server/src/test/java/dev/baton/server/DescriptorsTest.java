package dev.baton.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.server.config.Key;
import dev.baton.server.config.ServerConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DescriptorsTest {

  @ParameterizedTest
  @CsvSource({
    "9223372036854775807, 20000",
    "1048576, 20000",
    "20384, 20000",
    "20000, 19616",
    "1024, 640",
    "300, 150"
  })
  void whatTheServerNeedsForItselfIsLeft(long files, int connections) {
    ServerConfig config = ServerConfig.of(Servers.memory());
    assertThat(Descriptors.connections(config, files)).isEqualTo(connections);
  }

  @Test
  void withoutPostsMoreIsForConnections() {
    ServerConfig config = ServerConfig.of(Servers.memory().set(Key.PUSH_ENABLED, "false"));
    assertThat(Descriptors.connections(config, 1_024)).isEqualTo(896);
  }

  @ParameterizedTest
  @CsvSource({"0, 480", "15000, 480", "100, 100", "20000, 640"})
  void oneAddressLeavesAQuarterUnlessItMayHaveAll(String perAddress, int expected) {
    ServerConfig config =
        ServerConfig.of(Servers.memory().set(Key.SERVER_MAX_CONNECTIONS_PER_ADDRESS, perAddress));
    assertThat(Gate.mostOfAddress(config.http(), 640)).isEqualTo(expected);
  }

  @Test
  void theSystemSaysHowManyThereAre() {
    assertThat(Descriptors.most()).isPositive();
    assertThat(Descriptors.most(1_024)).isEqualTo(1_024);
    assertThat(Descriptors.most(-1)).as("unlimited").isEqualTo(Long.MAX_VALUE);
  }
}
