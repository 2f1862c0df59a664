package dev.baton.example.quarkus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.baton.sdk.Client;
import dev.baton.sdk.Interceptor;
import dev.baton.sdk.Resonate;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.annotation.Priority;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What comes by itself where Quarkus has OpenTelemetry, Micrometer and interceptors as beans. */
@QuarkusTest
final class ObservedIT {

  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final Queue<String> NOTES = new ConcurrentLinkedQueue<>();

  /** The outermost of the two. */
  @Singleton
  @Priority(2)
  static final class First implements Interceptor {
    @Override
    public <T extends @Nullable Object> T call(Call call, Next<T> next) throws Exception {
      NOTES.add(call.id() + " first");
      return next.proceed();
    }
  }

  /** Inside. */
  @Singleton
  @Priority(1)
  static final class Second implements Interceptor {
    @Override
    public <T extends @Nullable Object> T call(Call call, Next<T> next) throws Exception {
      NOTES.add(call.id() + " second");
      return next.proceed();
    }
  }

  /** Where spans and meters go. */
  @Singleton
  static final class Observers {
    private final InMemorySpanExporter spans = InMemorySpanExporter.create();

    @Produces
    @Singleton
    InMemorySpanExporter spans() {
      return spans;
    }

    @Produces
    @Singleton
    SpanProcessor processor() {
      return SimpleSpanProcessor.create(spans);
    }

    @Produces
    @Singleton
    SimpleMeterRegistry registry() {
      return new SimpleMeterRegistry();
    }
  }

  @Inject Resonate resonate;
  @Inject Client<Orders> orders;
  @Inject InMemorySpanExporter spans;
  @Inject MeterRegistry registry;

  @Test
  void spansAndMetersComeByThemselvesAndInterceptorsGoAroundInOrder() {
    orders.begin("observed-1", it -> it.buy(new Order("pencil", 1)));
    await()
        .atMost(LIMIT)
        .ignoreExceptions() // Until the function asks, there is nothing to settle.
        .untilAsserted(() ->
            assertThat(
                    resonate
                        .promise("observed-1", "approval", Decision.class)
                        .resolve(new Decision(true, "Ada"))
                        .isWinner())
                .isTrue());
    await()
        .atMost(LIMIT)
        .untilAsserted(() ->
            assertThat(names("observed-1"))
                .contains("call Orders.buy", "attempt Orders.buy", "step reserve", "step charge"));
    await()
        .atMost(LIMIT)
        .untilAsserted(() ->
            assertThat(
                    registry
                        .get("baton.sdk.attempts")
                        .tags("function", "Orders.buy", "outcome", "completed")
                        .timer()
                        .count())
                .isPositive());
    assertThat(registry.get("baton.sdk.connected").tag("group", "orders").gauge().value())
        .isEqualTo(1);
    assertThat(NOTES).containsSubsequence("observed-1 first", "observed-1 second");
  }

  private List<String> names(String call) {
    var all = spans.getFinishedSpanItems();
    String trace =
        all.stream()
            .filter(span -> span.getAttributes().asMap().containsValue(call))
            .map(SpanData::getTraceId)
            .findFirst()
            .orElse("none");
    return all.stream()
        .filter(span -> span.getTraceId().equals(trace))
        .map(SpanData::getName)
        .toList();
  }
}
