package dev.baton.sdk.internal.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.baton.protocol.TaskRecord;
import dev.baton.sdk.Context;
import dev.baton.sdk.RemoteException;
import dev.baton.sdk.internal.Logged;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What takes a slot, and for how long. */
@Timeout(30)
class SlotsTest {

  private final RulesServer server = new RulesServer();

  @Test
  void refusedTaskTakesNoSlot() {
    var worker = new TestWorker(server, "w1", 1).knowing("known", () -> "done");
    worker.call("misspelt", "knwon");
    await().until(() -> server.task("misspelt").version() > 3);
    for (int i = 0; i < 5; i++) {
      worker.call("a" + i, "known");
      assertThat(worker.<String>result("a" + i, String.class)).isEqualTo("done");
    }
  }

  @Test
  void taskThatComesStraightBackIsRefusedLessAndLessOften() {
    var now = new AtomicInteger();
    var refusals = new Refusals(() -> Duration.ofMillis(now.get()).toNanos());
    assertThat(refusals.refused("a")).isEqualTo(new Refusals.Verdict(Duration.ZERO, true));
    long held = 0;
    for (int i = 0; i < 10; i++) {
      var verdict = refusals.refused("a");
      assertThat(verdict.isNews()).isFalse();
      assertThat(verdict.hold()).isGreaterThanOrEqualTo(Duration.ofMillis(held));
      held = verdict.hold().toMillis();
      now.addAndGet((int) held);
    }
    assertThat(held).isEqualTo(1_000);
    // A server that keeps it away for long enough is not slowed down further.
    now.addAndGet(2_000);
    assertThat(refusals.refused("a").hold()).isZero();
    now.addAndGet(60_000);
    assertThat(refusals.refused("a").isNews()).isTrue();
    refusals.forget("a");
    assertThat(refusals.refused("a").hold()).isZero();
  }

  @Test
  void codeThatDoesNotHeedItsAbortKeepsItsSlotUntilItEnds() {
    var mayEnd = new AtomicBoolean();
    var running = new AtomicInteger();
    var most = new AtomicInteger();
    var worker =
        new TestWorker(server, "w1", 1)
            .knowing(
                "stubborn",
                () -> {
                  most.accumulateAndGet(running.incrementAndGet(), Math::max);
                  while (!mayEnd.get()) {
                    Thread.onSpinWait();
                  }
                  running.decrementAndGet();
                  return 0;
                });
    worker.call("a", "stubborn");
    await().until(() -> worker.worker.executions().size() == 1);
    worker.worker.executions().getFirst().abort(new Aborts.LeaseLost("a", "as a test"));
    assertThat(worker.worker.executions()).isEmpty();
    worker.call("b", "stubborn");
    assertThat(worker.worker.load()).isEqualTo(1);
    assertThat(server.task("b").state()).isEqualTo(TaskRecord.State.PENDING);
    mayEnd.set(true);
    worker.result("b", Integer.class);
    assertThat(most).hasValue(1);
  }

  @Test
  void errorsOfTheMachineGiveTheTaskToAnotherWorker() {
    for (var error :
        new Error[] {
          new OutOfMemoryError("as a test"),
          new StackOverflowError("as a test"),
          new NoClassDefFoundError("as a test"),
          new ExceptionInInitializerError("as a test")
        }) {
      String id = error.getClass().getSimpleName();
      var broken = new TestWorker(server, "broken", 1);
      broken.knowing(
          "work",
          (Context context) ->
              context.run(
                  "step",
                  String.class,
                  () -> {
                    throw error;
                  }));
      broken.call(id, "work");
      await().until(() -> server.task(id).version() > 1);
      assertThat(server.promise(id).isSettled()).isFalse();
      broken.cut();
      var whole =
          new TestWorker(server, "whole", 1)
              .knowing("work", (Context context) -> context.run("step", context::pid));
      assertThat(whole.<String>result(id, String.class)).isEqualTo("whole");
      whole.cut();
    }
  }

  @Test
  void failureOfAStepIsSaidWithItsPlaceAndCause() {
    var worker =
        new TestWorker(server, "w1", 1)
            .knowing(
                "flow",
                (Context context) -> {
                  try {
                    context.run("charge", () -> charge());
                  } catch (RemoteException e) {
                    return e.remoteStack() + e.remoteCauses();
                  }
                  return "";
                });
    try (var logged = new Logged(Attempts.class)) {
      worker.call("a", "flow");
      assertThat(worker.<String>result("a", String.class))
          .contains("IllegalStateException: no money", "SlotsTest.charge", "Caused by: ")
          .endsWith("[Cause[typeName=java.io.IOException, message=the bank is closed]]");
      assertThat(logged.warnings())
          .singleElement()
          .asString()
          .startsWith("step a.1 'charge' of call a failed for good (try 1, attempt 1 of the task)")
          .contains("SlotsTest.charge", "the bank is closed");
    }
  }

  private static int charge() {
    throw new IllegalStateException("no money", new IOException("the bank is closed"));
  }

  @Test
  void failureThatNobodyAsksForIsSaid() {
    var stepped = new CountDownLatch(1);
    var worker =
        new TestWorker(server, "w1", 1)
            .knowing(
                "flow",
                (Context context) -> {
                  context.beginStep(
                      "mail",
                      () -> {
                        stepped.countDown();
                        throw new IllegalStateException("no such address");
                      });
                  stepped.await();
                  return "sent";
                });
    try (var logged = new Logged(Execution.class)) {
      worker.call("a", "flow");
      assertThat(worker.<String>result("a", String.class)).isEqualTo("sent");
      assertThat(logged.warnings())
          .singleElement()
          .asString()
          .startsWith("step a.1 'mail' of call a failed and nobody asked for its result")
          .contains("no such address");
    }
  }
}
