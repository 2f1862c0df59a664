package dev.baton.server.trace;

import dev.baton.protocol.Request;
import dev.baton.server.http.RequestTracer;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.vertx.core.http.HttpServerRequest;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A span of each request that belongs to a sampled trace: from its being read to its answer. */
final class RequestSpans implements RequestTracer {

  private static final AttributeKey<Long> STATUS =
      AttributeKey.longKey("http.response.status_code");
  private static final int FAILURES_FROM = 500;

  private final Tracer tracer;

  RequestSpans(Tracer tracer) {
    this.tracer = tracer;
  }

  @Override
  public @Nullable Ongoing begin(HttpServerRequest http, Request request, long started) {
    Context parent = Parents.of(http.headers());
    if (parent == null) {
      parent = Parents.of(Parents.headers(request));
    }
    if (parent == null) {
      return null;
    }
    Span span =
        tracer
            .spanBuilder(request.kind())
            .setParent(parent)
            .setSpanKind(SpanKind.SERVER)
            .setStartTimestamp(Instant.now().minusNanos(System.nanoTime() - started))
            .startSpan();
    return status -> {
      span.setAttribute(STATUS, (long) status);
      if (status >= FAILURES_FROM) {
        span.setStatus(StatusCode.ERROR);
      }
      span.end();
    };
  }
}
