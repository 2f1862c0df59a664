package dev.baton.sdk.internal.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.is;

import dev.baton.core.RuleSet;
import dev.baton.protocol.PromiseRecord;
import dev.baton.protocol.PromiseRequest;
import dev.baton.protocol.Tags;
import dev.baton.protocol.TaskRecord;
import dev.baton.protocol.TaskRequest;
import dev.baton.protocol.Value;
import dev.baton.sdk.Context;
import dev.baton.sdk.RemoteException;
import dev.baton.sdk.RetryPolicy;
import dev.baton.sdk.internal.time.Time;
import dev.baton.sdk.internal.wire.Requests;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A worker at the server's rules, on a clock that stands until it is moved. */
@Timeout(30)
class WorkerTest {

  private final RulesServer server = new RulesServer();

  @Test
  void neverHoldsMoreThanItsSlotsThoughMoreIsOffered() {
    var mayEnd = new Semaphore(0);
    var running = new AtomicInteger();
    var most = new AtomicInteger();
    var worker =
        new TestWorker(server, "w1", 2)
            .knowing(
                "work",
                () -> {
                  most.accumulateAndGet(running.incrementAndGet(), Math::max);
                  mayEnd.acquire();
                  running.decrementAndGet();
                  return 0;
                });
    for (int i = 0; i < 6; i++) {
      worker.call("a" + i, "work");
    }
    await().untilAtomic(running, is(2));
    assertThat(server.takeKinds()).filteredOn("task.acquire"::equals).hasSize(2);
    mayEnd.release(6);
    for (int i = 0; i < 6; i++) {
      worker.result("a" + i, Integer.class);
    }
    assertThat(most).hasValue(2);
  }

  @Test
  void failedFunctionIsTriedAgainAsTheCallerWantsAndTheLastOutcomeIsStored() {
    var tries = new AtomicInteger();
    var worker =
        new TestWorker(server, "w1", 0)
            .knowing(
                "flaky",
                () -> {
                  if (tries.incrementAndGet() < 3) {
                    throw new IllegalStateException("not yet");
                  }
                  return tries.get();
                });
    worker.call("a", "flaky", RetryPolicy.constant(Duration.ofMillis(1), 5));
    assertThat(worker.<Integer>result("a", Integer.class)).isEqualTo(3);
    tries.set(-100);
    worker.call("b", "flaky", RetryPolicy.linear(Duration.ofMillis(1), 2));
    assertThatThrownBy(() -> worker.result("b", Integer.class))
        .isInstanceOf(RemoteException.class)
        .hasMessageContaining("not yet");
    assertThat(tries).hasValue(-97);
  }

  @Test
  void noRetryBeginsAfterTheDeadline() {
    var tries = new AtomicInteger();
    var worker =
        new TestWorker(server, "w1", 0)
            .knowing(
                "fails",
                () -> {
                  tries.incrementAndGet();
                  throw new IllegalStateException("boom");
                });
    worker.call("a", "fails", RetryPolicy.constant(Duration.ofDays(1), 5));
    assertThatThrownBy(() -> worker.result("a", Void.class)).hasMessageContaining("boom");
    assertThat(tries).hasValue(1);
  }

  @Test
  void argumentsThatDoNotFitAreTheCallersFailure() {
    var worker = new TestWorker(server, "w1", 0).knowing("square", (Integer n) -> n * n);
    worker.call("a", "square", "text");
    assertThatThrownBy(() -> worker.result("a", Integer.class))
        .isInstanceOf(RemoteException.class)
        .hasMessageContaining("argument 1 of square is no ");
    worker.create("b", Value.ofData("bm8ganNvbg=="), Duration.ofHours(1));
    assertThatThrownBy(() -> worker.result("b", Integer.class))
        .hasMessageContaining("not base64 of JSON");
  }

  @Test
  void taskOfAnUnknownFunctionIsPassedOnToWhoKnowsIt() {
    var ignorant = new TestWorker(server, "w1", 0);
    ignorant.call("a", "later");
    await().untilAsserted(() -> assertThat(server.task("a").version()).isPositive());
    var knowing = new TestWorker(server, "w2", 0).knowing("later", (Context c) -> c.pid());
    ignorant.cut();
    assertThat(knowing.<String>result("a", String.class)).isEqualTo("w2");
  }

  @Test
  void timerThatAnotherSdkGaveATargetIsPutAsideUntilItRings() {
    var worker = new TestWorker(server, "w1", 1).knowing("work", () -> 1);
    var request =
        new PromiseRequest.Create(
            "t",
            server.millis() + 5_000,
            Value.EMPTY,
            Map.of(Tags.TARGET, "poll://any@workers", Tags.TIMER, "true"));
    new Requests(server, Time.system()).send(request, Duration.ofSeconds(1));
    await()
        .untilAsserted(
            () -> assertThat(server.task("t").state()).isEqualTo(TaskRecord.State.HALTED));
    worker.call("a", "work");
    assertThat(worker.<Integer>result("a", Integer.class)).isEqualTo(1);
    server.pass(Duration.ofSeconds(5));
    assertThat(server.promise("t").state()).isEqualTo(PromiseRecord.State.RESOLVED);
  }

