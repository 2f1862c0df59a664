package dev.baton.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.baton.protocol.PromiseRecord;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Calls from outside, over a real server. */
@Timeout(60)
class CallIT {

  private final LiveServer server = LiveServer.inMemory();
  private final Resonate worker = server.worker("w1");
  private final Resonate client = server.client();
  private final Caller toWorkers = client.with(Options.target("workers"));

  record Order(String item, int count) {}

  record Receipt(String item, long cents, List<Order> orders) {}

  @AfterEach
  void close() {
    client.close();
    worker.close();
    server.close();
  }

  static Map<String, Integer> totals(List<Order> orders, int times) {
    return orders.stream().collect(Collectors.toMap(Order::item, order -> order.count() * times));
  }

  @Test
  void typedArgumentsAndResultsTravel() {
    worker
        .register("receipt", (Order order, Long price) -> receipt(order, price))
        .register("totals", CallIT::totals)
        .register("nothing", (String ignored) -> {})
        .register("none", () -> "none");
    worker.start();
    var pens = new Order("pen", 2);
    assertThat(toWorkers.rpc("a", "receipt", Receipt.class, pens, 300))
        .isEqualTo(new Receipt("pen", 600, List.of(pens)));
    assertThat(
            toWorkers.rpc(
                "b",
                "totals",
                new GenericType<Map<String, Integer>>() {},
                List.of(pens, new Order("ink", 1)),
                10))
        .isEqualTo(Map.of("pen", 20, "ink", 10));
    assertThat(toWorkers.rpc("c", "nothing", Void.class, "x")).isNull();
    assertThat(toWorkers.rpc("d", "none", String.class)).isEqualTo("none");
    assertThat(toWorkers.rpc("e", "receipt", Receipt.class, null, 300)).isNull();
  }

  private static @Nullable Receipt receipt(@Nullable Order order, long price) {
    return order == null ? null : new Receipt(order.item(), price * order.count(), List.of(order));
  }

  @Test
  void sameIdRunsOnceWhoeverCallsIt() {
    var runs = new AtomicInteger();
    worker.register("count", (Integer n) -> runs.addAndGet(n));
    worker.start();
    assertThat(toWorkers.rpc("a", "count", Integer.class, 1)).isEqualTo(1);
    assertThat(toWorkers.rpc("a", "count", Integer.class, 5)).isEqualTo(1);
    assertThat(worker.run("a", "count", Integer.class, 7)).isEqualTo(1);
    assertThat(runs).hasValue(1);
  }

  @Test
  void failureTravelsWithTypeAndMessage() {
    worker.register(
        "fail",
        (String text) -> {
          throw new UnsupportedOperationException(text);
        });
    worker.start();
    assertThatThrownBy(() -> toWorkers.rpc("a", "fail", Void.class, "no such thing"))
        .isInstanceOfSatisfying(
            RemoteException.class,
            e -> {
              assertThat(e.typeName()).isEqualTo("java.lang.UnsupportedOperationException");
              assertThat(e.remoteMessage()).isEqualTo("no such thing");
            });
  }

  @Test
  void handleFindsACallAgainFromAnywhere() {
    var mayEnd = new Semaphore(0);
    worker.register(
        "work",
        () -> {
          mayEnd.acquire();
          return "done";
        });
    worker.start();
    Handle<String> begun = toWorkers.beginRpc("a", "work", String.class);
    assertThat(begun.id()).isEqualTo("a");
    assertThat(begun.isDone()).isFalse();
    assertThatThrownBy(() -> begun.result(Duration.ofMillis(10)))
        .isInstanceOf(StillPendingException.class);
    mayEnd.release();
    try (var other = Resonate.connect(server.settings("other").withGroup("others"))) {
      assertThat(other.get("a", String.class).result()).isEqualTo("done");
    }
    assertThat(begun.result(Duration.ofSeconds(10))).isEqualTo("done");
    await().until(begun::isDone);
  }

  @Test
  void runHappensHereIfThereIsRoom() {
    worker.register("where", (Context context) -> context.pid());
    worker.start();
    try (var other = server.worker("w2")) {
      other.register("where", (Context context) -> context.pid());
      other.start();
      for (int i = 0; i < 5; i++) {
        assertThat(worker.run("a" + i, "where", String.class)).isEqualTo("w1");
      }
    }
  }

