package dev.baton.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.math.BigInteger;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Durable functions over a real server. */
@Timeout(60)
class WorkflowIT {

  private final LiveServer server = LiveServer.inMemory();
  private final Resonate first = slotted("w1");
  private final Resonate second = slotted("w2");
  private final Resonate client = server.client();
  private final Caller toWorkers = client.with(Options.target("workers"));

  private Resonate slotted(String pid) {
    return Resonate.connect(server.settings(pid).withSlots(1));
  }

  @AfterEach
  void close() {
    client.close();
    first.close();
    second.close();
    server.close();
  }

  static BigInteger factorial(Context context, int n) {
    return n <= 1
        ? BigInteger.ONE
        : context.rpc("factorial", BigInteger.class, n - 1).multiply(BigInteger.valueOf(n));
  }

  @Test
  void recursionDeeperThanTheSlotsOfTheGroupComesToAnEnd() {
    for (var worker : List.of(first, second)) {
      worker.register("factorial", WorkflowIT::factorial).start();
    }
    assertThat(toWorkers.rpc("f", "factorial", BigInteger.class, 30))
        .isEqualTo(new BigInteger("265252859812191058636308480000000"));
  }

  @Test
  void waitingWorkflowLeavesItsSlotToOthers() {
    var mayEnd = new Semaphore(0);
    first
        .register("slow", () -> mayEnd.acquire())
        .register("quick", (String text) -> text)
        .register(
            "flow",
            (Context context) -> {
              context.with(Options.target("elsewhere")).rpc("slow", Void.class);
              return "flowed on " + context.pid();
            })
        .start();
    var flow = toWorkers.beginRpc("a", "flow", String.class);
    await()
        .untilAsserted(() -> {
          assertThat(server.group().path("suspended").asInt()).isEqualTo(1);
          assertThat(server.group().at("/workers/0/load").asInt()).isZero();
        });
    assertThat(toWorkers.rpc("b", "quick", String.class, "quick")).isEqualTo("quick");
    assertThat(flow.isDone()).isFalse();
    try (var elsewhere = Resonate.connect(server.settings("e1").withGroup("elsewhere"))) {
      elsewhere.register("slow", () -> mayEnd.acquire()).start();
      mayEnd.release();
      assertThat(flow.result()).isEqualTo("flowed on w1");
    }
  }

  @Test
  void fanOutOverTheGroupComesTogether() {
    Set<String> workers = ConcurrentHashMap.newKeySet();
    var bothWork = new CyclicBarrier(2);
    for (var worker : List.of(first, second)) {
      worker
          .register(
              "square",
              (Context context, Integer n) -> {
                workers.add(context.pid());
                bothWork.await();
                return n * n;
              })
          .register(
              "flow",
              (Context context, Integer n) -> {
                var parts =
                    IntStream.range(0, n)
                        .mapToObj(i -> context.beginRpc("square", Integer.class, i))
                        .toList();
                return parts.stream().mapToInt(DurablePromise::result).sum();
              })
          .start();
    }
    assertThat(toWorkers.rpc("a", "flow", Integer.class, 20)).isEqualTo(2470);
    assertThat(workers).containsExactlyInAnyOrder("w1", "w2");
  }

  @Test
  void sleepLastsAsLongAsToldAndTakesNoSlot() {
    first
        .register(
            "nap",
            (Context context, Integer ms) -> {
              long before = context.run("before", System::currentTimeMillis);
              context.sleep(Duration.ofMillis(ms));
              return System.currentTimeMillis() - before;
            })
        .start();
    var naps =
        IntStream.range(0, 5)
            .mapToObj(i -> toWorkers.beginRpc("nap" + i, "nap", Long.class, 1_000))
            .toList();
    // One after the other on the one slot they would take five seconds.
    for (var nap : naps) {
      assertThat(nap.result()).isBetween(1_000L, 4_000L);
    }
  }

  @Test
  void humanIsInTheLoop() {
    first
        .register(
            "approve",
            (Context context, String document) -> {
              DurablePromise<Boolean> approval = context.promise(Boolean.class);
              context.run("ask", () -> client.promises().get(approval.id()).id());
              return document + (approval.result() ? " approved" : " refused");
            })
        .start();
    var document = toWorkers.beginRpc("doc", "approve", String.class, "contract");
    await().untilAsserted(() -> assertThat(server.group().path("suspended").asInt()).isEqualTo(1));
    client.promises().resolve("doc.1", true);
    assertThat(document.result()).isEqualTo("contract approved");
  }

  @Test
  void detachedCallOutlivesItsCaller() {
    var mayEnd = new Semaphore(0);
    first
        .register(
            "later",
            (String text) -> {
              mayEnd.acquire();
              return text;
            })
        .register("flow", (Context context) -> context.detached("later", "independent"))
        .start();
    String id = toWorkers.rpc("a", "flow", String.class);
    var detached = client.get(id, String.class);
    assertThat(detached.isDone()).isFalse();
    mayEnd.release();
    assertThat(detached.result()).isEqualTo("independent");
  }

  @Test
  void failureOfACalleeIsCaughtByItsCaller() {
    first
        .register(
            "fail",
            () -> {
              throw new IllegalStateException("boom");
            })
        .register(
            "flow",
            (Context context) -> {
              try {
                return context.rpc("fail", String.class);
              } catch (RemoteException e) {
                return "caught " + e.typeName() + ": " + e.remoteMessage();
              }
            })
        .start();
    assertThat(toWorkers.rpc("a", "flow", String.class))
        .isEqualTo("caught java.lang.IllegalStateException: boom");
  }

  @Test
  void retriedCalleeStoresItsLastOutcome() {
    var tries = new AtomicInteger();
    first
        .register(
            "flaky",
            () -> {
              if (tries.incrementAndGet() < 4) {
                throw new IllegalStateException("not yet");
              }
              return tries.get();
            })
        .register(
            "flow",
            (Context context) ->
                context
                    .with(
                        Options.defaults().retry(RetryPolicy.exponential(Duration.ofMillis(1), 5)))
                    .rpc("flaky", Integer.class))
        .start();
    assertThat(toWorkers.rpc("a", "flow", Integer.class)).isEqualTo(4);
  }

  @Test
  void manyWorkflowsInterleaveOnFewSlots() {
    for (var worker : List.of(first, second)) {
      worker
          .register("add", (Integer a, Integer b) -> a + b)
          .register(
              "sum",
              (Context context, Integer n) -> {
                int sum = 0;
                for (int i = 1; i <= n; i++) {
                  int next = i;
                  int doubled = context.run("double", () -> next * 2);
                  sum = context.rpc("add", Integer.class, sum, doubled);
                }
                return sum;
              })
          .start();
    }
    var sums =
        IntStream.range(0, 20)
            .mapToObj(i -> toWorkers.beginRpc("s" + i, "sum", Integer.class, 5))
            .toList();
    assertThat(sums).allSatisfy(sum -> assertThat(sum.result()).isEqualTo(30));
  }
}
