package dev.baton.sdk.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.baton.sdk.CallOptions;
import dev.baton.sdk.Context;
import dev.baton.sdk.Options;
import dev.baton.sdk.PromiseTimeoutException;
import dev.baton.sdk.Resonate;
import dev.baton.sdk.RetryPolicy;
import dev.baton.sdk.StillPendingException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** What waits goes by the kit's time. */
final class VirtualTimeTest {

  private static final CallOptions A_YEAR = Options.defaults().timeout(Duration.ofDays(366));

  @BatonTest
  void aSleepOfSevenDaysPassesInMilliseconds(BatonKit kit, Resonate resonate) {
    kit.startWorker(it ->
        it.register(
            "remind",
            (Context context) -> {
              context.sleep(Duration.ofDays(7));
              return "reminded";
            }));
    var handle = resonate.with(A_YEAR).beginRpc("r", "remind", String.class);

    long began = System.nanoTime();
    kit.pass(Duration.ofDays(7).minusMillis(1));
    assertThat(handle.isDone()).isFalse();
    kit.pass(Duration.ofMillis(1));
    var took = Duration.ofNanos(System.nanoTime() - began);

    assertThat(handle.isDone()).isTrue();
    assertThat(handle.result()).isEqualTo("reminded");
    assertThat(took).isLessThan(Duration.ofSeconds(2));
    assertThat(kit.passed()).isEqualTo(Duration.ofDays(7));
  }

  @BatonTest
  void whoWaitsForAResultLetsAsMuchTimePassAsItTakes(BatonKit kit, Resonate resonate) {
    kit.startWorker(it ->
        it.register(
            "remind",
            (Context context) -> {
              for (int day = 1; day <= 30; day++) {
                context.sleep(Duration.ofDays(1));
              }
              return context.now();
            }));

    Instant end = resonate.with(A_YEAR).beginRpc("r", "remind", Instant.class).result();

    assertThat(end).isEqualTo(BatonKit.START.plus(Duration.ofDays(30)));
    assertThat(kit.now()).isEqualTo(end);
  }

  @BatonTest
  void aLimitOfPatienceIsOneOfTheKitsTime(BatonKit kit, Resonate resonate) {
    kit.startWorker(it ->
        it.register(
            "remind",
            (Context context) -> {
              context.sleep(Duration.ofHours(3));
              return "late";
            }));
    var handle = resonate.beginRpc("r", "remind", String.class);

    assertThatThrownBy(() -> handle.result(Duration.ofHours(2)))
        .isInstanceOf(StillPendingException.class);
    assertThat(kit.passed()).isEqualTo(Duration.ofHours(2));
    assertThat(handle.result(Duration.ofHours(2))).isEqualTo("late");
    assertThat(kit.passed()).isEqualTo(Duration.ofHours(3));
  }

  @BatonTest
  void retriesPauseInTheKitsTime(BatonKit kit, Resonate resonate) {
    List<Duration> tries = new ArrayList<>();
    kit.startWorker(it ->
        it.register(
            "flaky",
            () -> {
              tries.add(kit.passed());
              if (tries.size() < 6) {
                throw new IllegalStateException("not yet");
              }
              return tries.size();
            }));

    var handle =
        resonate
            .with(Options.defaults().retry(RetryPolicy.exponential(Duration.ofMillis(500), 10)))
            .beginRpc("f", "flaky", Integer.class);

    assertThat(handle.result()).isEqualTo(6);
    assertThat(tries.stream().map(Duration::toMillis))
        .containsExactly(0L, 500L, 1_500L, 3_500L, 7_500L, 15_500L);
  }

  @BatonTest
  void aDeadlineOfACallIsMetInTheKitsTime(BatonKit kit, Resonate resonate) {
    kit.startWorker(it ->
        it.register(
            "slow",
            (Context context) -> {
              context.sleep(Duration.ofDays(1));
              return "never";
            }));
    var handle =
        resonate
            .with(Options.defaults().timeout(Duration.ofMinutes(5)))
            .beginRpc("s", "slow", String.class);

    kit.pass(Duration.ofMinutes(5));

    assertThatThrownBy(handle::result).isInstanceOf(PromiseTimeoutException.class);
  }

  @BatonTest
  void aStepThatIsHeldKeepsItsLeaseForAsLongAsItsWorkerLives(BatonKit kit, Resonate resonate) {
    kit.startWorker(it -> it.register("long", (Context context) -> context.step("work", () -> 1)));
    kit.startWorker(it -> it.register("long", (Context context) -> context.step("work", () -> 2)));
    var hold = kit.hold("work");
    var handle = resonate.beginRpc("l", "long", Integer.class);

    kit.pass(Duration.ofHours(2)); // Many leases of 15 s.
    assertThat(kit.runs("work")).isEqualTo(1);
    hold.release();
    kit.settle();

    assertThat(handle.isDone()).isTrue();
    assertThat(kit.runs("work")).isEqualTo(1);
  }

  @BatonTest
  void timePassesAlsoWhileATestHoldsAStep(BatonKit kit, Resonate resonate) {
    var latch = new CountDownLatch(1);
    kit.startWorker(it ->
        it.register(
            "long",
            (Context context) -> {
              var timer = context.beginSleep(Duration.ofMinutes(1));
              context.effect("wait", latch::await);
              timer.result();
              return kit.passed().toMinutes();
            }));
    var handle = resonate.beginRpc("l", "long", Long.class);

    kit.pass(Duration.ofMinutes(5));
    latch.countDown();

    assertThat(handle.result()).isEqualTo(5);
  }

  @BatonTest
  void schedulesRunByTheKitsTime(BatonKit kit, Resonate resonate) {
    var runs = new AtomicInteger();
    kit.startWorker(it -> it.register("tick", () -> runs.incrementAndGet()));
    resonate.schedules().create("hourly", "0 * * * *", Options.defaults(), "tick");

    kit.pass(Duration.ofDays(2));

    assertThat(runs).hasValue(48);
  }

  @BatonTest
  void whatDoesNotFinishSaysWhatWaitsAndWhy(BatonKit kit, Resonate resonate) {
    kit.startWorker(it ->
        it.register(
            "ask",
            (Context context) ->
                context
                    .promise("approval", String.class, "order 7", Duration.ofDays(30))
                    .result()));
    var handle = resonate.beginRpc("order-7", "ask", String.class);

    assertThatThrownBy(handle::result)
        .isInstanceOf(DoesNotFinishError.class)
        .hasMessageContaining("ask: order-7 waits for promise order-7.p-approval")
        .hasMessageContaining("order-7.p-approval is sent to nobody: whoever knows its outcome");
    resonate.promise("order-7", "approval", String.class).resolve("yes");
    assertThat(handle.result()).isEqualTo("yes");
  }

  @BatonTest
  void aFunctionThatNobodyHasIsNamed(BatonKit kit, Resonate resonate) {
    kit.startWorker(it -> it.register("buy", () -> 1));
    var handle = resonate.beginRpc("a", "bye", Integer.class);

    assertThatThrownBy(handle::result)
        .hasMessageContaining("no connected worker of group default has function bye");
  }

  @BatonTest
  void withoutAWorkerThatIsSaid(BatonKit kit, Resonate resonate) {
    var handle = resonate.beginRpc("a", "buy", Integer.class);

    assertThatThrownBy(handle::result)
        .hasMessageContaining("buy: a waits: no worker of group default is connected");
    assertThat(kit.why("a")).isEqualTo("a waits: no worker of group default is connected.");
  }
}
