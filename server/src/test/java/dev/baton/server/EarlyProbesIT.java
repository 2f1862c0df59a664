package dev.baton.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import java.net.URI;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Another server asks for a sign of life of one that has claimed the store and does not serve yet.
 */
@Timeout(60)
class EarlyProbesIT {

  private final Members members = new Members(2);
  private final Vertx vertx = Vertx.vertx();
  private final HttpClient client =
      vertx.createHttpClient(
          new HttpClientOptions()
              .setProtocolVersion(HttpVersion.HTTP_2)
              .setHttp2ClearTextUpgrade(false));

  @AfterEach
  void stop() {
    vertx.close();
    members.close();
  }

  /** What it is told by a server, as one that takes it for the owner of that epoch. */
  private Future<Integer> probe(long epoch) {
    int port = URI.create(members.wire(0)).getPort();
    return client
        .request(HttpMethod.GET, port, "127.0.0.1", "/cluster/owner")
        .compose(request ->
            request
                .putHeader("baton-wire", "1")
                .putHeader("baton-cluster-secret", Members.SECRET)
                .putHeader("baton-epoch", Long.toString(epoch))
                .send())
        .map(HttpClientResponse::statusCode);
  }

  private static void awaitStatus(Future<Integer> probe, int status) {
    await().until(probe::isComplete);
    assertThat(probe.result()).isEqualTo(status);
  }

  @Test
  void itAnswersWhenItServes() {
    members.member(0).view().claimed(1);
    Future<Integer> early = probe(1);
    awaitStatus(probe(7), 421); // That one does not wait for what it has not claimed.
    assertThat(early.isComplete()).isFalse();
    members.own(0);
    awaitStatus(early, 200);
    awaitStatus(probe(1), 200);
  }

  @Test
  void itAnswersAlsoIfItDoesNotComeToServe() {
    members.member(0).view().claimed(1);
    awaitStatus(probe(1), 421);
    members.member(0).view().claimed(0);
    awaitStatus(probe(1), 421);
  }
}
