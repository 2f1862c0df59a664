package dev.baton.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.baton.server.cluster.ClusterMetrics;
import dev.baton.server.cluster.Owner;
import dev.baton.testing.Client;
import dev.baton.testing.TcpProxy;
import java.net.URI;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An owner does what it is asked and is lost before its answer has got anywhere. */
@Timeout(60)
class RepeatedRequestsIT {

  private static final String ACQUIRE = "{'id':'t','version':0,'pid':'w','ttl':60000}";
  private static final String FULFILL =
      "{'id':'t','version':1,'action':{'kind':'promise.settle','head':{},'data':{'id':'t',"
          + "'state':'resolved','value':{'headers':{'a':'b'},'data':'eA=='}}}}";
  private static final String OTHERWISE = FULFILL.replace("resolved", "rejected");
  private static final String SUSPEND =
      "{'id':'t','version':1,'actions':[{'kind':'promise.register_callback','head':{},"
          + "'data':{'awaited':'t.1','awaiter':'t'}}]}";
  private static final String RELEASE = "{'id':'t','version':1}";

  private final Members members = new Members(3);
  private final TcpProxy wire;

  /** The first server owns the store; the second reaches it by a wire that can lose its answers. */
  RepeatedRequestsIT() {
    members.own(0);
    wire = TcpProxy.to(URI.create(members.wire(0)).getPort());
    members.member(1).follow(new Owner(1, "http://127.0.0.1:" + wire.port(), null));
    create("t");
    create("t.1");
  }

  @AfterEach
  void stop() {
    members.close();
    wire.close();
  }

  private void create(String id) {
    String tags = "'resonate:target':'poll://any@workers','resonate:branch':'t'";
    String promise = "{'id':'%s','timeoutAt':99999999999999,'tags':{%s}}".formatted(id, tags);
    assertThat(members.client(1).call("promise.create", promise).status()).isEqualTo(200);
  }

  private JsonNode task() {
    return members.client(0).call("task.get", "{'id':'t'}").data().path("task");
  }

  /** What is done and not answered; another owns the store then. */
  private Client.Answer lose(String kind, String request, String state, int next) throws Exception {
    wire.silenceAnswers();
    CompletableFuture<Client.Answer> answer =
        CompletableFuture.supplyAsync(() -> members.client(1).call(kind, request));
    await().until(() -> task().path("state").asText().equals(state));
    assertThat(answer).isNotDone();
    members.own(next);
    return answer.get(20, TimeUnit.SECONDS);
  }

  /** Also if the server that passed it on owns the store itself, and if it is the same again. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void anAcquireIsGrantedByTheNextOwner(int next) throws Exception {
    Client.Answer granted = lose("task.acquire", ACQUIRE, "acquired", next);
    assertThat(granted.status()).isEqualTo(200);
    assertThat(granted.data().path("task")).isEqualTo(task());
    assertThat(task().path("version").asInt()).isEqualTo(1);
    assertThat(task().path("pid").asText()).isEqualTo("w");
    assertThat(granted.data().at("/promise/id").asText()).isEqualTo("t");
    assertThat(granted.data().at("/preload/0/id").asText()).isEqualTo("t.1");
    assertThat(members.client(1).call("task.fulfill", FULFILL).status()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void aFulfillIsAnsweredWithItsPromise(int next) throws Exception {
    members.client(1).call("task.acquire", ACQUIRE);
    Client.Answer done = lose("task.fulfill", FULFILL, "fulfilled", next);
    assertThat(done.status()).isEqualTo(200);
    assertThat(done.data()).isEqualTo(members.client(0).call("promise.get", "{'id':'t'}").data());
    assertThat(done.data().at("/promise/value/data").asText()).isEqualTo("eA==");
  }

  @Test
  void aSuspendIsAnsweredAndItsTaskWakesUp() throws Exception {
    members.client(1).call("task.acquire", ACQUIRE);
    Client.Answer done = lose("task.suspend", SUSPEND, "suspended", 2);
    assertThat(done.status()).isEqualTo(200);
    assertThat(done.data()).isEmpty();
    members.client(1).call("promise.settle", "{'id':'t.1','state':'resolved','value':{}}");
    assertThat(task().path("state").asText()).isEqualTo("pending");
  }

  /** An owner that has ended for this server takes nothing, so nothing is sent to it. */
  @Test
  void whatComesAfterTheOwnerHasEndedIsNotLostWithIt() throws Exception {
    members.client(1).call("task.acquire", ACQUIRE);
    wire.silenceAnswers();
    members.member(1).view().ended(1);
    CompletableFuture<Client.Answer> answer =
        CompletableFuture.supplyAsync(() -> members.client(1).call("task.release", RELEASE));
    ClusterMetrics counted = members.member(1).replica().metrics();
    await().until(() -> counted.waiting() > 0 || task().path("state").asText().equals("pending"));
    members.own(1);
    assertThat(answer.get(20, TimeUnit.SECONDS).status()).isEqualTo(200);
    assertThat(task().path("state").asText()).isEqualTo("pending");
  }

  /** Its task is on offer: so it would be if its lease had ended. */
  @Test
  void whetherAReleaseHasHappenedIsNotKnown() throws Exception {
    members.client(1).call("task.acquire", ACQUIRE);
    assertThat(lose("task.release", RELEASE, "pending", 2).status()).isEqualTo(503);
    assertThat(task().path("version").asInt()).isEqualTo(1);
  }

  /** Somebody else has settled the promise while the request was under way. */
  @Test
  void anOutcomeOfSomebodyElseIsNotItsOwn() throws Exception {
    members.client(1).call("task.acquire", ACQUIRE);
    long before = members.member(1).replica().metrics().forwarded();
    wire.silence();
    CompletableFuture<Client.Answer> answer =
        CompletableFuture.supplyAsync(() -> members.client(1).call("task.fulfill", FULFILL));
    await().until(() -> members.member(1).replica().metrics().forwarded() > before);
    assertThat(members.client(0).call("task.fulfill", OTHERWISE).status()).isEqualTo(200);
    members.own(2);
    assertThat(answer.get(20, TimeUnit.SECONDS).status()).isEqualTo(503);
  }

  /** What is no repeat is refused, whatever a client says of itself, to the owner or another. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void aClientsWordForARepeatIsNotTaken(int at) {
    members.client(1).call("task.acquire", ACQUIRE);
    members.own(0); // What was taken has been taken before.
    String envelope =
        "{'kind':'task.acquire','head':{'corrId':'c','version':'2026-04-01'},'data':%s}"
            .formatted(ACQUIRE)
            .replace('\'', '"');
    assertThat(members.client(at).send("POST", "/", envelope, "baton-repeat", "true").status())
        .isEqualTo(409);
  }
}
