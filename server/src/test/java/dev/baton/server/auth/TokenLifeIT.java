package dev.baton.server.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.baton.server.BatonServer;
import dev.baton.server.Servers;
import dev.baton.server.config.Key;
import dev.baton.testing.Client;
import dev.baton.testing.Tokens;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a token holds open ends with it. */
class TokenLifeIT {

  private static final Tokens ISSUER = Tokens.of("ES256");

  @TempDir private Path folder;

  private final AtomicLong tokenClock = new AtomicLong(1_764_000_000_000L);

  @Test
  void streamsEndAMinuteAfterTheTokenAndTheWorkersWorkGoesToOthers() {
    long expiry = tokenClock.get() / 1000 + 3_600;
    String brief = "Bearer " + ISSUER.token("exp", expiry, "group", "g");
    String lasting = "Bearer " + ISSUER.admin();
    try (BatonServer server =
            Servers.start(
                Servers.memory()
                    .set(Key.AUTH_PUBLICKEY, ISSUER.pem())
                    .set(Key.HANDOVER_GRACE, "1")
                    .set(Key.METRICS_PORT, Servers.freePort()),
                tokenClock::get);
        Client client = new Client(server.port());
        Client.Stream worker = client.open("/poll/g/brief", "Authorization", brief);
        Client.Stream group = follow(client, "/groups/g", brief);
        Client.Stream groups = follow(client, "/groups", brief)) {
      awaitWorkers(client, lasting, 1);
      create(client, "job");
      assertThat(worker.nextTask()).isEqualTo("job");

      tokenClock.set((expiry + Authenticator.LEEWAY_SECONDS) * 1000);
      try (Client.Stream late = client.open("/poll/g/late", "Authorization", brief)) {
        assertThat(late.status()).as("still good for its leeway").isEqualTo(200);
        awaitWorkers(client, lasting, 2);

        tokenClock.addAndGet(1_000);
        for (Client.Stream stream : new Client.Stream[] {worker, late, group, groups}) {
          await().atMost(Duration.ofSeconds(20)).until(() -> isEnd(stream));
        }
      }
      awaitWorkers(client, lasting, 0);
      assertThat(client.send("HEAD", "/poll/g/brief", null, "Authorization", brief).status())
          .isEqualTo(401);
      try (Client.Stream other = client.open("/poll/g/other", "Authorization", lasting)) {
        assertThat(other.nextTask()).isEqualTo("job");
      }
      try (Client scraper = new Client(server.metricsPort())) {
        assertThat(scraper.send("GET", "/metrics", null).raw().body())
            .contains("baton_streams_ended_total{reason=\"token_expired\"} 4.0")
            .contains("baton_streams_ended_total{reason=\"key_removed\"} 0.0");
      }
    }
  }

  @Test
  void streamsEndWhenTheirKeyIsTakenAwayAndThoseOfTheOtherGoOn() throws IOException {
    Tokens next = Tokens.of("RS256");
    Path keys = Files.writeString(folder.resolve("keys.pem"), ISSUER.pem() + next.pem());
    try (BatonServer server =
            Servers.start(Servers.memory().set(Key.AUTH_PUBLICKEY, keys.toString()));
        Client client = new Client(server.port());
        Client.Stream old =
            client.open("/poll/g/old", "Authorization", "Bearer " + ISSUER.admin());
        Client.Stream fresh =
            client.open("/poll/g/fresh", "Authorization", "Bearer " + next.admin())) {
      assertThat(old.status()).isEqualTo(200);
      Path swap = Files.writeString(folder.resolve("swap"), next.pem());
      Files.move(swap, keys, StandardCopyOption.REPLACE_EXISTING);
      await().atMost(Duration.ofSeconds(60)).until(() -> isEnd(old));
      create(client, "job", next.admin());
      assertThat(fresh.nextTask()).isEqualTo("job");
      assertThat(
              client
                  .send("GET", "/groups", null, "Authorization", "Bearer " + ISSUER.admin())
                  .status())
          .isEqualTo(401);
    }
  }

  private static Client.Stream follow(Client client, String path, String authorization) {
    return client.open(path, "Authorization", authorization, "Accept", "text/event-stream");
  }

  private static boolean isEnd(Client.Stream stream) {
    var event = stream.next(0);
    return event != null && event.path("kind").asText().equals("end");
  }

  private static void awaitWorkers(Client client, String authorization, int count) {
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() ->
            client
                    .send("GET", "/groups/g", null, "Authorization", authorization)
                    .body()
                    .path("connectedWorkers")
                    .asInt()
                == count);
  }

  private static void create(Client client, String id) {
    create(client, id, ISSUER.admin());
  }

  private static void create(Client client, String id, String token) {
    String body =
        """
        {"kind":"promise.create","head":{"corrId":"c","version":"2026-04-01","auth":"%s"},
         "data":{"id":"%s","timeoutAt":99999999999999,"tags":{"resonate:target":"poll://any@g"}}}\
        """
            .formatted(token, id);
    assertThat(client.post(body).status()).isEqualTo(200);
  }
}
