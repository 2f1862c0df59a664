package dev.baton.sdk.internal.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.is;

import dev.baton.protocol.PromiseRecord;
import dev.baton.protocol.Tags;
import dev.baton.protocol.TaskRecord;
import dev.baton.sdk.Context;
import dev.baton.sdk.DurablePromise;
import dev.baton.sdk.GenericType;
import dev.baton.sdk.Options;
import dev.baton.sdk.PromiseTimeoutException;
import dev.baton.sdk.RemoteException;
import dev.baton.sdk.ReplayMismatch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The replay engine at the server's rules, on a clock that stands until it is moved. */
@Timeout(30)
class ReplayTest {

  private final RulesServer server = new RulesServer();
  private final TestWorker worker = new TestWorker(server, "w1", 0);
  private final AtomicInteger effects = new AtomicInteger();

  @Test
  void stepIsRunOnceThoughTheFunctionIsRunAgain() {
    worker.knowing(
        "flow",
        (Context context) -> {
          int first = context.run("count", effects::incrementAndGet);
          context.sleep(Duration.ofMinutes(1));
          return first * 10 + context.run("count", effects::incrementAndGet);
        });
    worker.call("a", "flow");
    awaitTask("a", TaskRecord.State.SUSPENDED);
    server.pass(Duration.ofMinutes(1));
    assertThat(worker.<Integer>result("a", Integer.class)).isEqualTo(12);
    assertThat(server.promise("a.1").tags())
        .containsEntry(Tags.SCOPE, "local")
        .containsEntry(Tags.PARENT, "a")
        .containsEntry(Tags.BRANCH, "a")
        .containsEntry(Tags.ORIGIN, "a");
  }

  @Test
  void timeAndChanceAreTheSameWheneverTheFunctionIsRunAgain() {
    var seen = new ArrayList<String>();
    worker.knowing(
        "flow",
        (Context context) -> {
          var random = context.random();
          seen.add(
              "%s %s %s %s"
                  .formatted(
                      context.now(), random.nextLong(), random.nextDouble(), context.uuid()));
          context.sleep(Duration.ofMinutes(1));
          return context.uuid().equals(context.uuid());
        });
    worker.call("a", "flow");
    awaitTask("a", TaskRecord.State.SUSPENDED);
    server.pass(Duration.ofMinutes(1));
    assertThat(worker.<Boolean>result("a", Boolean.class)).isFalse();
    assertThat(seen).hasSize(2);
    assertThat(seen.get(0)).isEqualTo(seen.get(1));
  }

  @Test
  void sleepOfNoTimeOrLessIsOverAtOnce() {
    worker.knowing(
        "flow",
        (Context context) -> {
          context.sleep(Duration.ZERO);
          context.sleep(Duration.ofDays(-1));
          return "done";
        });
    worker.call("a", "flow");
    awaitTask("a", TaskRecord.State.FULFILLED);
    assertThat(worker.<String>result("a", String.class)).isEqualTo("done");
  }

  @Test
  void replayReadsLocalStepsAndTimersFromThePreload() {
    worker.knowing(
        "flow",
        (Context context) -> {
          for (int i = 0; i < 3; i++) {
            context.run("step", () -> 1);
          }
          context.sleep(Duration.ofMinutes(1));
          return "done";
        });
    worker.call("a", "flow");
    awaitTask("a", TaskRecord.State.SUSPENDED);
    server.takeKinds();
    server.pass(Duration.ofMinutes(1));
    awaitTask("a", TaskRecord.State.FULFILLED);
    assertThat(server.takeKinds()).containsExactly("task.acquire", "task.fulfill");
  }

  @Test
  void replayAtTheSameWorkerAsksOnlyForWhatWasAwaited() {
    worker.knowing(
        "flow",
        (Context context) -> {
          for (int i = 0; i < 3; i++) {
            context.with(Options.target("elsewhere")).rpc("callee", Integer.class, i);
          }
          return "done";
        });
    worker.call("a", "flow");
    awaitTask("a", TaskRecord.State.SUSPENDED);
    worker.promises().resolve("a.1", 1);
    awaitCreated("a.2");
    worker.promises().resolve("a.2", 2);
    awaitCreated("a.3");
    server.takeKinds();
    worker.promises().resolve("a.3", 3);
    awaitTask("a", TaskRecord.State.FULFILLED);
    assertThat(server.takeKinds())
        .filteredOn(kind -> !kind.equals("promise.settle"))
        .containsExactly("task.acquire", "promise.get", "task.fulfill");
  }

