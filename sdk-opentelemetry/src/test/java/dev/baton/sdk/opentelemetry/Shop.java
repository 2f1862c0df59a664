package dev.baton.sdk.opentelemetry;

import dev.baton.sdk.Context;
import dev.baton.sdk.Resonate;
import dev.baton.sdk.Settings;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.util.concurrent.Semaphore;

/** The functions of the story, and a worker of them in a process of its own. */
final class Shop {

  private final Resonate resonate;
  private final Semaphore mayReserve;
  private final Runnable beforeShipping;

  private Shop(Resonate resonate, Semaphore mayReserve, Runnable beforeShipping) {
    this.resonate = resonate;
    this.mayReserve = mayReserve;
    this.beforeShipping = beforeShipping;
  }

  /** Registers the functions. */
  static void open(Resonate resonate, Semaphore mayReserve, Runnable beforeShipping) {
    var shop = new Shop(resonate, mayReserve, beforeShipping);
    resonate.register("buy", shop::buy).register("ship", shop::ship);
  }

  String buy(Context context, String item) {
    long cents = context.step("charge", Long.class, () -> 250L);
    String place =
        context.step(
            "reserve",
            String.class,
            () -> {
              resonate.promises().resolve("reached", context.pid());
              mayReserve.acquire();
              return "shelf 7";
            });
    String parcel = context.rpc("ship", String.class, item, place);
    return parcel + " for " + cents;
  }

  String ship(String item, String place) {
    beforeShipping.run();
    return item + " from " + place;
  }

  static OpenTelemetrySdk openTelemetry(String service, SpanExporter exporter) {
    var name = Attributes.of(AttributeKey.stringKey("service.name"), service);
    return OpenTelemetrySdk.builder()
        .setTracerProvider(
            SdkTracerProvider.builder()
                .setResource(Resource.create(name))
                .addSpanProcessor(SimpleSpanProcessor.create(exporter))
                .build())
        .build();
  }

  /** A worker whose first reservation never comes to an end. */
  public static void main(String[] args) {
    var settings = Settings.fromEnvironment();
    var exporter = OtlpHttpSpanExporter.builder().setEndpoint(args[0] + "/v1/traces").build();
    var openTelemetry = openTelemetry(settings.pid(), exporter);
    try (var resonate =
        Resonate.connect(settings.withInterceptor(OpenTelemetryInterceptor.of(openTelemetry)))) {
      open(resonate, new Semaphore(0), () -> {});
      resonate.serve();
    }
  }
}
