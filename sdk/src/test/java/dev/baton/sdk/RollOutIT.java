package dev.baton.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Workers with other code beside workers with the code of before, over a real server. */
@Timeout(60)
class RollOutIT {

  private static final int CALLS = 20;

  private final LiveServer server = LiveServer.measured();
  private final Resonate client = server.client();
  private final List<Resonate> workers = new ArrayList<>();

  @AfterEach
  void close() {
    client.close();
    workers.forEach(Resonate::close);
    server.close();
  }

  private Resonate worker(String pid) {
    var worker = server.worker(pid);
    workers.add(worker);
    return worker;
  }

  private static String oldOrder(Context context, String item) {
    context.step("charge", () -> item);
    context.promise("go", String.class, null, Duration.ofHours(1)).result();
    return "old " + context.call("ship", String.class, item) + " by " + context.pid();
  }

  private static String newOrder(Context context, String item) {
    context.step("audit", () -> item);
    context.promise("go", String.class, null, Duration.ofHours(1)).result();
    return "new " + context.rpc("ship", String.class, item) + " by " + context.pid();
  }

  private List<Handle<String>> order(String prefix, int version) {
    var toWorkers = client.with(Options.target("workers").version(version));
    var handles = new ArrayList<Handle<String>>();
    for (int i = 0; i < CALLS; i++) {
      handles.add(toWorkers.beginRpc(prefix + i, "order", String.class, "pen"));
    }
    return handles;
  }

  private void awaitWaiting(int calls) {
    await().until(() -> server.group().path("suspended").asInt() == calls);
  }

  private void release(List<Handle<String>> calls) {
    calls.forEach(it -> client.promise(it.id(), "go", String.class).resolve(""));
  }

  @Test
  void callsEndOnWorkersThatHaveTheirVersionAndNoneIsPassedAround() {
    for (String pid : List.of("old1", "old2")) {
      worker(pid)
          .register("order", RollOutIT::oldOrder)
          .register("ship", (String item) -> item)
          .start();
    }
    var before = order("a", 1);
    awaitWaiting(CALLS);
    for (String pid : List.of("new1", "new2")) {
      worker(pid)
          .register("order", 2, RollOutIT::newOrder)
          .register("ship", (String item) -> item)
          .start();
    }
    await().until(() -> server.group().path("connectedWorkers").asInt() == 4);
    var during = order("b", 1);
    var after = order("c", 2);
    awaitWaiting(3 * CALLS);
    release(before);
    release(during);
    release(after);
    assertThat(before).allSatisfy(it -> assertThat(it.result()).startsWith("old pen by old"));
    assertThat(during).allSatisfy(it -> assertThat(it.result()).startsWith("old pen by old"));
    assertThat(after).allSatisfy(it -> assertThat(it.result()).startsWith("new pen by new"));
    assertThat(server.group().path("handedOver").asInt()).as("passed on").isZero();
  }

  @Test
  void callOfAVersionThatNobodyHasAnyMoreWaitsForIt() {
    var old = worker("old");
    old.register("order", RollOutIT::oldOrder).register("ship", (String item) -> item).start();
    var before = order("a", 1);
    awaitWaiting(CALLS);
    worker("new")
        .register("order", 2, RollOutIT::newOrder)
        .register("ship", (String item) -> item)
        .start();
    await().until(() -> server.group().path("connectedWorkers").asInt() == 2);
    old.close();
    release(before);
    await().until(() -> server.group().path("ready").asInt() == CALLS);
    assertThat(server.delivery("a0").path("missingFunction").asText())
        .isEqualTo("order (version 1)");
    worker("again")
        .register("order", RollOutIT::oldOrder)
        .register("ship", (String item) -> item)
        .start();
    assertThat(before).allSatisfy(it -> assertThat(it.result()).isEqualTo("old pen by again"));
  }

  @Test
  void callWhoseReplayDoesNotMatchIsHeldAndSaysSo() {
    var old = worker("old");
    old.register("order", RollOutIT::oldOrder).register("ship", (String item) -> item).start();
    Handle<String> call =
        client.with(Options.target("workers")).beginRpc("a", "order", String.class, "pen");
    awaitWaiting(1);
    old.close();
    release(List.of(call));
    var changed = worker("changed");
    changed.register("order", RollOutIT::newOrder).register("ship", (String item) -> item).start();
    await()
        .untilAsserted(() ->
            assertThat(server.delivery("a").path("givenBackBecause").asText())
                .startsWith("replay: its replay does not match: step a.1 was run 'charge'"));
    assertThat(server.metrics())
        .containsPattern("baton_tasks_given_back_total\\{reason=\"replay\"} [1-9]");
    worker("again")
        .register("order", RollOutIT::oldOrder)
        .register("ship", (String item) -> item)
        .start();
    assertThat(call.result()).isEqualTo("old pen by again");
  }

  @Test
  void whatIsRegisteredAfterTheStartIsAnnounced() throws Exception {
    var worker = worker("w");
    var mayEnd = new CountDownLatch(1);
    worker.register(
        "busy",
        () -> {
          mayEnd.await();
          return "ended";
        });
    worker.start();
    Handle<String> busy =
        client.with(Options.target("workers")).beginRpc("a", "busy", String.class);
    await().until(() -> server.group().path("inFlight").asInt() == 1);
    Handle<String> late =
        client.with(Options.target("workers")).beginRpc("b", "late", String.class);
    await().until(() -> server.delivery("b").path("missingFunction").asText().startsWith("late"));
    worker.register("late", () -> "late");
    assertThat(late.result()).isEqualTo("late");
    mayEnd.countDown();
    assertThat(busy.result()).isEqualTo("ended");
  }

  @Test
  void callOfAFunctionThatIsTooLargeToBeLookedAtIsOfferedToAnybody() {
    worker("w").register("size", (String text) -> text.length()).start();
    assertThat(
            client
                .with(Options.target("workers"))
                .rpc("a", "size", Integer.class, "x".repeat(500_000)))
        .isEqualTo(500_000);
  }
}
