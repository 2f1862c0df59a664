package dev.baton.sdk.opentelemetry;

import dev.baton.sdk.ExecutionAborted;
import dev.baton.sdk.Interceptor;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.opentelemetry.context.propagation.TextMapSetter;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes a span of each call, attempt and step, and sends the trace's context along with calls, so
 * that one trace goes from a client through all workers that have had to do with its call:
 *
 * {@snippet file="dev/baton/sdk/opentelemetry/Snippets.java" region="settings"}
 *
 * <p>A call is a span of kind producer, which lasts until the server has stored it; it is a child
 * of whatever span is current. Each attempt is one of kind consumer and a child of the call: a
 * function that was suspended or taken over has several. A step is a child of the attempt or step
 * around it. While a function or a step runs, its span is current, and so are its logs' and other
 * libraries' on that thread.
 *
 * <p>The context is in the headers of the call's promise, {@code traceparent} and {@code
 * tracestate} as the W3C has them, and whatever else the propagators that are configured write
 * (baggage, for instance). A span that failed has its exception and the status error; one that
 * ended because the function was suspended or its task was lost has neither, and says so in {@code
 * baton.outcome}. Never throws on its own.
 */
public final class OpenTelemetryInterceptor implements Interceptor {

  /** The id of the call's promise. */
  static final AttributeKey<String> CALL = AttributeKey.stringKey("baton.call");

  static final AttributeKey<String> FUNCTION = AttributeKey.stringKey("baton.function");
  static final AttributeKey<String> TARGET = AttributeKey.stringKey("baton.target");

  /** How often the task had been taken. */
  static final AttributeKey<Long> ATTEMPT = AttributeKey.longKey("baton.attempt");

  /** How often the function or step had failed. */
  static final AttributeKey<Long> RETRY = AttributeKey.longKey("baton.retry");

  static final AttributeKey<String> WORKER = AttributeKey.stringKey("baton.worker");

  /** The id of the step's promise. */
  static final AttributeKey<String> STEP = AttributeKey.stringKey("baton.step");

  /** {@code completed}, {@code failed}, or why the execution ended before its function. */
  static final AttributeKey<String> OUTCOME = AttributeKey.stringKey("baton.outcome");

  private static final String SCOPE = "dev.baton.sdk";

  private static final TextMapGetter<Map<String, String>> GETTER =
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

  private static final TextMapSetter<Call> SETTER =
      (call, name, value) -> {
        if (call != null) {
          call.header(name, value);
        }
      };

  private final Tracer tracer;
  private final TextMapPropagator propagator;

  private OpenTelemetryInterceptor(Tracer tracer, TextMapPropagator propagator) {
    this.tracer = tracer;
    this.propagator = propagator;
  }

  /** Spans by that OpenTelemetry, which stays its owner's to close. */
  public static OpenTelemetryInterceptor of(OpenTelemetry openTelemetry) {
    var configured = openTelemetry.getPropagators().getTextMapPropagator();
    var w3c = W3CTraceContextPropagator.getInstance();
    boolean isW3c = configured.fields().containsAll(w3c.fields());
    return new OpenTelemetryInterceptor(
        openTelemetry.getTracer(SCOPE),
        isW3c ? configured : TextMapPropagator.composite(configured, w3c));
  }

  @Override
  public <T extends @Nullable Object> T call(Call call, Next<T> next) throws Exception {
    var span =
        tracer
            .spanBuilder("call " + call.function())
            .setSpanKind(SpanKind.PRODUCER)
            .setAttribute(CALL, call.id())
            .setAttribute(FUNCTION, call.function())
            .setAttribute(TARGET, call.target())
            .startSpan();
    propagator.inject(Context.current().with(span), call, SETTER);
    return within(span, Context.current(), next);
  }

  @Override
  public <T extends @Nullable Object> T attempt(Attempt attempt, Next<T> next) throws Exception {
    var parent = propagator.extract(Context.root(), attempt.headers(), GETTER);
    var span =
        tracer
            .spanBuilder("attempt " + attempt.function())
            .setParent(parent)
            .setSpanKind(SpanKind.CONSUMER)
            .setAttribute(CALL, attempt.id())
            .setAttribute(FUNCTION, attempt.function())
            .setAttribute(ATTEMPT, attempt.number())
            .setAttribute(RETRY, (long) attempt.retry())
            .setAttribute(WORKER, attempt.pid())
            .startSpan();
    return within(span, parent, next);
  }

  @Override
  public <T extends @Nullable Object> T step(Step step, Next<T> next) throws Exception {
    var span =
        tracer
            .spanBuilder("step " + step.name())
            .setAttribute(CALL, step.call())
            .setAttribute(FUNCTION, step.function())
            .setAttribute(STEP, step.id())
            .setAttribute(ATTEMPT, step.attempt())
            .setAttribute(RETRY, (long) step.retry())
            .startSpan();
    return within(span, Context.current(), next);
  }

  @Override
  public Runnable fork(Runnable branch) {
    return Context.current().wrap(branch);
  }

  private static <T extends @Nullable Object> T within(Span span, Context around, Next<T> next)
      throws Exception {
    var scope = around.with(span).makeCurrent();
    try {
      T result = next.proceed();
      span.setAttribute(OUTCOME, "completed");
      return result;
    } catch (ExecutionAborted e) {
      span.setAttribute(OUTCOME, e.reason().name().toLowerCase(Locale.ROOT));
      throw e;
    } catch (Throwable e) {
      span.setAttribute(OUTCOME, "failed");
      span.setStatus(StatusCode.ERROR, e.getClass().getName());
      span.recordException(e);
      throw e;
    } finally {
      scope.close();
      span.end();
    }
  }
}