  @Test
  void memoryOfAnotherLifeOfTheServerIsNotUsed() {
    var memories = new Memories();
    var root = worker.promises().create("a", Duration.ofHours(1));
    memories.keep("a", new Memories.Memory(root.createdAt() - 1, Map.of(), false, 1, List.of()));
    assertThat(memories.take(root)).isNull();
    memories.keep("a", new Memories.Memory(root.createdAt(), Map.of(), false, 1, List.of()));
    assertThat(memories.take(root)).isNotNull();
    assertThat(memories.take(root)).isNull();
  }

  @Test
  void waitingFunctionHoldsNoSlotAndGoesOnAtAnotherWorker() {
    var second = new TestWorker(server, "w2", 0).knowing("flow", ReplayTest::twoStages);
    second.cut();
    worker.knowing("flow", ReplayTest::twoStages);
    worker.call("a", "flow");
    awaitTask("a", TaskRecord.State.SUSPENDED);
    await().untilAsserted(() -> assertThat(worker.worker.load()).isZero());
    worker.cut();
    second.reconnect();
    server.pass(Duration.ofMinutes(1));
    assertThat(second.<String>result("a", String.class)).isEqualTo("w1 then w2");
  }

  private static String twoStages(Context context) {
    String first = context.run("first", context::pid);
    context.sleep(Duration.ofMinutes(1));
    return first + " then " + context.pid();
  }

  @Test
  void rpcSuspendsTheCallerUntilTheCalleeIsDone() {
    worker.knowing("callee", (Integer n) -> n + 1);
    worker.knowing(
        "flow",
        (Context context) ->
            context.rpc("callee", Integer.class, 1) + context.rpc("callee", Integer.class, 10));
    worker.call("a", "flow");
    assertThat(worker.<Integer>result("a", Integer.class)).isEqualTo(13);
    assertThat(server.promise("a.1").tags())
        .containsEntry(Tags.TARGET, "poll://any@workers")
        .containsEntry(Tags.BRANCH, "a.1")
        .containsEntry(Tags.PARENT, "a")
        .containsEntry(Tags.SCOPE, "global");
  }

  @Test
  void onlyWhatIsWaitedForWakesTheFunction() {
    worker.knowing(
        "flow",
        (Context context) -> {
          DurablePromise<String> first = context.promise(String.class);
          DurablePromise<String> second = context.promise(String.class);
          return first.result() + second.result();
        });
    worker.call("a", "flow");
    awaitTask("a", TaskRecord.State.SUSPENDED);
    worker.promises().resolve("a.2", "B");
    assertThat(server.task("a").state()).isEqualTo(TaskRecord.State.SUSPENDED);
    worker.promises().resolve("a.1", "A");
    assertThat(worker.<String>result("a", String.class)).isEqualTo("AB");
    assertThat(server.task("a").version()).isEqualTo(2);
  }

  @Test
  void promiseSettledBeforeTheSuspensionGoesOnInTheSameExecution() {
    worker.knowing(
        "flow",
        (Context context) -> {
          DurablePromise<String> promise = context.promise(String.class);
          worker.promises().resolve(promise.id(), "early");
          return promise.result() + context.attempt();
        });
    worker.call("a", "flow");
    assertThat(worker.<String>result("a", String.class)).isEqualTo("early1");
    assertThat(server.takeKinds()).contains("task.suspend");
  }

  @Test
  void stepsBegunTogetherRunTogether() {
    var bothRun = new CountDownLatch(2);
    worker.knowing(
        "flow",
        (Context context) -> {
          var left = context.beginStep("left", () -> meet(bothRun, "left"));
          var right = context.beginStep("right", () -> meet(bothRun, "right"));
          return left.result() + right.result();
        });
    worker.call("a", "flow");
    assertThat(worker.<String>result("a", String.class)).isEqualTo("leftright");
  }

  private static String meet(CountDownLatch all, String name) throws InterruptedException {
    all.countDown();
    all.await();
    return name;
  }

