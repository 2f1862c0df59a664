package dev.baton.sdk.test;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.sdk.Context;
import dev.baton.sdk.DurablePromise;
import dev.baton.sdk.Handle;
import dev.baton.sdk.Options;
import dev.baton.sdk.Resonate;
import dev.baton.sdk.RetryPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Timeout;

/** Many calls at once, with workers that vanish: time waits for all of them. */
final class ManyCallsTest {

  private static final int CALLS = 200;

  private final Consumer<Resonate> functions =
      it ->
          it.register(
                  "order",
                  (Context context, Integer number) -> {
                    var prices = new ArrayList<DurablePromise<Integer>>();
                    for (int i = 0; i < 3; i++) {
                      prices.add(context.beginRpc("price", Integer.class, number + i));
                    }
                    context.sleep(Duration.ofMinutes(number % 7));
                    int sum = context.all(prices).stream().mapToInt(Integer::intValue).sum();
                    var left = context.beginStep("left", () -> sum + 1);
                    var right = context.beginStep("right", () -> sum - 1);
                    context.sleep(Duration.ofHours(1));
                    return left.result() + right.result();
                  })
              .register(
                  "price",
                  (Context context, Integer number) -> {
                    var retried =
                        context.with(
                            Options.defaults()
                                .retry(RetryPolicy.constant(Duration.ofSeconds(10), 9)));
                    return retried.step("look", () -> number * 2);
                  });

  @BatonTest
  @Timeout(120)
  void allComeToTheirEndsThoughWorkersVanish(BatonKit kit, Resonate resonate) {
    var workers = new ArrayList<TestWorker>();
    for (int i = 0; i < 3; i++) {
      workers.add(kit.worker().slots(10).start(functions));
    }
    kit.fail("look", 50, () -> new IllegalStateException("not now"));
    List<Handle<Integer>> calls =
        IntStream.range(0, CALLS)
            .mapToObj(
                number -> resonate.beginRpc("order-" + number, "order", Integer.class, number))
            .toList();
    workers.get(0).kill();
    kit.pass(Duration.ofMinutes(3));
    workers.get(1).kill();
    kit.worker().slots(10).start(functions);

    for (int number = 0; number < CALLS; number++) {
      assertThat(calls.get(number).result()).isEqualTo(2 * (6 * number + 6));
    }
    assertThat(kit.whatWaits()).isEmpty();
    assertThat(kit.passed()).isBetween(Duration.ofMinutes(66), Duration.ofMinutes(75));
    assertThat(kit.runs("look")).isGreaterThanOrEqualTo(CALLS * 3 + 50);
  }
}
