package dev.baton.guides;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.baton.guides.Factorial.Maths;
import dev.baton.guides.Factorial.Recursive;
import dev.baton.guides.FanOut.Reading;
import dev.baton.guides.FanOut.Texts;
import dev.baton.guides.HumanInTheLoop.Decision;
import dev.baton.guides.HumanInTheLoop.Expense;
import dev.baton.guides.Saga.Agency;
import dev.baton.guides.Saga.Travel;
import dev.baton.guides.Saga.Trips;
import dev.baton.sdk.Options;
import dev.baton.sdk.RemoteException;
import dev.baton.sdk.test.BatonKit;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the pages of the guides show, run on virtual time. */
final class PatternsTest {

  private final BatonKit kit = new BatonKit();

  @AfterEach
  void end() {
    kit.close();
  }

  @Test
  void theFirstCallCountsToTen() {
    kit.startWorker(it -> it.register("count", FirstCall::count));
    assertThat(kit.resonate().rpc("count-1", "count", String.class, "Ada"))
        .isEqualTo("Ada has counted to ten");
    assertThat(kit.passed()).isGreaterThanOrEqualTo(Duration.ofSeconds(10));
  }

  @Test
  void fanOutRunsOnSeveralWorkers() {
    for (int i = 0; i < 3; i++) {
      kit.startWorker(it -> it.register(Texts.class, new Reading()));
    }
    var texts = kit.resonate().client(Texts.class);
    assertThat(texts.begin("longest-1").longest(List.of("a", "bcd", "ef"))).isEqualTo(9);
  }

  @Test
  void aPersonDecidesOnce() {
    kit.startWorker(it -> it.register("reimburse", HumanInTheLoop::reimburse));
    var handle =
        kit.resonate()
            .with(Options.defaults().timeout(Duration.ofDays(7)))
            .beginRpc("expense-1", "reimburse", String.class, new Expense("train", 4_200));
    kit.pass(Duration.ofDays(1));
    assertThat(handle.isDone()).isFalse();
    var yes = new Decision(true, "Ada");
    assertThat(HumanInTheLoop.decide(kit.resonate(), "expense-1", yes)).isEqualTo("counts");
    assertThat(HumanInTheLoop.decide(kit.resonate(), "expense-1", new Decision(false, "Bob")))
        .isEqualTo("somebody else has decided");
    assertThat(handle.result()).isEqualTo("paid 4200");
  }

  @Test
  void aPersonWhoDoesNotAnswerIsNotWaitedForForEver() {
    kit.startWorker(it -> it.register("reimburse", HumanInTheLoop::reimburse));
    var handle =
        kit.resonate()
            .with(Options.defaults().timeout(Duration.ofDays(7)))
            .beginRpc("expense-2", "reimburse", String.class, new Expense("train", 4_200));
    kit.pass(Duration.ofDays(3));
    assertThat(handle.result()).isEqualTo("nobody has answered");
  }

  /** Has no cars. */
  private static final class Recorded implements Agency {

    private final List<String> done = new ArrayList<>();

    @Override
    public synchronized String book(String what) {
      if (what.startsWith("car")) {
        throw new IllegalStateException("no cars left");
      }
      done.add("book " + what);
      return what;
    }

    @Override
    public synchronized void cancel(String booking) {
      done.add("cancel " + booking);
    }
  }

  @Test
  void aSagaTakesBackWhatItHasDoneInReverse() {
    var agency = new Recorded();
    kit.startWorker(it -> it.register(Trips.class, new Travel(agency)));
    var trips = kit.resonate().client(Trips.class);
    assertThatThrownBy(() -> trips.begin("trip-1").book("Oslo"))
        .isInstanceOf(RemoteException.class)
        .hasMessageContaining("no cars left");
    assertThat(agency.done)
        .containsExactly(
            "book flight to Oslo",
            "book hotel in Oslo",
            "cancel hotel in Oslo",
            "cancel flight to Oslo");
  }

  @Test
  void aFunctionCallsItselfOnOtherWorkers() {
    kit.startWorker(it -> it.register(Maths.class, new Recursive()));
    kit.startWorker(it -> it.register(Maths.class, new Recursive()));
    assertThat(kit.resonate().client(Maths.class).begin("factorial-20").factorial(20))
        .isEqualTo(new BigInteger("2432902008176640000"));
  }

  @Test
  void aScheduleCallsAtTwoInTheMorning() {
    kit.startWorker(it -> it.register("report", Nightly::report));
    Nightly.schedule(kit.resonate());
    kit.pass(Duration.ofDays(1));
    var at = kit.now().atZone(ZoneOffset.UTC).toLocalDate().minusDays(1).atTime(2, 0);
    long ms = at.toInstant(ZoneOffset.UTC).toEpochMilli();
    assertThat(kit.resonate().get("nightly-" + ms, String.class).result())
        .isEqualTo("sales report of 2026-01-01");
  }

  @Test
  void aScheduleGoesByTheClockOfItsZone() {
    kit.startWorker(it -> it.register("report", Nightly::report));
    Nightly.mornings(kit.resonate());
    kit.pass(Duration.ofDays(1));
    long ms = Instant.parse("2026-01-01T08:00:00Z").toEpochMilli(); // A Thursday, 9:00 in Berlin.
    assertThat(kit.resonate().get("mornings-" + ms, String.class).result())
        .isEqualTo("stock report of 2026-01-01");
  }
}