  @Test
  void functionIsSuspendedOnlyWhenNothingOfItRuns() throws Exception {
    var stepMayEnd = new CountDownLatch(1);
    worker.knowing(
        "flow",
        (Context context) -> {
          DurablePromise<String> promise = context.promise(String.class);
          var step =
              context.beginStep(
                  "busy",
                  () -> {
                    stepMayEnd.await();
                    return "stepped";
                  });
          String approved = promise.result();
          stepMayEnd.countDown();
          return approved + " " + step.result() + " " + context.attempt();
        });
    worker.call("a", "flow");
    await().until(() -> server.requests().toString().contains("RegisterListener[awaited=a.1"));
    assertThat(server.task("a").state()).isEqualTo(TaskRecord.State.ACQUIRED);
    worker.promises().resolve("a.1", "approved");
    assertThat(worker.<String>result("a", String.class)).isEqualTo("approved stepped 1");
  }

  @Test
  void lastStepToEndSuspendsTheFunctionThatWaitsElsewhere() {
    var stepMayEnd = new CountDownLatch(1);
    worker.knowing(
        "flow",
        (Context context) -> {
          DurablePromise<String> promise = context.promise(String.class);
          context.beginStep("busy", () -> meet(stepMayEnd, "step"));
          return promise.result();
        });
    worker.call("a", "flow");
    awaitTask("a", TaskRecord.State.SUSPENDED);
    worker.promises().resolve("a.1", "late");
    assertThat(worker.<String>result("a", String.class)).isEqualTo("late");
  }

  @Test
  void stepsOfAStepHaveIdsBelowIt() {
    worker.knowing(
        "flow",
        (Context context) ->
            context.steps(
                "outer",
                String.class,
                inner -> inner.run("inner", () -> "deep") + " " + inner.id()));
    worker.call("a", "flow");
    assertThat(worker.<String>result("a", String.class)).isEqualTo("deep a.1");
    assertThat(server.promise("a.1.1").tags()).containsEntry(Tags.PARENT, "a.1");
  }

  @Test
  void stepsBegunBesideMayWaitForOtherWorkers() {
    worker.knowing("callee", (String text) -> text.toUpperCase(Locale.ROOT));
    worker.knowing(
        "flow",
        (Context context) -> {
          var left = context.beginSteps("left", String.class, ReplayTest::shout);
          var right = context.beginSteps("right", String.class, ReplayTest::shout);
          return left.result() + right.result();
        });
    worker.call("a", "flow");
    assertThat(worker.<String>result("a", String.class)).isEqualTo("A.1A.2");
  }

  private static String shout(Context context) {
    return context.rpc("callee", String.class, context.id());
  }

  @Test
  void registeredFunctionRunsAsAStep() {
    worker.knowing("add", (Integer a, Integer b) -> a + b);
    worker.knowing("flow", (Context context) -> context.call("add", Integer.class, 2, 3));
    worker.call("a", "flow");
    assertThat(worker.<Integer>result("a", Integer.class)).isEqualTo(5);
    assertThat(server.promise("a.1").tags()).containsEntry(Tags.SCOPE, "local");
  }

  @Test
  void functionEndsAfterWhatItHasBegun() {
    worker.knowing(
        "flow",
        (Context context) -> {
          context.beginStep("forgotten", () -> effects.incrementAndGet());
          return "done";
        });
    worker.call("a", "flow");
    worker.result("a", String.class);
    assertThat(server.promise("a.1").state()).isEqualTo(PromiseRecord.State.RESOLVED);
  }

  @Test
  void failureOfAStepIsStoredAndThrownAgainOnReplay() {
    var seen = new ArrayList<String>();
    worker.knowing(
        "flow",
        (Context context) -> {
          try {
            context.run(
                "fails",
                () -> {
                  effects.incrementAndGet();
                  throw new IllegalStateException("boom");
                });
          } catch (RemoteException e) {
            seen.add(e.typeName() + " " + e.remoteMessage() + " " + e.promiseId());
          }
          context.sleep(Duration.ofMinutes(1));
          return "survived";
        });
    worker.call("a", "flow");
    awaitTask("a", TaskRecord.State.SUSPENDED);
    server.pass(Duration.ofMinutes(1));
    assertThat(worker.<String>result("a", String.class)).isEqualTo("survived");
    assertThat(effects).hasValue(1);
    assertThat(seen)
        .containsExactly(
            "java.lang.IllegalStateException boom a.1", "java.lang.IllegalStateException boom a.1");
  }

