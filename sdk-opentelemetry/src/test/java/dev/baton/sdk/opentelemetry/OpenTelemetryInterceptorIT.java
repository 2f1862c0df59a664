package dev.baton.sdk.opentelemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.baton.sdk.Context;
import dev.baton.sdk.RemoteException;
import dev.baton.sdk.Resonate;
import dev.baton.sdk.Settings;
import dev.baton.server.BatonServer;
import dev.baton.server.config.Layers;
import dev.baton.server.config.ServerConfig;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.api.baggage.propagation.W3CBaggagePropagator;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Spans of one process, over a real server that makes none. */
@Timeout(60)
class OpenTelemetryInterceptorIT {

  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";

  private final BatonServer server = BatonServer.start(ServerConfig.of(Layers.inMemory()));
  private final InMemorySpanExporter sent = InMemorySpanExporter.create();
  private final OpenTelemetrySdk openTelemetry =
      OpenTelemetrySdk.builder()
          .setTracerProvider(
              SdkTracerProvider.builder()
                  .addSpanProcessor(SimpleSpanProcessor.create(sent))
                  .build())
          .setPropagators(ContextPropagators.create(W3CBaggagePropagator.getInstance()))
          .build();
  private final Resonate worker = open(openTelemetry);

  private Resonate open(OpenTelemetry by) {
    return Resonate.connect(
        Settings.defaults()
            .withUrl(URI.create(server.url()))
            .withGroup("workers")
            .withPid("w1")
            .withInterceptor(OpenTelemetryInterceptor.of(by)));
  }

  @AfterEach
  void stop() {
    worker.close();
    server.close();
  }

  private SpanData span(String name) {
    await()
        .until(
            () -> sent.getFinishedSpanItems().stream().anyMatch(it -> it.getName().equals(name)));
    return sent.getFinishedSpanItems().stream()
        .filter(it -> it.getName().equals(name))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void stepsAndCallsAreBelowTheirAttemptOnWhateverThread() {
    worker.register("leaf", () -> 1);
    worker.register(
        "flow",
        (Context context) -> {
          var beside = context.beginStep("beside", Integer.class, () -> 2);
          int leaf = context.rpc("leaf", Integer.class);
          return leaf + beside.result();
        });
    worker.start();
    assertThat(worker.rpc("a", "flow", Integer.class)).isEqualTo(3);
    var first =
        sent.getFinishedSpanItems().stream()
            .filter(it -> it.getName().equals("attempt flow"))
            .findFirst()
            .orElseThrow();
    assertThat(span("call flow").getKind()).isEqualTo(SpanKind.PRODUCER);
    assertThat(first.getKind()).isEqualTo(SpanKind.CONSUMER);
    assertThat(first.getParentSpanId()).isEqualTo(span("call flow").getSpanId());
    assertThat(first.getAttributes().get(OpenTelemetryInterceptor.OUTCOME))
        .isIn("suspended", "completed"); // As fast as the leaf is.
    assertThat(first.getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
    assertThat(span("step beside").getParentSpanId()).isEqualTo(first.getSpanId());
    assertThat(span("call leaf").getParentSpanId()).isEqualTo(first.getSpanId());
    assertThat(span("attempt leaf").getParentSpanId()).isEqualTo(span("call leaf").getSpanId());
  }

  @Test
  void failureHasItsExceptionAndTheStatusError() {
    worker.register(
        "broken",
        () -> {
          throw new IllegalStateException("no ink");
        });
    worker.start();
    assertThatThrownBy(() -> worker.rpc("a", "broken", Void.class))
        .isInstanceOf(RemoteException.class);
    var span = span("attempt broken");
    assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
    assertThat(span.getEvents())
        .singleElement()
        .satisfies(event -> assertThat(event.getAttributes().toString()).contains("no ink"));
  }

  @Test
  void callOfAnotherSdkIsContinued() throws Exception {
    worker.register("one", () -> Span.current().getSpanContext().getTraceId()).start();
    String call = "{\"func\":\"one\",\"args\":[],\"version\":1}";
    String data = Base64.getEncoder().encodeToString(call.getBytes(StandardCharsets.UTF_8));
    String body =
        """
        {"kind":"promise.create","head":{"corrId":"c","version":"2026-04-01"},"data":{"id":"ts",\
        "timeoutAt":9999999999999,"tags":{"resonate:target":"poll://any@workers"},\
        "param":{"headers":{"traceparent":"00-%s-00f067aa0ba902b7-01"},"data":"%s"}}}\
        """
            .formatted(TRACE, data);
    try (var http = HttpClient.newHttpClient()) {
      var post =
          HttpRequest.newBuilder(URI.create(server.url()))
              .POST(HttpRequest.BodyPublishers.ofString(body))
              .build();
      assertThat(http.send(post, BodyHandlers.ofString()).statusCode()).isEqualTo(200);
    }
    assertThat(worker.get("ts", String.class).result()).isEqualTo(TRACE);
    assertThat(span("attempt one").getParentSpanId()).isEqualTo("00f067aa0ba902b7");
  }

  @Test
  void whatElseIsConfiguredTravelsToo() {
    worker.register("who", () -> String.valueOf(Baggage.current().getEntryValue("tenant"))).start();
    try (var scope = Baggage.builder().put("tenant", "acme").build().makeCurrent()) {
      assertThat(scope).isNotNull();
      assertThat(worker.rpc("a", "who", String.class)).isEqualTo("acme");
    }
    assertThat(span("attempt who").getParentSpanId()).isEqualTo(span("call who").getSpanId());
  }

  @Test
  void withoutATracerNothingIsAdded() {
    var silent = open(OpenTelemetry.noop());
    silent.register("one", () -> 1).start();
    assertThat(silent.rpc("a", "one", Integer.class)).isEqualTo(1);
    assertThat(silent.promises().get("a").param().headers()).isNull();
    silent.close();
  }
}
