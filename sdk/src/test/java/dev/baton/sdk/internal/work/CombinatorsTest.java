package dev.baton.sdk.internal.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.baton.protocol.TaskRecord;
import dev.baton.sdk.Context;
import dev.baton.sdk.DurablePromise;
import dev.baton.sdk.RemoteException;
import dev.baton.sdk.StillPendingException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Waiting for several promises, at the server's rules. */
@Timeout(30)
class CombinatorsTest {

  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final RulesServer server = new RulesServer();
  private final TestWorker worker = new TestWorker(server, "w1", 0);

  private void awaitSuspended() {
    await().until(() -> server.task("a").state() == TaskRecord.State.SUSPENDED);
  }

  @Test
  void whoeverWinsIsStoredAndWinsAgain() {
    var seen = new ArrayList<Integer>();
    worker.knowing(
        "flow",
        (Context context) -> {
          var left = context.promise(String.class);
          var right = context.promise(String.class);
          int winner = context.select(List.of(left, right));
          seen.add(winner);
          context.sleep(MINUTE); // by then both are settled
          return winner + " " + right.result() + " " + left.result();
        });
    worker.call("a", "flow");
    awaitSuspended();
    worker.promises().resolve("a.2", "right");
    await().until(() -> seen.size() == 1);
    awaitSuspended();
    worker.promises().resolve("a.1", "left");
    server.pass(MINUTE);
    assertThat(worker.<String>result("a", String.class)).isEqualTo("1 right left");
    // It may run once more when the loser is settled, if it does before the minute is over.
    assertThat(seen).hasSizeGreaterThanOrEqualTo(2).containsOnly(1);
  }

  @Test
  void winnerOfOneWorkerIsTheWinnerOfTheNext() {
    worker.knowing("flow", CombinatorsTest::first);
    worker.call("a", "flow");
    awaitSuspended();
    worker.promises().resolve("a.2", "right");
    await().until(() -> server.promise("a.3").isSettled());
    awaitSuspended();
    worker.cut();
    new TestWorker(server, "w2", 0).knowing("flow", CombinatorsTest::first);
    worker.promises().resolve("a.1", "left");
    server.pass(MINUTE);
    assertThat(worker.<String>result("a", String.class)).isEqualTo("right by w2");
  }

  private static String first(Context context) {
    var left = context.promise(String.class);
    var right = context.promise(String.class);
    String first = context.race(List.of(left, right));
    context.sleep(MINUTE);
    return first + " by " + context.pid();
  }

  @Test
  void raceIsLostToAnyKindOfStep() {
    var mayEnd = new CountDownLatch(1);
    worker.knowing(
        "flow",
        (Context context) -> {
          var step =
              context.beginStep(
                  "slow",
                  () -> {
                    mayEnd.await();
                    return "step";
                  });
          var promise = context.promise(String.class);
          String first = context.race(List.of(step, promise));
          mayEnd.countDown();
          return first + " " + context.race(List.of(step)) + " " + context.attempt();
        });
    worker.call("a", "flow");
    await().until(() -> server.requests().toString().contains("RegisterListener[awaited=a.2"));
    worker.promises().resolve("a.2", "promise");
    assertThat(worker.<String>result("a", String.class)).isEqualTo("promise step 1");
  }

  @Test
  void failureWinsARaceAndIsPassedOverByAny() {
    worker.knowing(
        "flow",
        (Context context) -> {
          var failing =
              context.<String>beginStep(
                  "failing",
                  String.class,
                  () -> {
                    throw new IllegalStateException("boom");
                  });
          String raced;
          try {
            raced = context.race(List.of(failing));
          } catch (RemoteException e) {
            raced = e.remoteMessage();
          }
          var good = context.promise(String.class);
          return raced + " " + context.any(List.of(failing, good));
        });
    worker.call("a", "flow");
    awaitSuspended();
    worker.promises().resolve("a.3", "good");
    assertThat(worker.<String>result("a", String.class)).isEqualTo("boom good");
  }

  @Test
  void anyFailsWhenAllHave() {
    worker.knowing(
        "flow",
        (Context context) -> {
          List<DurablePromise<String>> both =
              List.of(context.promise(String.class), context.promise(String.class));
          return context.any(both);
        });
    worker.call("a", "flow");
    awaitSuspended();
    worker.promises().reject("a.1", new IllegalStateException("one"));
    await().until(() -> server.promise("a.3").isSettled());
    awaitSuspended();
    worker.promises().reject("a.2", new IllegalStateException("two"));
    assertThatThrownBy(() -> worker.result("a", String.class)).hasMessageContaining("two");
  }

  @Test
  void allGivesValuesInOrder() {
    worker.knowing("twice", (Integer number) -> number * 2);
    worker.knowing(
        "flow",
        (Context context) -> {
          var begun = new ArrayList<DurablePromise<Integer>>();
          for (int i = 0; i < 4; i++) {
            begun.add(context.beginRpc("twice", Integer.class, i));
          }
          return context.all(begun).toString() + context.all(List.of());
        });
    worker.call("a", "flow");
    assertThat(worker.<String>result("a", String.class)).isEqualTo("[0, 2, 4, 6][]");
  }

  @Test
  void waitingForAPromiseHasALimitOfItsOwn() {
    var before = new AtomicReference<String>("");
    worker.knowing(
        "flow",
        (Context context) -> {
          var answer = context.promise(String.class);
          String first;
          try {
            first = answer.result(MINUTE);
          } catch (StillPendingException e) {
            first = "none within " + MINUTE;
          }
          before.set(first);
          return first + ", then " + answer.result(MINUTE);
        });
    worker.call("a", "flow");
    awaitSuspended();
    server.pass(MINUTE);
    await().until(() -> !before.get().isEmpty());
    awaitSuspended();
    worker.promises().resolve("a.1", "late");
    assertThat(worker.<String>result("a", String.class)).isEqualTo("none within PT1M, then late");
  }

  @Test
  void nothingIsWaitedForThatWasNotBegunHere() {
    var other = new AtomicReference<DurablePromise<String>>();
    worker.knowing(
        "other",
        (Context context) -> {
          other.set(context.promise(String.class));
          return "";
        });
    worker.knowing(
        "flow",
        (Context context) -> {
          try {
            context.select(List.of());
          } catch (IllegalArgumentException e) {
            return context.select(List.of(other.get()));
          }
          return -1;
        });
    worker.call("b", "other");
    worker.result("b", String.class);
    worker.call("a", "flow");
    assertThatThrownBy(() -> worker.result("a", Integer.class))
        .hasMessageContaining("b.1 was not begun by this function");
  }

  @Test
  void stepThatUsesTheContextAroundItIsRefused() {
    worker.knowing(
        "flow",
        (Context context) -> context.step("outer", () -> context.step("inner", () -> "deep")));
    worker.call("a", "flow");
    assertThatThrownBy(() -> worker.result("a", String.class))
        .hasMessageContaining("uses the context of the function around it");
  }
}