  @Test
  void failureThatPassesThroughKeepsItsTypeAndMessage() {
    worker.knowing(
        "flow",
        (Context context) ->
            context.run(
                "fails",
                Integer.class,
                () -> {
                  throw new IllegalStateException("boom");
                }));
    worker.call("a", "flow");
    assertThatThrownBy(() -> worker.result("a", Integer.class))
        .isInstanceOfSatisfying(
            RemoteException.class,
            e -> {
              assertThat(e.promiseId()).isEqualTo("a");
              assertThat(e.typeName()).isEqualTo("java.lang.IllegalStateException");
              assertThat(e.remoteMessage()).isEqualTo("boom");
            });
  }

  @Test
  void otherStepOnReplayIsAClearFailureIfThatIsWanted() {
    var worker = rejecting();
    var again = new AtomicInteger();
    worker.knowing(
        "flow",
        (Context context) -> {
          if (again.getAndIncrement() == 0) {
            context.run("charge", () -> 1);
          } else {
            context.run("refund", () -> 1);
          }
          context.sleep(Duration.ofMinutes(1));
          return "never";
        });
    worker.call("a", "flow");
    awaitTask("a", TaskRecord.State.SUSPENDED);
    server.pass(Duration.ofMinutes(1));
    assertThatThrownBy(() -> worker.result("a", String.class))
        .isInstanceOf(RemoteException.class)
        .hasMessageContaining("step a.1 was run 'charge'")
        .hasMessageContaining("is now run 'refund'");
  }

  @Test
  void otherKindOfStepOnReplayIsAClearFailureIfThatIsWanted() {
    var worker = rejecting();
    var again = new AtomicInteger();
    worker.knowing(
        "flow",
        (Context context) -> {
          if (again.getAndIncrement() > 0) {
            context.promise(String.class).result();
          }
          context.sleep(Duration.ofMinutes(1));
          return "never";
        });
    worker.call("a", "flow");
    awaitTask("a", TaskRecord.State.SUSPENDED);
    server.pass(Duration.ofMinutes(1));
    assertThatThrownBy(() -> worker.result("a", String.class))
        .hasMessageContaining("step a.1 was sleep")
        .hasMessageContaining("is now promise");
  }

  /** Instead of the other worker, with which it would share the work. */
  private TestWorker rejecting() {
    worker.cut();
    return new TestWorker(server, "w1", 0, ReplayMismatch.REJECT);
  }

  @Test
  void contextOnAnotherThreadIsRefused() {
    var refusal = new AtomicReference<Throwable>();
    worker.knowing(
        "flow",
        (Context context) -> {
          var thread =
              Thread.ofVirtual()
                  .start(() -> {
                    try {
                      context.run("stray", () -> 1);
                    } catch (IllegalStateException e) {
                      refusal.set(e);
                    }
                  });
          thread.join();
          return "done";
        });
    worker.call("a", "flow");
    worker.result("a", String.class);
    assertThat(refusal.get()).hasMessageContaining("another thread");
  }

  @Test
  void outcomeOfAFunctionThatSwallowsItsSuspensionIsThrownAway() {
    worker.knowing(
        "flow",
        (Context context) -> {
          DurablePromise<String> promise = context.promise(String.class);
          try {
            return promise.result();
          } catch (Throwable swallowed) {
            effects.incrementAndGet();
            return "wrong";
          }
        });
    worker.call("a", "flow");
    awaitTask("a", TaskRecord.State.SUSPENDED);
    await().untilAtomic(effects, is(1));
    worker.promises().resolve("a.1", "right");
    assertThat(worker.<String>result("a", String.class)).isEqualTo("right");
  }

  @Test
  void workerThatLostItsLeaseWritesNothing() throws Exception {
    var mayGoOn = new CountDownLatch(1);
    var interrupted = new CountDownLatch(1);
    worker.knowing(
        "flow",
        (Context context) -> {
          try {
            mayGoOn.await();
          } catch (InterruptedException e) {
            interrupted.countDown();
          }
          return context.run("write", () -> "from " + context.pid());
        });
    worker.call("a", "flow");
    awaitTask("a", TaskRecord.State.ACQUIRED);
    worker.cut();
    var second =
        new TestWorker(server, "w2", 0)
            .knowing(
                "flow", (Context context) -> context.run("write", () -> "from " + context.pid()));
    server.endLeases("w1");
    assertThat(second.<String>result("a", String.class)).isEqualTo("from w2");
    worker.leases.verify();
    interrupted.await();
    await().untilAsserted(() -> assertThat(worker.worker.load()).isZero());
    assertThat(server.promise("a.1").value()).isEqualTo(worker.values.encode("from w2", ""));
  }

