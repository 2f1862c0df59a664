package dev.baton.sdk.internal.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.is;

import dev.baton.protocol.TaskRecord;
import dev.baton.protocol.TaskRequest;
import dev.baton.sdk.Context;
import dev.baton.sdk.ReplayMismatch;
import dev.baton.sdk.internal.Logged;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A server that is away, or that has taken back what a worker still works at. */
@Timeout(30)
class AbsenceTest {

  private static final Duration SHORT_LEASE = Duration.ofMillis(100);

  private final RulesServer server = new RulesServer();
  private final AtomicInteger runs = new AtomicInteger();
  private final CountDownLatch mayEnd = new CountDownLatch(1);

  private TestWorker worker(String pid) {
    return new TestWorker(server, pid, 1, ReplayMismatch.HOLD, SHORT_LEASE)
        .knowing(
            "work",
            (Context context) -> {
              int run = runs.incrementAndGet();
              mayEnd.await();
              return context.run("step", context::pid) + run;
            });
  }

  private void awaitState(TaskRecord.State state) {
    await().untilAsserted(() -> assertThat(server.task("a").state()).isEqualTo(state));
  }

  @Test
  void absenceLongerThanALeaseAbortsNothingAndItsResultIsOffered() {
    var worker = worker("w1");
    worker.call("a", "work");
    await().untilAtomic(runs, is(1));
    try (var logged = new Logged(LeaseKeeper.class)) {
      server.loseRequests(request -> true);
      await()
          .untilAsserted(() -> {
            worker.leases.beat();
            assertThat(logged.warnings())
                .singleElement()
                .asString()
                .contains("the server has been away for longer than a lease", "1 tasks go on");
          });
      mayEnd.countDown();
      await().until(() -> worker.worker.load() == 1);
      server.loseRequests(request -> false);
    }
    assertThat(worker.<String>result("a", String.class)).isEqualTo("w11");
    assertThat(server.task("a").version()).isEqualTo(1);
  }

  @Test
  void whatSomebodyElseHasSettledMeanwhileEndsWhenTheWorkerIsBack() {
    var worker = worker("w1");
    worker.call("a", "work");
    await().untilAtomic(runs, is(1));
    worker.promises().resolve("a", "somebody else's"); // nobody tells the worker
    assertThat(worker.worker.load()).isEqualTo(1);
    worker.leases.verify();
    await().until(() -> worker.worker.load() == 0);
    assertThat(runs).hasValue(1);
  }

  @Test
  void resultWhoseAnswerIsOnItsWayIsNotTakenForSomebodyElses() {
    var worker = worker("w1");
    var mayBeAnswered = new Semaphore(0);
    server.loseAnswer(request -> {
      if (request instanceof TaskRequest.Fulfill) {
        mayBeAnswered.acquireUninterruptibly();
      }
      return false;
    });
    worker.call("a", "work");
    mayEnd.countDown();
    awaitState(TaskRecord.State.FULFILLED);
    try (var logged = new Logged(Execution.class)) {
      worker.leases.verify(); // As after a reconnection.
      mayBeAnswered.release();
      await().until(() -> worker.worker.load() == 0);
      assertThat(logged.messages()).isEmpty();
    }
  }

  @Test
  void taskThatNobodyElseTookIsTakenAgainWhenItsResultIsRefused() {
    var worker = worker("w1");
    worker.call("a", "work");
    awaitState(TaskRecord.State.ACQUIRED);
    worker.cut();
    server.endLeases("w1");
    assertThat(server.task("a").state()).isEqualTo(TaskRecord.State.PENDING);
    mayEnd.countDown();
    assertThat(worker.<String>result("a", String.class)).isEqualTo("w11");
    assertThat(server.task("a").version()).isEqualTo(2);
    assertThat(runs).hasValue(1);
  }

  @Test
  void taskThatIsOnOfferAgainIsTakenAgainByWhoStillWorksAtIt() {
    var worker = worker("w1");
    worker.call("a", "work");
    awaitState(TaskRecord.State.ACQUIRED);
    await().until(() -> worker.worker.executions().size() == 1);
    server.endLeases("w1");
    await().untilAsserted(() -> assertThat(server.task("a").version()).isEqualTo(2));
    mayEnd.countDown();
    assertThat(worker.<String>result("a", String.class)).isEqualTo("w11");
    assertThat(runs).hasValue(1);
  }

  @Test
  void taskThatWasTakenBackIsTakenAgainAfterAReconnection() {
    var worker = worker("w1");
    worker.call("a", "work");
    awaitState(TaskRecord.State.ACQUIRED);
    await().until(() -> worker.worker.executions().size() == 1);
    worker.cut();
    server.endLeases("w1");
    worker.leases.verify();
    assertThat(server.task("a").state()).isEqualTo(TaskRecord.State.ACQUIRED);
    assertThat(server.task("a").version()).isEqualTo(2);
    mayEnd.countDown();
    assertThat(worker.<String>result("a", String.class)).isEqualTo("w11");
  }

  @Test
  void retakingWhoseAnswerIsLostIsFoundOut() {
    var worker = worker("w1");
    worker.call("a", "work");
    awaitState(TaskRecord.State.ACQUIRED);
    await().until(() -> worker.worker.executions().size() == 1);
    worker.cut();
    server.endLeases("w1");
    server.loseAnswer(request -> request instanceof TaskRequest.Acquire);
    mayEnd.countDown();
    assertThat(worker.<String>result("a", String.class)).isEqualTo("w11");
  }

  @Test
  void taskThatAnotherHasTakenIsGivenUp() {
    var worker = worker("w1");
    worker.call("a", "work");
    awaitState(TaskRecord.State.ACQUIRED);
    await().until(() -> worker.worker.executions().size() == 1);
    worker.cut();
    worker("w2");
    server.endLeases("w1");
    await().untilAsserted(() -> assertThat(server.task("a").pid()).isEqualTo("w2"));
    worker.leases.verify();
    await().until(() -> worker.worker.load() == 0);
    mayEnd.countDown();
    assertThat(worker.<String>result("a", String.class)).isEqualTo("w22");
  }
}
