package dev.baton.server.trace;

import dev.baton.server.config.ServerConfig;
import dev.baton.server.http.RequestTracer;
import dev.baton.server.record.Recorder;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.exporter.otlp.trace.OtlpGrpcSpanExporter;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Sends spans in batches, from a thread of its own, out of a queue that drops what does not fit.
 * Only traces that a client has sampled have spans here.
 */
final class Otlp implements Tracing {

  private static final String SCOPE = "dev.baton.server";
  private static final int MOST_WAITING = 8_192;
  private static final Duration PAUSE = Duration.ofSeconds(1);
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final Duration LAST_PATIENCE = Duration.ofSeconds(2);

  private final SdkTracerProvider provider;
  private final Tracer tracer;

  private Otlp(SdkTracerProvider provider) {
    this.provider = provider;
    this.tracer = provider.get(SCOPE);
  }

  static Otlp open(ServerConfig.Tracing config, String instance) {
    return open(new SaidOnce(exporter(config), config.endpoint()), instance);
  }

  static Otlp open(SpanExporter exporter, String instance) {
    Resource resource =
        Resource.getDefault()
            .merge(
                Resource.create(
                    Attributes.of(
                        AttributeKey.stringKey("service.name"),
                        "baton",
                        AttributeKey.stringKey("service.instance.id"),
                        instance)));
    return new Otlp(
        SdkTracerProvider.builder()
            .setResource(resource)
            .setSampler(Sampler.parentBased(Sampler.alwaysOff()))
            .addSpanProcessor(
                BatchSpanProcessor.builder(exporter)
                    .setMaxQueueSize(MOST_WAITING)
                    .setScheduleDelay(PAUSE)
                    .setExporterTimeout(PATIENCE)
                    .build())
            .build());
  }

  private static SpanExporter exporter(ServerConfig.Tracing config) {
    return switch (config.protocol()) {
      case GRPC ->
          OtlpGrpcSpanExporter.builder()
              .setEndpoint(config.endpoint())
              .setTimeout(PATIENCE)
              .build();
      case HTTP ->
          OtlpHttpSpanExporter.builder()
              .setEndpoint(config.endpoint())
              .setTimeout(PATIENCE)
              .build();
    };
  }

  @Override
  public RequestTracer requests() {
    return new RequestSpans(tracer);
  }

  @Override
  public Recorder tasks(Recorder to, Function<String, @Nullable Map<String, String>> headers) {
    return new TaskSpans(tracer, to, headers);
  }

  @Override
  public void close() {
    provider.shutdown().join(LAST_PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
  }
}
