package dev.baton.server.trace;

import dev.baton.protocol.PromiseRequest;
import dev.baton.protocol.Request;
import dev.baton.protocol.TaskRequest;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.vertx.core.MultiMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds the spans that those of the server are children of. */
final class Parents {

  /** The W3C's, which every SDK that sends any puts into the headers of a call's param. */
  static final String TRACEPARENT = "traceparent";

  private static final W3CTraceContextPropagator W3C = W3CTraceContextPropagator.getInstance();

  private static final TextMapGetter<Map<String, String>> OF_CALL =
      new TextMapGetter<>() {
        @Override
        public Iterable<String> keys(Map<String, String> headers) {
          return headers.keySet();
        }

        @Override
        public @Nullable String get(@Nullable Map<String, String> headers, String name) {
          return headers == null ? null : headers.get(name);
        }
      };

  private static final TextMapGetter<MultiMap> OF_HTTP =
      new TextMapGetter<>() {
        @Override
        public Iterable<String> keys(MultiMap headers) {
          return headers.names();
        }

        @Override
        public @Nullable String get(@Nullable MultiMap headers, String name) {
          return headers == null ? null : headers.get(name);
        }
      };

  private Parents() {}

  /** The span that a call's headers name; null if there is none, or it is not sampled. */
  static @Nullable Context of(@Nullable Map<String, String> headers) {
    return headers == null || !headers.containsKey(TRACEPARENT)
        ? null
        : sampled(W3C.extract(Context.root(), headers, OF_CALL));
  }

  /** The same of the HTTP request; what made that is nearer than the call. */
  static @Nullable Context of(MultiMap http) {
    return http.contains(TRACEPARENT) ? sampled(W3C.extract(Context.root(), http, OF_HTTP)) : null;
  }

  private static @Nullable Context sampled(Context context) {
    return Span.fromContext(context).getSpanContext().isSampled() ? context : null;
  }

  /** The headers of what a request creates; null if it creates nothing, or without headers. */
  static @Nullable Map<String, String> headers(Request request) {
    PromiseRequest.Create created = null;
    if (request instanceof PromiseRequest.Create create) {
      created = create;
    } else if (request instanceof TaskRequest.Create create) {
      created = create.action();
    } else if (request instanceof TaskRequest.Fence fence
        && fence.action() instanceof TaskRequest.FenceAction.Create(PromiseRequest.Create create)) {
      created = create;
    }
    return created == null ? null : created.param().headers();
  }
}