  @Test
  void acquisitionWhoseAnswerWasLostIsGivenBackAndTakenAgain() {
    server.loseAnswer(request -> request instanceof TaskRequest.Acquire);
    var worker = new TestWorker(server, "w1", 1).knowing("work", (Context c) -> c.attempt());
    worker.call("a", "work");
    assertThat(worker.<Long>result("a", Long.class)).isEqualTo(2);
  }

  @Test
  void everyAnswerMayBeLostOnce() {
    for (String kind :
        new String[] {"task.fence", "task.suspend", "task.fulfill", "promise.register_listener"}) {
      var worker =
          new TestWorker(server, "w1", 1)
              .knowing(
                  "flow",
                  (Context context) -> {
                    int one = context.run("one", () -> 1);
                    return one + context.promise(Integer.class).result();
                  });
      String id = kind.replace('.', '-');
      server.loseAnswer(request -> request.kind().equals(kind));
      worker.call(id, "flow");
      await()
          .untilAsserted(
              () -> assertThat(server.task(id).state()).isEqualTo(TaskRecord.State.SUSPENDED));
      worker.promises().resolve(id + ".2", 2);
      assertThat(worker.<Integer>result(id, Integer.class)).as(kind).isEqualTo(3);
      worker.cut();
    }
  }

  @Test
  void heartbeatNamesEverythingThatIsHeldAtOnce() {
    var mayEnd = new CountDownLatch(1);
    var worker =
        new TestWorker(server, "w1", 0)
            .knowing(
                "work",
                () -> {
                  mayEnd.await();
                  return 0;
                });
    worker.call("a", "work");
    worker.call("b", "work");
    await().untilAsserted(() -> assertThat(server.task("b").pid()).isEqualTo("w1"));
    await().untilAsserted(() -> assertThat(worker.worker.load()).isEqualTo(2));
    server.pass(Duration.ofSeconds(40));
    server.takeKinds();
    await()
        .untilAsserted(() -> {
          server.requests().clear();
          worker.leases.beat();
          assertThat(server.requests())
              .singleElement()
              .isInstanceOfSatisfying(
                  TaskRequest.Heartbeat.class, beat -> assertThat(beat.tasks()).hasSize(2));
        });
    server.pass(Duration.ofSeconds(40));
    assertThat(server.task("a").version()).isEqualTo(1);
    mayEnd.countDown();
  }

  @Test
  void heartbeatsGoByOriginToAServerThatWantsThemSo() {
    var mayEnd = new CountDownLatch(1);
    var strict = new RulesServer(RuleSet.Profile.MAIN);
    var worker =
        new TestWorker(strict, "w1", 0)
            .knowing(
                "work",
                () -> {
                  mayEnd.await();
                  return 0;
                });
    worker.call("a", "work");
    worker.call("b", "work");
    await().untilAsserted(() -> assertThat(worker.worker.executions()).hasSize(2));
    await()
        .untilAsserted(() -> {
          strict.takeKinds();
          worker.leases.beat();
          assertThat(strict.takeKinds()).containsExactly("task.heartbeat", "task.heartbeat");
        });
    strict.pass(Duration.ofSeconds(40));
    worker.leases.beat();
    await().untilAsserted(() -> assertThat(strict.requests()).hasSize(2));
    strict.pass(Duration.ofSeconds(40));
    assertThat(strict.task("a").version()).isEqualTo(1);
    assertThat(strict.task("b").version()).isEqualTo(1);
    mayEnd.countDown();
  }

  @Test
  void drainingWorkerFinishesWhatItHolds() {
    var mayEnd = new CountDownLatch(1);
    var worker =
        new TestWorker(server, "w1", 0)
            .knowing(
                "work",
                () -> {
                  mayEnd.await();
                  return "finished";
                });
    worker.call("a", "work");
    await().untilAsserted(() -> assertThat(worker.worker.load()).isEqualTo(1));
    var drain = Thread.ofVirtual().start(() -> worker.worker.drain(Duration.ofSeconds(20)));
    await().until(() -> !worker.worker.reserve());
    worker.call("b", "work");
    mayEnd.countDown();
    assertThat(worker.<String>result("a", String.class)).isEqualTo("finished");
    await().until(() -> !drain.isAlive());
    assertThat(server.task("b").state()).isEqualTo(TaskRecord.State.PENDING);
  }

  @Test
  void drainingWorkerGivesBackAtOnceWhatItCannotFinish() {
    var interrupted = new CountDownLatch(1);
    var worker =
        new TestWorker(server, "w1", 0)
            .knowing(
                "work",
                () -> {
                  try {
                    new CountDownLatch(1).await();
                  } catch (InterruptedException e) {
                    interrupted.countDown();
                  }
                  return "half done";
                });
    worker.call("a", "work");
    await().untilAsserted(() -> assertThat(worker.worker.load()).isEqualTo(1));
    var second = new TestWorker(server, "w2", 0).knowing("work", (Context c) -> c.pid());
    worker.worker.drain(Duration.ZERO);
    assertThat(second.<String>result("a", String.class)).isEqualTo("w2");
    await().until(() -> interrupted.getCount() == 0);
  }
}
