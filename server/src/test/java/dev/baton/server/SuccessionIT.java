package dev.baton.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.baton.server.config.Key;
import dev.baton.server.config.ServerConfig;
import dev.baton.testing.Client;
import dev.baton.testing.Postgres;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** An owner that leaves, and a server that was about to follow it and does not. */
@Timeout(120)
class SuccessionIT {

  private static final String PATIENT = "60000";

  private final String url = Postgres.shared().newDatabase();
  private final List<BatonServer> servers = new ArrayList<>();
  private final Vertx vertx = Vertx.vertx();

  @AfterEach
  void stop() {
    servers.forEach(BatonServer::close);
    vertx.close();
  }

  private BatonServer start() {
    BatonServer server =
        BatonServer.start(
            ServerConfig.of(
                Servers.memory()
                    .set(Key.STORAGE_TYPE, "postgres")
                    .set(Key.STORAGE_POSTGRES_URL, url)
                    .set(Key.STORAGE_POSTGRES_USER, Postgres.USER)
                    .set(Key.CLUSTER_PORT, "0")
                    .set(Key.CLUSTER_SECRET, Members.SECRET)
                    .set(Key.CLUSTER_HOLD, PATIENT)
                    .set(Key.METRICS_PORT, Servers.freePort())));
    servers.add(server);
    return server;
  }

  private static boolean owns(BatonServer server) {
    return Objects.requireNonNull(server.member()).shard() != null;
  }

  private enum How {
    /** As one that could not read the store. */
    GIVES_ITS_PLACE_BACK,
    /** As one that was killed. */
    ENDS_ITS_CONNECTION
  }

  /** One that says on the wire that it follows, and no more. */
  private final class Deserter {
    private final HttpClient client;

    Deserter(BatonServer owner) {
      URI wire = URI.create(Objects.requireNonNull(owner.member()).publicUrl());
      this.client =
          vertx.createHttpClient(
              new HttpClientOptions()
                  .setDefaultHost(wire.getHost())
                  .setDefaultPort(wire.getPort())
                  .setProtocolVersion(HttpVersion.HTTP_2)
                  .setHttp2ClearTextUpgrade(false));
    }

    int ask(HttpMethod method, String path) {
      return client
          .request(method, path)
          .compose(request ->
              request
                  .putHeader("baton-wire", "1")
                  .putHeader("baton-cluster-secret", Members.SECRET)
                  .putHeader("baton-replica", "deserter")
                  .send())
          .toCompletionStage()
          .toCompletableFuture()
          .orTimeout(20, TimeUnit.SECONDS)
          .join()
          .statusCode();
    }

    void desert(How how) {
      switch (how) {
        case GIVES_ITS_PLACE_BACK ->
            assertThat(ask(HttpMethod.POST, "/cluster/back/deserter")).isEqualTo(200);
        case ENDS_ITS_CONNECTION -> client.close();
      }
    }
  }

  /** The owner begins to end, and serves on for somebody who is about to follow it. */
  private CompletableFuture<Void> ending(BatonServer owner, Deserter deserter) {
    await().until(() -> owns(owner));
    assertThat(deserter.ask(HttpMethod.GET, "/cluster/owner")).isEqualTo(200);
    CompletableFuture<Void> end =
        CompletableFuture.runAsync(owner::close).orTimeout(60, TimeUnit.SECONDS);
    await().until(() -> deserter.ask(HttpMethod.POST, "/cluster/successor/deserter") == 200);
    return end;
  }

  @ParameterizedTest
  @EnumSource
  void theOwnerIsFollowedByAnother(How how) {
    BatonServer owner = start();
    Deserter deserter = new Deserter(owner);
    CompletableFuture<Void> end = ending(owner, deserter);
    BatonServer other = start();
    try (Client client = new Client(other.port());
        Client metrics = new Client(other.metricsPort())) {
      await().until(() -> client.send("GET", "/ready", null).status() == 200);
      assertThat(end).isNotDone();
      deserter.desert(how);
      await().until(() -> owns(other));
      end.join();
      assertThat(metrics.send("GET", "/metrics", null).body().path("text").asText())
          .contains("baton_cluster_handovers_total 1.0");
    }
  }

  /** And not when it has waited for as long as the store may take to be read. */
  @ParameterizedTest
  @EnumSource
  void theOwnerEndsAtOnceIfThereIsNoOther(How how) {
    BatonServer owner = start();
    Deserter deserter = new Deserter(owner);
    CompletableFuture<Void> end = ending(owner, deserter);
    deserter.desert(how);
    assertThat(end).succeedsWithin(Duration.ofMillis(Follower.MOST_READING_MS / 2));
  }
}
