package dev.baton.sdk.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.baton.sdk.Context;
import dev.baton.sdk.Options;
import dev.baton.sdk.RemoteException;
import dev.baton.sdk.Resonate;
import dev.baton.sdk.RetryPolicy;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** What a test lets go wrong goes wrong as it does in production. */
final class FaultsTest {

  private final List<String> done = new CopyOnWriteArrayList<>();

  private final Consumer<Resonate> shop =
      it ->
          it.register(
              "buy",
              (Context context, String item) -> {
                context.effect("reserve", () -> done.add("reserve"));
                var retried =
                    context.with(
                        Options.defaults().retry(RetryPolicy.constant(Duration.ofSeconds(30), 2)));
                retried.effect("charge", () -> done.add("charge"));
                return context.step("ship", () -> item + " by " + context.pid());
              });

  @BatonTest
  void aStepThatFailsOnceIsTriedAgain(BatonKit kit, Resonate resonate) {
    kit.startWorker(shop);
    kit.failOnce("charge");

    assertThat(resonate.beginRpc("a", "buy", String.class, "tea").result())
        .isEqualTo("tea by worker-1");

    assertThat(kit.runs("charge")).isEqualTo(2);
    assertThat(kit.runs("reserve")).isEqualTo(1);
    assertThat(done).containsExactly("reserve", "charge");
    assertThat(kit.passed()).isEqualTo(Duration.ofSeconds(30));
  }

  @BatonTest
  void aStepThatFailsOftenerThanItIsTriedFailsTheCall(BatonKit kit, Resonate resonate) {
    kit.startWorker(shop);
    kit.fail("charge", 3, () -> new IOException("the bank is away"));
    var handle = resonate.beginRpc("a", "buy", String.class, "tea");

    assertThatThrownBy(handle::result)
        .isInstanceOf(RemoteException.class)
        .hasMessageContaining("the bank is away");
    assertThat(kit.runs("charge")).isEqualTo(3);
    assertThat(kit.runs("ship")).isZero();
  }

  @BatonTest
  void aWorkerThatIsKilledInAStepLeavesTheCallToAnother(BatonKit kit, Resonate resonate) {
    kit.startWorker(shop);
    kit.hold("charge");
    var handle = resonate.beginRpc("a", "buy", String.class, "tea");
    kit.settle();

    assertThat(kit.killWorker()).isEqualTo("worker-1");
    kit.startWorker(shop);

    assertThat(handle.result()).isEqualTo("tea by worker-2");
    assertThat(done).containsExactly("reserve", "charge");
    assertThat(kit.runs("reserve")).isEqualTo(1);
    assertThat(kit.runs("charge")).isEqualTo(2);
    assertThat(kit.passed()).isEqualTo(InProcessServer.DISCONNECT_GRACE);
  }

  @BatonTest
  void aWorkerThatIsKilledAfterAStepHasDoneItAndNobodyKnows(BatonKit kit, Resonate resonate) {
    kit.startWorker(shop);
    kit.killWorkerAfter("charge");
    var handle = resonate.beginRpc("a", "buy", String.class, "tea");
    kit.settle();
    kit.startWorker(shop);

    assertThat(handle.result()).isEqualTo("tea by worker-2");
    assertThat(done).containsExactly("reserve", "charge", "charge");
  }

  @BatonTest
  void aStepMayKillItsOwnWorker(BatonKit kit, Resonate resonate) {
    Consumer<Resonate> functions =
        it ->
            it.register(
                "f",
                (Context context) ->
                    context.step(
                        "s",
                        () -> {
                          if (kit.runs("s") == 1) {
                            kit.killWorker();
                          }
                          return context.pid();
                        }));
    var first = kit.worker().named("one").start(functions);
    var handle = resonate.beginRpc("a", "f", String.class);
    kit.settle();
    assertThat(first.isAlive()).isFalse();
    kit.worker().named("two").start(functions);

    assertThat(handle.result()).isEqualTo("two");
  }

