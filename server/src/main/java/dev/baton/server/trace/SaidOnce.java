package dev.baton.server.trace;

import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.util.Collection;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.Level;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says once that a collector takes nothing, and once that it does again. */
final class SaidOnce implements SpanExporter {

  private static final Logger LOG = LoggerFactory.getLogger(SaidOnce.class);

  /** What the library says of each failure; held, because loggers are forgotten otherwise. */
  private static final java.util.logging.Logger OF_LIBRARY =
      java.util.logging.Logger.getLogger("io.opentelemetry");

  private final SpanExporter exporter;
  private final String endpoint;
  private final AtomicBoolean isFailing = new AtomicBoolean();

  SaidOnce(SpanExporter exporter, String endpoint) {
    this.exporter = exporter;
    this.endpoint = endpoint;
    OF_LIBRARY.setLevel(Level.OFF);
  }

  @Override
  public CompletableResultCode export(Collection<SpanData> spans) {
    CompletableResultCode result = exporter.export(spans);
    return result.whenComplete(() -> told(result));
  }

  private void told(CompletableResultCode result) {
    if (result.isSuccess()) {
      if (isFailing.compareAndSet(true, false)) {
        LOG.info("{} takes spans again", endpoint);
      }
    } else if (isFailing.compareAndSet(false, true)) {
      Throwable failure = result.getFailureThrowable();
      LOG.warn(
          "{} (observability.otlp_endpoint) does not take spans, which are dropped until it does:"
              + " {}",
          endpoint,
          failure == null ? "no reason given" : failure.toString());
    }
  }

  @Override
  public CompletableResultCode flush() {
    return exporter.flush();
  }

  @Override
  public CompletableResultCode shutdown() {
    return exporter.shutdown();
  }
}
