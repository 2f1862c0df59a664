package dev.baton.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.baton.protocol.PromiseRecord;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Promises that somebody else settles by their names, over a real server. */
@Timeout(60)
class ExternalPromiseIT {

  record Question(String item, long cents) {}

  record Decision(boolean granted, String reason) {}

  private final LiveServer server = LiveServer.inMemory();
  private final Resonate worker = server.worker("w1");
  private final Resonate client = server.client();
  private final Resonate other = server.client();
  private final Caller toWorkers = client.with(Options.target("workers"));

  @AfterEach
  void close() {
    client.close();
    other.close();
    worker.close();
    server.close();
  }

  private static Decision asked(Context context) {
    return context
        .with(Options.defaults().tag("team", "risk"))
        .promise("approval", Decision.class, new Question("pen", 250), Duration.ofHours(1))
        .result();
  }

  private void awaitSuspended() {
    await().until(() -> server.group().path("suspended").asInt() == 1);
  }

  @Test
  void whoSettlesAPromiseByItsNameKnowsWhetherItWasTheFirst() {
    worker.register("order", (Context context) -> asked(context).reason());
    worker.start();
    Handle<String> order = toWorkers.beginRpc("order-7", "order", String.class);
    awaitSuspended();
    var approval = client.promise("order-7", "approval", Decision.class);
    assertThat(approval.id()).isEqualTo("order-7.p-approval");
    assertThat(approval.data(Question.class)).isEqualTo(new Question("pen", 250));
    var first = approval.resolve(new Decision(true, "fine"));
    assertThat(first.isWinner()).isTrue();
    assertThat(first.settledBy()).startsWith("client~");
    var second =
        other.promise("order-7", "approval", Decision.class).resolve(new Decision(true, "fine"));
    assertThat(second.isWinner()).as("the same value, and yet not the first").isFalse();
    assertThat(second.settledBy()).isEqualTo(first.settledBy());
    assertThat(approval.cancel().isWinner()).isFalse();
    assertThat(order.result()).isEqualTo("fine");
    assertThat(approval.handle().result()).isEqualTo(new Decision(true, "fine"));
  }

  @Test
  void promiseThatIsRejectedOrNotThereIsSaidToBe() {
    worker.register("order", (Context context) -> asked(context).reason());
    worker.start();
    Handle<String> order = toWorkers.beginRpc("order-7", "order", String.class);
    awaitSuspended();
    var approval = client.promise("order-7", "approval", Decision.class);
    assertThat(approval.reject(new IllegalStateException("no")).isWinner()).isTrue();
    assertThatThrownBy(order::result).hasMessageContaining("no");
    assertThatThrownBy(() -> client.promise("order-7", "nothing", Decision.class).cancel())
        .isInstanceOfSatisfying(ServerException.class, e -> assertThat(e.status()).isEqualTo(404));
    assertThatThrownBy(() -> client.promise("order-7", "a.b", Decision.class))
        .hasMessageContaining("a.b");
    assertThatThrownBy(() -> client.beginRpc("x.p-approval", "order", String.class))
        .hasMessageContaining("another call's step");
  }

  @Test
  void promisesAreFoundByTheirTags() {
    worker.register("order", (Context context) -> asked(context).reason());
    worker.start();
    for (int i = 10; i < 13; i++) {
      toWorkers.beginRpc("order-" + i, "order", String.class);
    }
    await().until(() -> server.group().path("suspended").asInt() == 3);
    client.promise("order-11", "approval", Decision.class).resolve(new Decision(true, ""));
    var pending =
        client.promises().search(PromiseRecord.State.PENDING, Map.of("baton:promise", "approval"));
    assertThat(pending.map(PromiseRecord::id))
        .containsExactly("order-10.p-approval", "order-12.p-approval");
    assertThat(client.promises().search(null, Map.of("team", "risk"))).hasSize(3);
    assertThat(client.promises().search(null, Map.of("team", "other"))).isEmpty();
  }

  @Test
  void searchReadsOnPageAfterPage() {
    for (int i = 0; i < 450; i++) {
      client.promises().create("p" + i, Duration.ofHours(1));
    }
    assertThat(client.promises().search(null, Map.of()).map(PromiseRecord::id).distinct())
        .hasSize(450);
    assertThat(client.promises().search(null, Map.of()).limit(3)).hasSize(3);
  }

  @Test
  void idDoesNotMoveWithTheCodeAndARetryAsksForTheSame() {
    var tries = new AtomicInteger();
    worker.register(
        "order",
        (Context context) -> {
          boolean isSecond = tries.incrementAndGet() > 1;
          if (isSecond) {
            context.step("another", () -> 1);
          }
          var decision = asked(context);
          if (tries.get() < 3) {
            throw new IllegalStateException("once more");
          }
          return decision.reason()
              + List.of(
                  context.promise("approval", Decision.class, null, Duration.ofHours(1)).id());
        });
    worker.start();
    Handle<String> order =
        client
            .with(Options.target("workers").retry(RetryPolicy.constant(Duration.ZERO, 5)))
            .beginRpc("a", "order", String.class);
    awaitSuspended();
    client.promise("a", "approval", Decision.class).resolve(new Decision(true, "fine"));
    assertThat(order.result()).isEqualTo("fine[a.p-approval]");
  }
}
