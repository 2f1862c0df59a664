package dev.baton.sdk.micrometer;

import dev.baton.sdk.ExecutionAborted;
import dev.baton.sdk.Health;
import dev.baton.sdk.Interceptor;
import dev.baton.sdk.Resonate;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Times calls, attempts and steps, and shows how a process stands with its server:
 *
 * {@snippet file="dev/baton/sdk/micrometer/Snippets.java" region="metrics"}
 *
 * <p>Timers {@code baton.sdk.calls}, {@code baton.sdk.attempts} and {@code baton.sdk.steps}, each
 * with the function's name and the outcome: {@code completed}, {@code failed}, or for attempts and
 * steps why the execution ended early ({@link ExecutionAborted.Reason}). Names of steps and ids are
 * no tags, because there may be any number of them. Does not throw, unless the registry does.
 */
public final class SdkMetrics implements Interceptor {

  private static final String PREFIX = "baton.sdk.";

  private final MeterRegistry registry;

  private SdkMetrics(MeterRegistry registry) {
    this.registry = registry;
  }

  /** Metrics in that registry. */
  public static SdkMetrics of(MeterRegistry registry) {
    return new SdkMetrics(registry);
  }

  /**
   * Shows the connection, the slots and the heartbeats of a process, for as long as it is held by
   * somebody else; of the same group and pid only the first counts.
   *
   * @return the same
   */
  public Resonate watch(Resonate resonate) {
    var settings = resonate.settings();
    var tags = Tags.of("group", settings.group(), "pid", settings.pid());
    Gauge.builder(PREFIX + "connected", resonate, SdkMetrics::connected)
        .description("1 while messages arrive, else 0")
        .tags(tags)
        .register(registry);
    Gauge.builder(PREFIX + "slots.used", resonate, it -> it.health().running())
        .description("Tasks that take a slot")
        .tags(tags)
        .register(registry);
    Gauge.builder(PREFIX + "slots.limit", resonate, it -> it.settings().slots())
        .description("Slots at most; 0 for no limit")
        .tags(tags)
        .register(registry);
    FunctionCounter.builder(PREFIX + "heartbeats", resonate, it -> it.heartbeats().answered())
        .description("Heartbeats by whether the server has answered them well")
        .tags(tags.and("outcome", "answered"))
        .register(registry);
    FunctionCounter.builder(PREFIX + "heartbeats", resonate, it -> it.heartbeats().failed())
        .description("Heartbeats by whether the server has answered them well")
        .tags(tags.and("outcome", "failed"))
        .register(registry);
    return resonate;
  }

  private static double connected(Resonate resonate) {
    return resonate.health().state() == Health.State.CONNECTED ? 1 : 0;
  }

  @Override
  public <T extends @Nullable Object> T call(Call call, Next<T> next) throws Exception {
    return timed("calls", "Calls, until the server has stored them", call.function(), next);
  }

  @Override
  public <T extends @Nullable Object> T attempt(Attempt attempt, Next<T> next) throws Exception {
    return timed("attempts", "Runs of called functions", attempt.function(), next);
  }

  @Override
  public <T extends @Nullable Object> T step(Step step, Next<T> next) throws Exception {
    return timed("steps", "Tries of steps", step.function(), next);
  }

  private <T extends @Nullable Object> T timed(
      String name, String description, String function, Next<T> next) throws Exception {
    long begun = System.nanoTime();
    String outcome = "failed";
    try {
      T result = next.proceed();
      outcome = "completed";
      return result;
    } catch (ExecutionAborted e) {
      outcome = e.reason().name().toLowerCase(Locale.ROOT);
      throw e;
    } finally {
      Timer.builder(PREFIX + name)
          .description(description)
          .tag("function", function)
          .tag("outcome", outcome)
          .register(registry)
          .record(System.nanoTime() - begun, TimeUnit.NANOSECONDS);
    }
  }
}
