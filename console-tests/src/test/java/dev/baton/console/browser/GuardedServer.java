package dev.baton.console.browser;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.baton.server.BatonServer;
import dev.baton.server.config.Key;
import dev.baton.server.config.ServerConfig;
import dev.baton.testing.Client;
import dev.baton.testing.Tokens;

/** A real server that asks for tokens. */
final class GuardedServer implements AutoCloseable {

  /** Whose tokens it takes. */
  static final Tokens ISSUER = Tokens.of("ES256");

  private final BatonServer server =
      BatonServer.start(ServerConfig.of(Policy.layers().set(Key.AUTH_PUBLICKEY, ISSUER.pem())));
  private final Client client = new Client(server.port());

  /** The page, to who has no token yet. */
  String address() {
    return server.url() + "/console/";
  }

  /** A screen, to who has that token. */
  String address(String token, String screen) {
    return address() + "#token=" + token + "&/" + screen;
  }

  /** Does as an administrator asks, and answers the data; fails where it is not done. */
  JsonNode command(String kind, String data) {
    Client.Answer answer =
        client.post(
            "{\"kind\":\"%s\",\"head\":{\"corrId\":\"c\",\"version\":\"2026-04-01\",\"auth\":\"%s\"},\"data\":%s}"
                .formatted(kind, ISSUER.admin(), data));
    assertThat(answer.status()).as("%s: %s", kind, answer.body()).isEqualTo(200);
    return answer.data();
  }

  @Override
  public void close() {
    client.close();
    server.close();
  }
}
