package dev.baton.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.server.config.ServerConfig;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class OpenDoorTest {

  @Test
  void aServerThatLetsEverybodyInSaysSoAndWhere() {
    assertThat(BatonServer.openDoor(null, "0.0.0.0:8001"))
        .contains("No authentication", "0.0.0.0:8001", "auth.publickey");
    assertThat(BatonServer.openDoor(auth("none"), "[::1]:8001"))
        .contains("NOT checked", "[::1]:8001", "auth.publickey is none");
    assertThat(BatonServer.openDoor(auth("public.pem"), "0.0.0.0:8001")).isNull();
  }

  private static ServerConfig.@Nullable Auth auth(String key) {
    return new ServerConfig.Auth(key, null, null, false);
  }
}
