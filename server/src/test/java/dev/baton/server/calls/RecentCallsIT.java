package dev.baton.server.calls;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.baton.server.BatonServer;
import dev.baton.server.Servers;
import dev.baton.server.config.Key;
import dev.baton.testing.Client;
import dev.baton.testing.Tokens;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Calls that were settled last, to somebody who sees some of them. */
class RecentCallsIT {

  private static final Tokens ISSUER = Tokens.of("ES256");
  private static final String ADMIN = ISSUER.admin();

  private static BatonServer server;
  private static Client client;

  @BeforeAll
  static void start() {
    server = Servers.start(Servers.memory().set(Key.AUTH_PUBLICKEY, ISSUER.pem()));
    client = new Client(server.port());
  }

  @AfterAll
  static void stop() {
    client.close();
    server.close();
  }

  private static void settle(String id) {
    for (String request :
        List.of(
            "'promise.create','data':{'id':'%s','timeoutAt':99999999999999}",
            "'promise.settle','data':{'id':'%s','state':'resolved','value':{}}")) {
      String envelope =
          "{'head':{'corrId':'1','version':'2026-04-01','auth':'%s'},'kind':%s}"
              .formatted(ADMIN, request.formatted(id))
              .replace('\'', '"');
      assertThat(client.post(envelope).status()).isEqualTo(200);
    }
  }

  private static Client.Answer ask(String path, String token) {
    return client.send("GET", path, null, "Authorization", "Bearer " + token);
  }

  private static List<String> ids(JsonNode page) {
    List<String> ids = new ArrayList<>();
    page.path("items").forEach(item -> ids.add(item.path("id").textValue()));
    return ids;
  }

  @Test
  void aPageOfRecentCallsSaysNothingOfHowManyEventsThereWere() {
    for (int i = 0; i < 3; i++) {
      settle("others." + i);
      settle("recently." + i);
    }
    String own = ISSUER.prefix("recently.");
    List<String> found = new ArrayList<>();
    String cursor = "";
    Set<String> cursors = new HashSet<>();
    while (cursor != null) {
      JsonNode page =
          ask("/calls?order=recent&limit=1" + (cursor.isEmpty() ? "" : "&cursor=" + cursor), own)
              .body();
      found.addAll(ids(page));
      cursor = page.path("cursor").textValue();
      assertThat(cursor == null || cursors.add(cursor)).isTrue();
    }
    assertThat(found).containsExactly("recently.2", "recently.1", "recently.0");
    String first = "/calls?order=recent&limit=1";
    assertThat(ask(first, own).body().path("cursor").textValue())
        .matches("[0-9a-f]{88}")
        .isNotEqualTo(ask(first, own).body().path("cursor").textValue());
    assertThat(ask(first, ADMIN).body().path("cursor").textValue()).matches("[0-9]+");
    for (String wrong : List.of("5", "00", "0".repeat(88))) {
      assertThat(ids(ask(first + "&cursor=" + wrong, own).body()))
          .as("of before a restart, perhaps")
          .containsExactly("recently.2");
    }
    assertThat(ask(first + "&cursor=no", own).status()).isEqualTo(400);
  }
}
