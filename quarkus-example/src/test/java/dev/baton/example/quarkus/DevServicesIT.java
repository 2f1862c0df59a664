package dev.baton.example.quarkus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.baton.sdk.Resonate;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.net.URI;
import java.time.Duration;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.Test;

/** The application as in dev mode and in tests: no server is there, and one is started. */
@QuarkusTest
final class DevServicesIT {

  private static final Duration LIMIT = Duration.ofSeconds(30);

  @Inject
  @ConfigProperty(name = "test.url")
  URI base;

  @Inject Resonate resonate;

  @Test
  void aServerIsStartedByItself() {
    assertThat(resonate.settings().url().getHost()).isEqualTo("localhost");
    await()
        .atMost(LIMIT)
        .untilAsserted(() -> {
          var health = new Http(base).get("/q/health/ready");
          assertThat(health.statusCode()).isEqualTo(200);
          assertThat(health.body()).contains("Baton connection", "CONNECTED", "orders");
        });
  }

  @Test
  void anOrderIsAcceptedApprovedAndDone() {
    var http = new Http(base);
    var accepted =
        http.post("/orders", "{\"item\":\"pencil\",\"count\":3}", "Idempotency-Key", "1");
    assertThat(accepted.statusCode()).isEqualTo(202);
    assertThat(accepted.headers().firstValue("Location").orElse("")).endsWith("/orders/order-1");
    assertThat(http.get("/orders/order-1").statusCode()).isEqualTo(202);
    await()
        .atMost(LIMIT)
        .untilAsserted(
            () -> assertThat(http.get("/approvals").body()).contains("order-1", "pencil"));
    var yes = http.post("/orders/order-1/decision", "{\"approved\":true,\"by\":\"Ada\"}");
    assertThat(Http.json(yes).get("counts").asBoolean()).isTrue();
    var no = http.post("/orders/order-1/decision", "{\"approved\":false,\"by\":\"Bob\"}");
    assertThat(Http.json(no).get("counts").asBoolean()).isFalse();
    await()
        .atMost(LIMIT)
        .untilAsserted(() -> {
          var done = http.get("/orders/order-1");
          assertThat(done.statusCode()).isEqualTo(200);
          assertThat(Http.json(done).at("/receipt/cents").asLong()).isEqualTo(750);
          assertThat(Http.json(done).at("/receipt/approvedBy").asText()).isEqualTo("Ada");
        });
    var again = http.post("/orders", "{\"item\":\"pen\",\"count\":1}", "Idempotency-Key", "1");
    assertThat(Http.json(again).get("id").asText()).isEqualTo("order-1");
  }

  @Test
  void aRefusedOrderFailsWithTheReason() {
    var http = new Http(base);
    http.post("/orders", "{\"item\":\"desk\",\"count\":1}", "Idempotency-Key", "2");
    await()
        .atMost(LIMIT)
        .untilAsserted(() ->
            assertThat(
                    http.post("/orders/order-2/decision", "{\"approved\":false,\"by\":\"Bob\"}")
                        .statusCode())
                .isEqualTo(200));
    await()
        .atMost(LIMIT)
        .untilAsserted(() -> {
          var failed = Http.json(http.get("/orders/order-2"));
          assertThat(failed.get("status").asText()).isEqualTo("failed");
          assertThat(failed.get("problem").asText()).contains("refused by Bob");
        });
  }

  @Test
  void whatDoesNotExistIsNotFound() {
    assertThat(new Http(base).get("/orders/order-none").statusCode()).isEqualTo(404);
    assertThat(
            new Http(base)
                .post("/orders/order-none/decision", "{\"approved\":true,\"by\":\"Ada\"}")
                .statusCode())
        .isEqualTo(404);
  }
}
