package dev.baton.sdk.internal.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.is;

import dev.baton.protocol.PromiseRecord;
import dev.baton.protocol.Tags;
import dev.baton.protocol.TaskRecord;
import dev.baton.sdk.Context;
import dev.baton.sdk.Options;
import dev.baton.sdk.RemoteException;
import dev.baton.sdk.RetryPolicy;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Functions that are tried again, on a clock that stands until it is moved. */
@Timeout(30)
class RetryTest {

  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final RetryPolicy EVERY_MINUTE = RetryPolicy.constant(MINUTE, 20);

  private final RulesServer server = new RulesServer();
  private final TestWorker worker = new TestWorker(server, "w1", 1);
  private final AtomicInteger tries = new AtomicInteger();

  private void awaitSuspension(String id) {
    await()
        .untilAsserted(
            () -> assertThat(server.task(id).state()).isEqualTo(TaskRecord.State.SUSPENDED));
  }

  private int failUntil(int success) {
    int count = tries.incrementAndGet();
    if (count < success) {
      throw new IllegalStateException("try " + count);
    }
    return count;
  }

  @Test
  void workflowIsTriedAgainFromScratch() {
    worker.knowing(
        "flow",
        (Context context) -> {
          int one = context.run("one", () -> tries.get());
          return one * 10 + context.run("two", () -> failUntil(3));
        });
    worker.call("a", "flow", RetryPolicy.constant(Duration.ofMillis(1), 5));
    assertThat(worker.<Integer>result("a", Integer.class)).isEqualTo(23);
    assertThat(server.promise("a.2").state()).isEqualTo(PromiseRecord.State.REJECTED);
    assertThat(server.promise("a.r1.2").state()).isEqualTo(PromiseRecord.State.REJECTED);
    assertThat(server.promise("a.r2.2").state()).isEqualTo(PromiseRecord.State.RESOLVED);
    assertThat(server.promise("a.r2.2").tags())
        .containsEntry(Tags.PARENT, "a")
        .containsEntry(Tags.ORIGIN, "a")
        .containsEntry(Tags.BRANCH, "a");
  }

  @Test
  void pauseTakesNoSlotAndDoesNotKeepTheWorkerFromDraining() {
    worker.knowing("flaky", () -> failUntil(2));
    worker.knowing("other", () -> "other");
    worker.call("a", "flaky", EVERY_MINUTE);
    awaitSuspension("a");
    worker.call("b", "other");
    assertThat(worker.<String>result("b", String.class)).isEqualTo("other");
    assertThat(worker.worker.drain(Duration.ofSeconds(20))).isTrue();
    var next = new TestWorker(server, "w2", 1).knowing("flaky", () -> failUntil(2));
    server.pass(MINUTE);
    assertThat(next.<Integer>result("a", Integer.class)).isEqualTo(2);
  }

  @Test
  void numberOfRetriesGoesOnWhereverTheFunctionRuns() {
    var policy = RetryPolicy.constant(MINUTE, 2);
    worker.knowing("fails", () -> failUntil(100));
    worker.call("a", "fails", policy);
    awaitSuspension("a");
    worker.cut();
    var second = new TestWorker(server, "w2", 1).knowing("fails", () -> failUntil(100));
    server.pass(MINUTE);
    await().untilAtomic(tries, is(2));
    awaitSuspension("a");
    server.pass(MINUTE);
    assertThatThrownBy(() -> second.result("a", Integer.class))
        .isInstanceOf(RemoteException.class)
        .hasMessageContaining("try 3");
    assertThat(tries).hasValue(3);
  }

  @Test
  void whatHasFailedBeforeIsNotRunAgainByTheNextWorker() {
    var gate = new CountDownLatch(1);
    worker.knowing(
        "flaky",
        () -> {
          if (tries.incrementAndGet() == 2) {
            gate.await();
          }
          throw new IllegalStateException("try " + tries);
        });
    worker.call("a", "flaky", EVERY_MINUTE);
    awaitSuspension("a");
    server.pass(MINUTE);
    await().untilAtomic(tries, is(2));
    // The worker is lost in the middle of the second try.
    worker.cut();
    var second = new TestWorker(server, "w2", 1).knowing("flaky", () -> tries.incrementAndGet());
    server.endLeases("w1");
    assertThat(second.<Integer>result("a", Integer.class)).isEqualTo(3);
    gate.countDown();
  }

  @Test
  void longRowOfRetriesIsFoundByAWorkerThatHasNotSeenIt() {
    worker.knowing("flaky", () -> failUntil(16));
    worker.call("a", "flaky", EVERY_MINUTE);
    for (int i = 1; i < 14; i++) {
      int done = i;
      await().untilAsserted(() -> assertThat(tries).hasValue(done));
      awaitSuspension("a");
      server.pass(MINUTE);
    }
    await().untilAsserted(() -> assertThat(tries).hasValue(14));
    awaitSuspension("a");
    worker.cut();
    var second = new TestWorker(server, "w2", 1).knowing("flaky", () -> failUntil(16));
    server.takeKinds();
    server.pass(MINUTE);
    await().untilAsserted(() -> assertThat(tries).hasValue(15));
    awaitSuspension("a");
    assertThat(server.takeKinds()).filteredOn("promise.get"::equals).hasSizeLessThan(10);
    assertThat(server.promise("a.r15").tags()).containsEntry(Tags.BRANCH, "a.r15");
    server.pass(MINUTE);
    assertThat(second.<Integer>result("a", Integer.class)).isEqualTo(16);
  }

  @Test
  void failuresBeforeTheLastAreKeptWithThePauses() {
    worker.knowing("flaky", () -> failUntil(2));
    worker.call("a", "flaky", RetryPolicy.constant(Duration.ofMillis(1), 5));
    worker.result("a", Integer.class);
    assertThat(worker.values.text(server.promise("a.r1").param()))
        .contains("IllegalStateException", "try 1");
  }

  @Test
  void stepIsTriedAgainWhileTheFunctionIsSuspended() {
    worker.knowing(
        "flow",
        (Context context) ->
            context.with(Options.defaults().retry(EVERY_MINUTE)).run("flaky", () -> failUntil(3)));
    worker.call("a", "flow");
    for (int i = 1; i < 3; i++) {
      int done = i;
      await().untilAsserted(() -> assertThat(tries).hasValue(done));
      awaitSuspension("a");
      server.pass(MINUTE);
    }
    assertThat(worker.<Integer>result("a", Integer.class)).isEqualTo(3);
    assertThat(server.promise("a.1.r2").tags()).containsEntry(Tags.PARENT, "a.1");
  }
}