  @Test
  void fencedWriteEndsTheExecutionThatWasOvertaken() {
    var overtaken = new CountDownLatch(1);
    var ended = new AtomicReference<Throwable>();
    worker.knowing(
        "flow",
        (Context context) -> {
          overtaken.await();
          try {
            return context.run("write", () -> "first");
          } catch (Error e) {
            ended.set(e);
            throw e;
          }
        });
    worker.call("a", "flow");
    awaitTask("a", TaskRecord.State.ACQUIRED);
    worker.cut();
    var second = new TestWorker(server, "w2", 0).knowing("flow", () -> "second");
    server.endLeases("w1");
    assertThat(second.<String>result("a", String.class)).isEqualTo("second");
    overtaken.countDown();
    await().untilAsserted(() -> assertThat(ended.get()).isInstanceOf(Aborts.LeaseLost.class));
    await().untilAsserted(() -> assertThat(worker.worker.load()).isZero());
  }

  @Test
  void childNeverOutlivesItsParent() {
    worker.knowing(
        "flow",
        (Context context) -> {
          context.with(Options.defaults().timeout(Duration.ofDays(30))).promise(String.class);
          return context.deadline().toEpochMilli();
        });
    worker.call("a", "flow");
    long deadline = worker.<Long>result("a", Long.class);
    assertThat(server.promise("a.1").timeoutAt()).isEqualTo(deadline);
    assertThat(server.promise("a").timeoutAt()).isEqualTo(deadline);
  }

  @Test
  void expiredChildThrowsItsTimeout() {
    worker.knowing(
        "flow",
        (Context context) -> {
          var short_ = context.with(Options.defaults().timeout(Duration.ofSeconds(5)));
          try {
            return short_.promise(String.class).result();
          } catch (PromiseTimeoutException e) {
            return e.promiseId();
          }
        });
    worker.call("a", "flow");
    awaitTask("a", TaskRecord.State.SUSPENDED);
    server.pass(Duration.ofSeconds(5));
    assertThat(worker.<String>result("a", String.class)).isEqualTo("a.1");
  }

  @Test
  void detachedCallIsOfTheSameOriginAndLivesOnItsOwn() {
    worker.knowing("later", (String text) -> text);
    worker.knowing(
        "flow",
        (Context context) ->
            context
                .with(Options.defaults().timeout(Duration.ofDays(30)))
                .detached("later", "hello"));
    worker.call("a", "flow");
    String id = worker.result("a", String.class);
    assertThat(id).startsWith("a.d");
    assertThat(worker.<String>result(id, String.class)).isEqualTo("hello");
    assertThat(server.promise(id).timeoutAt()).isGreaterThan(server.promise("a").timeoutAt());
    assertThat(server.promise(id).tags()).containsEntry(Tags.ORIGIN, "a");
  }

  @Test
  void genericResultsOfStepsComeBackAsTheyWere() {
    worker.knowing(
        "flow",
        (Context context) -> {
          List<Item> items =
              context.run(
                  "items", new GenericType<List<Item>>() {}, () -> List.of(new Item("pen", 3)));
          context.sleep(Duration.ofMinutes(1));
          return items.get(0).name() + context.run("more", ReplayTest::moreItems).get(0).name();
        });
    worker.call("a", "flow");
    awaitTask("a", TaskRecord.State.SUSPENDED);
    server.pass(Duration.ofMinutes(1));
    assertThat(worker.<String>result("a", String.class)).isEqualTo("penink");
  }

  record Item(String name, int count) {}

  private static List<Item> moreItems() {
    return List.of(new Item("ink", 1));
  }

  private void awaitCreated(String id) {
    await().ignoreExceptions().until(() -> !server.promise(id).isSettled());
    awaitTask("a", TaskRecord.State.SUSPENDED);
  }

  private void awaitTask(String id, TaskRecord.State state) {
    await().untilAsserted(() -> assertThat(server.task(id).state()).isEqualTo(state));
  }
}