  @Test
  void runHappensElsewhereIfThereIsNoRoomHere() {
    var mayEnd = new Semaphore(0);
    var settings = server.settings("busy").withSlots(1);
    try (var busy = Resonate.connect(settings)) {
      for (var one : List.of(busy, worker)) {
        one.register("where", (Context context) -> context.pid());
      }
      busy.register("block", () -> mayEnd.acquire());
      busy.start();
      var blocked = busy.beginRun("block", "block", Void.class);
      await().untilAsserted(() -> assertThat(server.group().path("inFlight").asInt()).isEqualTo(1));
      worker.start();
      assertThat(busy.run("a", "where", String.class)).isEqualTo("w1");
      mayEnd.release();
      blocked.result();
    }
  }

  @Test
  void runOfAnUnregisteredFunctionIsRefused() {
    worker.start();
    assertThatThrownBy(() -> worker.run("a", "unknown", Void.class))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("unknown is not registered");
  }

  @Test
  void slotsAreNeverExceeded() {
    var mayEnd = new Semaphore(0);
    var running = new AtomicInteger();
    var most = new AtomicInteger();
    try (var slotted = Resonate.connect(server.settings("slotted").withSlots(2))) {
      slotted.register(
          "work",
          (Integer n) -> {
            most.accumulateAndGet(running.incrementAndGet(), Math::max);
            mayEnd.acquire();
            running.decrementAndGet();
            return n;
          });
      slotted.start();
      var handles =
          IntStream.range(0, 20)
              .mapToObj(i -> toWorkers.beginRpc("a" + i, "work", Integer.class, i))
              .toList();
      await().untilAsserted(() -> assertThat(server.group().path("inFlight").asInt()).isEqualTo(2));
      assertThat(server.group().path("ready").asInt()).isEqualTo(18);
      mayEnd.release(20);
      assertThat(handles.stream().mapToInt(Handle::result).sum()).isEqualTo(190);
      assertThat(most).hasValue(2);
    }
  }

  @Test
  void workIsSpreadOverTheGroup() {
    try (var other = Resonate.connect(server.settings("w2").withSlots(1));
        var slotted = Resonate.connect(server.settings("w3").withSlots(1))) {
      var met = new CyclicBarrier(2);
      for (var one : List.of(other, slotted)) {
        one.register(
            "meet",
            (Context context) -> {
              met.await();
              return context.pid();
            });
        one.start();
      }
      var first = toWorkers.beginRpc("a", "meet", String.class);
      var second = toWorkers.beginRpc("b", "meet", String.class);
      assertThat(List.of(first.result(), second.result())).containsExactlyInAnyOrder("w2", "w3");
    }
  }

  @Test
  void clientThatOnlyWaitsIsOfferedNothing() {
    try (var idle = server.worker("idle")) {
      idle.promises().create("p", Duration.ofMinutes(1));
      assertThat(idle.get("p", String.class).isDone()).isFalse();
      worker.register("where", (Context context) -> context.pid());
      var call = toWorkers.beginRpc("a", "where", String.class);
      worker.start();
      assertThat(call.result()).isEqualTo("w1");
      idle.promises().resolve("p", "hello");
      assertThat(idle.get("p", String.class).result()).isEqualTo("hello");
    }
  }

  @Test
  void whoWaitsIsReachedAlsoAfterItHasBecomeAWorker() {
    worker.promises().create("p", Duration.ofMinutes(1));
    var handle = worker.get("p", String.class);
    assertThat(handle.isDone()).isFalse();
    worker.start();
    await().until(() -> server.group().path("connectedWorkers").asInt() == 1);
    worker.promises().resolve("p", "hello");
    assertThat(handle.result(Duration.ofSeconds(10))).isEqualTo("hello");
  }

  @Test
  void delayedCallStartsLater() {
    worker.register("when", System::currentTimeMillis);
    worker.start();
    var delay = Duration.ofMillis(300);
    long calledAt = System.currentTimeMillis();
    long ranAt = client.with(Options.target("workers").delay(delay)).rpc("a", "when", Long.class);
    assertThat(ranAt - calledAt).isGreaterThanOrEqualTo(300);
  }

  @Test
  void callThatNobodyTakesTimesOut() {
    var soon = Options.target("nobody").timeout(Duration.ofMillis(100));
    assertThatThrownBy(() -> client.with(soon).rpc("a", "f", Void.class))
        .isInstanceOf(PromiseTimeoutException.class);
  }

