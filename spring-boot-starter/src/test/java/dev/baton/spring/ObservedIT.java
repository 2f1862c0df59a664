package dev.baton.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.baton.sdk.Context;
import dev.baton.sdk.DurableFunctions;
import dev.baton.sdk.Interceptor;
import dev.baton.sdk.Resonate;
import dev.baton.sdk.Settings;
import dev.baton.sdk.micrometer.SdkMetrics;
import dev.baton.sdk.opentelemetry.OpenTelemetryInterceptor;
import dev.baton.server.BatonServer;
import dev.baton.server.config.Layers;
import dev.baton.server.config.ServerConfig;
import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;

/** What comes by itself where an application has interceptors, OpenTelemetry and a registry. */
final class ObservedIT {

  private static BatonServer server;

  @BeforeAll
  static void start() {
    server = BatonServer.start(ServerConfig.of(Layers.inMemory()));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static ApplicationContextRunner application() {
    return new ApplicationContextRunner()
        .withConfiguration(
            AutoConfigurations.of(
                BatonAutoConfiguration.class,
                MetricsAutoConfiguration.class,
                CompositeMeterRegistryAutoConfiguration.class,
                SimpleMetricsExportAutoConfiguration.class))
        .withPropertyValues("baton.url=" + server.url(), "baton.group=observed")
        .withUserConfiguration(Functions.class);
  }

  @DurableFunctions
  interface Greetings {
    String greet(String name);
  }

  @Configuration(proxyBeanMethods = false)
  static class Functions {
    @Bean
    Greetings polite() {
      return name -> Context.current().step("greet", () -> "Good day, " + name);
    }
  }

  private static void greet(Resonate resonate, String id) {
    assertThat(resonate.client(Greetings.class).begin(id).greet("Ada")).isEqualTo("Good day, Ada");
  }

  /** Writes down when it goes around a step, and when it is out of it. */
  record Noting(String name, Queue<String> notes) implements Interceptor {
    @Override
    public <T extends @Nullable Object> T step(Step step, Next<T> next) throws Exception {
      notes.add("into " + name);
      try {
        return next.proceed();
      } finally {
        notes.add("out of " + name);
      }
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class Intercepted {
    @Bean
    Queue<String> notes() {
      return new ConcurrentLinkedQueue<>();
    }

    @Bean
    @Order(2)
    Interceptor second(Queue<String> notes) {
      return new Noting("second", notes);
    }

    @Bean
    @Order(1)
    Interceptor first(Queue<String> notes) {
      return new Noting("first", notes);
    }

    @Bean
    SettingsCustomizer outermost(Queue<String> notes) {
      return settings -> settings.withInterceptor(new Noting("customizer's", notes));
    }
  }

  @Test
  void interceptorsThatAreBeansGoAroundInTheirOrder() {
    application()
        .withUserConfiguration(Intercepted.class)
        .run(context -> {
          greet(context.getBean(Resonate.class), "ordered");
          assertThat(context.getBean("notes", Queue.class).toArray())
              .containsExactly(
                  "into customizer's",
                  "into first",
                  "into second",
                  "out of second",
                  "out of first",
                  "out of customizer's");
        });
  }

  @Configuration(proxyBeanMethods = false)
  static class Traced {
    @Bean
    InMemorySpanExporter spans() {
      return InMemorySpanExporter.create();
    }

    @Bean
    OpenTelemetry openTelemetry(InMemorySpanExporter spans) {
      return OpenTelemetrySdk.builder()
          .setTracerProvider(
              SdkTracerProvider.builder()
                  .addSpanProcessor(SimpleSpanProcessor.create(spans))
                  .build())
          .build();
    }
  }

  @Test
  void spansAndTimesComeByThemselves() {
    application()
        .withUserConfiguration(Traced.class)
        .run(context -> {
          greet(context.getBean(Resonate.class), "seen");
          var spans = context.getBean(InMemorySpanExporter.class);
          var registry = context.getBean(MeterRegistry.class);
          await()
              .untilAsserted(() ->
                  assertThat(spans.getFinishedSpanItems())
                      .extracting(SpanData::getName)
                      .containsExactlyInAnyOrder(
                          "call Greetings.greet", "step greet", "attempt Greetings.greet"));
          assertThat(spans.getFinishedSpanItems())
              .extracting(SpanData::getTraceId)
              .containsOnly(spans.getFinishedSpanItems().getFirst().getTraceId());
          await()
              .untilAsserted(() ->
                  assertThat(
                          registry
                              .get("baton.sdk.attempts")
                              .tags("function", "Greetings.greet", "outcome", "completed")
                              .timer()
                              .count())
                      .isEqualTo(1));
          assertThat(registry.get("baton.sdk.connected").tag("group", "observed").gauge().value())
              .isEqualTo(1);
        });
  }

  @Test
  void spansGoAroundTimesAndTheseAroundWhatTheApplicationAdds() {
    application()
        .withUserConfiguration(Traced.class, Intercepted.class)
        .run(context ->
            assertThat(context.getBean(Settings.class).interceptors())
                .extracting(Object::getClass)
                .containsExactly(
                    OpenTelemetryInterceptor.class,
                    SdkMetrics.class,
                    Noting.class,
                    Noting.class,
                    Noting.class));
  }

  @Test
  void propertiesSwitchThemOff() {
    application()
        .withUserConfiguration(Traced.class)
        .withPropertyValues("baton.tracing.enabled=false", "baton.metrics.enabled=false")
        .run(context -> {
          assertThat(context.getBean(Settings.class).interceptors()).isEmpty();
          assertThat(context.getBean(MeterRegistry.class).getMeters())
              .extracting(meter -> meter.getId().getName())
              .noneMatch(name -> name.startsWith("baton."));
        });
  }

  @Test
  void anApplicationWithoutTheirLibrariesStarts() {
    application()
        .withClassLoader(
            new FilteredClassLoader(
                "io.opentelemetry", "dev.baton.sdk.opentelemetry", "dev.baton.sdk.micrometer"))
        .run(context -> {
          assertThat(context).hasNotFailed();
          assertThat(context.getBean(Settings.class).interceptors()).isEqualTo(List.of());
          assertThat(context.getBean(MeterRegistry.class).find("baton.worker.running").gauge())
              .isNotNull();
        });
  }
}
