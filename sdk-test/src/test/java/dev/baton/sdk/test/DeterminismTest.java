package dev.baton.sdk.test;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.baton.sdk.Context;
import dev.baton.sdk.Functions;
import dev.baton.sdk.Resonate;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;

/** What is not the same when it is run again is found, and what is passes. */
final class DeterminismTest {

  record Order(String item, int count) {}

  private static Consumer<Resonate> buying(Functions.F2<Context, String, Object> buy) {
    return it -> it.register("buy", buy).register("price", (Object item) -> 250);
  }

  private static AbstractThrowableAssert<?, ?> check(Functions.F2<Context, String, Object> buy) {
    return assertThatThrownBy(() -> Determinism.check(buying(buy), "buy", "tea"))
        .isInstanceOf(NotDeterministicError.class)
        .hasMessageEndingWith("context.uuid(), context.step(...)");
  }

  @Test
  void stepsForTimeAndChanceAreTheSameAgain() {
    assertThatCode(() ->
            Determinism.check(
                buying((context, item) -> {
                  var now = context.now();
                  var id = context.uuid();
                  int count = context.random().nextInt(3) + 1;
                  for (int i = 0; i < count; i++) {
                    context.effect("at " + now + i, () -> {});
                  }
                  context.sleep(Duration.ofHours(1));
                  var order = new Order(item, count);
                  context.step("charge " + id, () -> order.toString());
                  return context.rpc("price", Integer.class, order) + now.toString();
                }),
                "buy",
                "tea"))
        .doesNotThrowAnyException();
  }

  @Test
  void aFunctionThatFailsIsComparedToo() {
    assertThatCode(() ->
            Determinism.check(
                buying((context, item) -> {
                  context.effect("charge", () -> {});
                  throw new IllegalStateException("sold out");
                }),
                "buy",
                "tea"))
        .doesNotThrowAnyException();
  }

  @Test
  void theRealTimeInAnArgumentIsFound() {
    check((context, item) -> context.rpc("price", Integer.class, Instant.now().toString()))
        .hasMessageStartingWith("step 1 of check 'buy' (check.1) rpc 'price', was called with [\"")
        .hasMessageContaining("\"] the first time, and is now called with [\"");
  }

  @Test
  void chanceInTheNameOfAStepIsFound() {
    check(
            (context, item) -> {
              context.effect("pay " + UUID.randomUUID(), () -> {});
              return item;
            })
        .hasMessageStartingWith("step 1 of check 'buy' (check.1) was run 'pay ")
        .hasMessageContaining(" the first time, and is now run 'pay ");
  }

  @Test
  void chanceThatDecidesWhatIsDoneIsFound() {
    check(
            (context, item) -> {
              for (long left = ThreadLocalRandom.current().nextLong(50); left > 0; left--) {
                context.effect("one more", () -> {});
              }
              return item;
            })
        .hasMessageContaining("check 'buy'");
  }

  @Test
  void chanceThatTheCodeOfAStepUsesIsFound() {
    check(
            (context, item) -> {
              var key = UUID.randomUUID();
              context.step("charge", () -> key.toString());
              return item;
            })
        .hasMessageStartingWith("the code of step check.1 'charge' uses ")
        .hasMessageContaining(" the first time, and ");
  }

  @Test
  void theRealTimeInAResultIsFound() {
    check((context, item) -> item + System.nanoTime())
        .hasMessageStartingWith("check 'buy' gave \"tea")
        .hasMessageContaining("and gives \"tea");
  }

  @BatonTest
  void aCallThatNeedsATestIsCheckedInItsKit(BatonKit kit, Resonate resonate) {
    Consumer<Resonate> functions =
        buying((context, item) -> {
          String name = context.promise("who", String.class, null, Duration.ofHours(1)).result();
          return context.rpc("price", Integer.class, name + System.nanoTime());
        });
    kit.startWorker(functions);
    resonate.beginRpc("a", "buy", Integer.class, "tea");
    kit.settle();
    resonate.promise("a", "who", String.class).resolve("Ada");
    kit.settle();

    assertThatThrownBy(() -> kit.checkDeterminism("a", functions))
        .isInstanceOf(NotDeterministicError.class)
        .hasMessageContaining("rpc 'price', was called with [\"Ada");
  }
}