  @Test
  void tagsAndTargetAreStored() {
    client.with(Options.target("workers").tag("team", "blue")).beginRpc("a", "f", Void.class);
    assertThat(client.promises().get("a").tags())
        .containsEntry("team", "blue")
        .containsEntry("resonate:target", "poll://any@workers")
        .containsEntry("resonate:origin", "a")
        .containsEntry("resonate:scope", "global");
  }

  @Test
  void wrongTargetIsRefusedByTheServer() {
    assertThatThrownBy(() -> client.with(Options.target("ftp://x")).beginRpc("a", "f", Void.class))
        .isInstanceOfSatisfying(ServerException.class, e -> assertThat(e.status()).isEqualTo(400));
  }

  @Test
  void externalPromiseIsSettledOnce() {
    var promises = client.promises();
    promises.create("p", Duration.ofMinutes(1));
    assertThat(promises.resolve("p", "first").state()).isEqualTo(PromiseRecord.State.RESOLVED);
    assertThat(promises.reject("p", new Exception("second")).state())
        .isEqualTo(PromiseRecord.State.RESOLVED);
    assertThat(client.get("p", String.class).result()).isEqualTo("first");
    assertThatThrownBy(() -> promises.get("unknown"))
        .isInstanceOfSatisfying(ServerException.class, e -> assertThat(e.status()).isEqualTo(404));
  }

  @Test
  void scheduleCallsByTheClock() {
    worker.register("tick", (String text) -> text);
    worker.start();
    var schedule =
        client
            .schedules()
            .create("every-second", "* * * * * *", Options.target("workers"), "tick", "tock");
    String id = "every-second-" + schedule.nextRunAt();
    await().ignoreExceptions().until(() -> client.get(id, String.class).result().equals("tock"));
    client.schedules().delete("every-second");
    assertThatThrownBy(() -> client.schedules().delete("every-second"))
        .isInstanceOf(ServerException.class);
  }

  @Test
  void unreachableServerIsSaidToBeSo() {
    var settings =
        Settings.defaults()
            .withUrl(URI.create("http://127.0.0.1:1"))
            .withRequestTimeout(Duration.ofMillis(200));
    try (var lost = Resonate.connect(settings)) {
      assertThatThrownBy(() -> lost.rpc("a", "f", Void.class))
          .isInstanceOf(ConnectionException.class)
          .hasMessage("promise.create was not answered: nobody answers at http://127.0.0.1:1");
    }
  }

  @Test
  void aHostThatThereIsNotIsSaidToBeUnknown() {
    var settings =
        Settings.defaults()
            .withUrl(URI.create("http://nowhere.invalid:8001"))
            .withRequestTimeout(Duration.ofMillis(200));
    try (var lost = Resonate.connect(settings)) {
      assertThatThrownBy(() -> lost.rpc("a", "f", Void.class))
          .isInstanceOf(ConnectionException.class)
          .hasMessageEndingWith("the host of http://nowhere.invalid:8001 is unknown");
    }
  }

  /** At once, not after the 30 s for which a server that is away is asked again. */
  @Test
  @Timeout(10)
  void closedResonateCallsNothing() {
    var closed = server.client();
    closed.close();
    assertThatThrownBy(() -> closed.rpc("a", "f", Void.class))
        .isInstanceOf(ConnectionException.class)
        .hasMessage("promise.create was not answered: this client is closed");
  }

  @Test
  void closedResonateRefuses() {
    var closed = server.client();
    closed.close();
    closed.close();
    assertThatThrownBy(closed::start)
        .isInstanceOf(ResonateException.class)
        .hasMessageContaining("closed");
  }

  @Test
  void closingFailsWhoWaits() {
    var closing = server.client();
    closing.promises().create("p", Duration.ofMinutes(1));
    var handle = closing.get("p", String.class);
    assertThat(handle.isDone()).isFalse();
    closing.close();
    assertThatThrownBy(handle::result)
        .isInstanceOf(ResonateException.class)
        .hasMessageContaining("closed");
  }

  @Test
  void largeAndNonAsciiValuesTravel() {
    worker.register("upper", (String text) -> text.toUpperCase(Locale.ROOT));
    worker.start();
    String text = "äöü€😀".repeat(10_000);
    assertThat(toWorkers.rpc("grüße-😀", "upper", String.class, text))
        .isEqualTo(text.toUpperCase(Locale.ROOT));
  }
}
