package dev.baton.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.baton.server.background.BackgroundThread;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of the connections to a former owner. */
@Timeout(60)
class OwnerClientsIT {

  private final Vertx vertx = Vertx.vertx();
  private final FakeOwner one = new FakeOwner(vertx);
  private final FakeOwner two = new FakeOwner(vertx);
  private final Queue<Runnable> ending = new ArrayDeque<>();
  private final OwnerClients clients =
      new OwnerClients(vertx, new WireHeaders("secret"), ending::add);

  @AfterEach
  void stop() {
    vertx.close();
  }

  private Future<OwnerClient.Sign> asked(FakeOwner owner, long epoch) {
    Future<OwnerClient.Sign> probe = clients.of(owner.of(epoch)).probe(owner.of(epoch));
    await().until(() -> !owner.asked.isEmpty());
    return probe;
  }

  /** Whoever says that there is another owner has those wait that send to it. */
  @Test
  void theyEndOnAnotherThread() {
    Future<OwnerClient.Sign> underWay = asked(one, 1);
    OwnerClient former = clients.of(one.of(1));
    clients.leave(two.of(2));
    assertThat(ending).hasSize(1);
    assertThat(one.connections).hasPositiveValue();
    one.answer(request -> request.response().end());
    await().until(underWay::succeeded);
    Future<OwnerClient.Sign> late = former.probe(one.of(1));
    await().until(late::isComplete);
    assertThat(late.failed()).as("nothing more is sent there").isTrue();
    ending.remove().run();
    await().untilAsserted(() -> assertThat(one.connections).hasValue(0));
  }

  @Test
  void theyEndOnAnotherThreadAlsoForWhoIsTheFirstToSendToAnother() {
    asked(one, 1);
    Future<OwnerClient.Sign> next = asked(two, 2);
    assertThat(ending).hasSize(1);
    two.answer(request -> request.response().end());
    await().until(next::succeeded);
    assertThat(one.connections).hasPositiveValue();
  }

  /** An answer may be there before the thread that has asked goes on. */
  @Test
  void whatIsSaidIsHeardHoweverLateTheThreadIsThatAsks() throws Exception {
    var quick = new FakeOwner(vertx, "said");
    OwnerClient client = clients.of(quick.of(1));
    // Threads that give way start no event loop: it would give way, too, and not come to connect.
    for (int i = 0; i < VertxOptions.DEFAULT_EVENT_LOOP_POOL_SIZE; i++) {
      await().until(askOnNextLoop(client)::succeeded);
    }
    try (var asking = Executors.newFixedThreadPool(16)) {
      Callable<List<String>> ask =
          () -> {
            BackgroundThread.giveWay(19);
            List<String> heard = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
              heard.add(client.ask("/").toCompletionStage().toCompletableFuture().get().toString());
            }
            return heard;
          };
      for (var heard : asking.invokeAll(Collections.nCopies(16, ask))) {
        assertThat(heard.get()).containsOnly("said");
      }
    }
  }

  /** Elsewhere an answer could be lost, so that is refused before anything is sent. */
  @Test
  void whoSendsRequestsItselfDoesSoOnAnEventLoop() {
    OwnerClient client = clients.of(one.of(1));
    assertThatThrownBy(() -> client.post("")).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> client.request(HttpMethod.GET, "/", "", true))
        .isInstanceOf(IllegalStateException.class);
    Promise<HttpClientRequest> made = Promise.promise();
    vertx.runOnContext(_ -> client.post("").onComplete(made));
    await().until(made.future()::succeeded);
  }

  private static Future<Buffer> askOnNextLoop(OwnerClient client) throws Exception {
    var asking = new FutureTask<>(() -> client.ask("/"));
    Thread.ofPlatform().start(asking); // Each new thread is given the next one.
    return asking.get();
  }

  @Test
  void theyEndAtOnceWhenTheServerDoes() {
    asked(one, 1);
    clients.close();
    assertThat(ending).isEmpty();
    await().untilAsserted(() -> assertThat(one.connections).hasValue(0));
  }
}