  @BatonTest
  void aKilledWorkerStoresNothingAnyMore(BatonKit kit, Resonate resonate) {
    var deaf = new CopyOnWriteArrayList<String>();
    Consumer<Resonate> functions =
        it ->
            it.register(
                "f",
                (Context context) ->
                    context.step(
                        "s",
                        () -> {
                          if (kit.runs("s") == 1) {
                            try {
                              Thread.sleep(Duration.ofMinutes(1));
                            } catch (InterruptedException e) {
                              deaf.add("went on");
                            }
                            return "first";
                          }
                          return "second";
                        }));
    var worker = kit.startWorker(functions);
    var handle = resonate.beginRpc("a", "f", String.class);
    kit.settle();
    worker.kill();
    kit.startWorker(functions);

    assertThat(handle.result()).isEqualTo("second");
    assertThat(deaf).containsExactly("went on");
  }

  @BatonTest
  void aServerThatIsAwayIsWaitedFor(BatonKit kit, Resonate resonate) {
    kit.startWorker(shop);
    var hold = kit.hold("charge");
    var handle = resonate.beginRpc("a", "buy", String.class, "tea");
    kit.settle();

    kit.stopServer();
    hold.release();
    kit.pass(Duration.ofMinutes(10));
    assertThat(kit.runs("ship")).isZero();
    assertThat(kit.whatWaits()).contains("The server is stopped.");
    kit.startServer();

    assertThat(handle.result()).isEqualTo("tea by worker-1");
    assertThat(done).containsExactly("reserve", "charge");
  }

  @BatonTest
  void aWorkerThatIsClosedFinishesWhatItCanInTheKitsTime(BatonKit kit, Resonate resonate) {
    var worker = kit.worker().with(it -> it.withDrainTimeout(Duration.ofMinutes(1))).start(shop);
    kit.hold("ship");
    var handle = resonate.beginRpc("a", "buy", String.class, "tea");
    kit.settle();

    worker.close();
    assertThat(kit.passed()).isEqualTo(Duration.ofMinutes(1));
    kit.startWorker(shop);

    assertThat(handle.result()).isEqualTo("tea by worker-2");
    assertThat(kit.runs("charge")).isEqualTo(1);
  }

  @BatonTest
  void aCallThatDoesNotMatchItsStepsIsHeldAndSaysSo(BatonKit kit, Resonate resonate) {
    var instants = new CopyOnWriteArrayList<Duration>();
    kit.startWorker(it ->
        it.register(
            "f",
            (Context context) -> {
              instants.add(kit.passed());
              context.effect("run " + instants.size(), () -> {});
              context.sleep(Duration.ofMinutes(1));
              return instants.size();
            }));
    var handle = resonate.beginRpc("a", "f", Integer.class);

    assertThatThrownBy(handle::result)
        .isInstanceOf(DoesNotFinishError.class)
        .hasMessageContaining(
            "given back last: replay: its replay does not match: step a.1 was run 'run 1'");
    assertThat(instants).hasSizeBetween(1_000, 5_000); // It is offered again each half minute.
  }

  @BatonTest
  void aWorkerThatComesBackUnderItsNameGetsItsCallAtOnce(BatonKit kit, Resonate resonate) {
    var first = kit.worker().named("one").start(shop);
    kit.hold("charge");
    var handle = resonate.beginRpc("a", "buy", String.class, "tea");
    kit.settle();
    first.kill();
    kit.worker().named("one").start(shop);

    assertThat(handle.result()).isEqualTo("tea by one");
    assertThat(kit.passed()).isZero();
  }

  @BatonTest
  void whichWorkerIsMeantMustBeClear(BatonKit kit, Resonate resonate) {
    kit.startWorker(shop);

    assertThatThrownBy(kit::killWorker)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("[test, worker-1] none holds a task");
  }
}
