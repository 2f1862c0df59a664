package dev.baton.server.trace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.server.record.Event;
import dev.baton.server.record.Event.Cause;
import dev.baton.server.record.Event.Kind;
import dev.baton.server.record.Event.State;
import dev.baton.server.record.Ring;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.data.StatusData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What becomes of events. */
class TaskSpansTest {

  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final String SAMPLED = "00-" + TRACE + "-00f067aa0ba902b7-01";

  private final InMemorySpanExporter sent = InMemorySpanExporter.create();
  private final Ring ring = new Ring(100);
  private final Map<String, Map<String, String>> headers = new HashMap<>();
  private final TaskSpans spans =
      new TaskSpans(
          SdkTracerProvider.builder()
              .addSpanProcessor(SimpleSpanProcessor.create(sent))
              .build()
              .get("test"),
          ring,
          headers::get);

  private void task(
      long at,
      Kind kind,
      @Nullable String pid,
      long version,
      @Nullable Cause cause,
      @Nullable State state) {
    spans.record(at, kind, "c", "workers", pid, version, cause, state);
  }

  private static String said(SpanData span) {
    return "%s %d-%d %s %s %s"
        .formatted(
            span.getName(),
            Duration.ofNanos(span.getStartEpochNanos()).toMillis(),
            Duration.ofNanos(span.getEndEpochNanos()).toMillis(),
            span.getAttributes().get(TaskSpans.ATTEMPT),
            span.getAttributes().get(TaskSpans.WORKER),
            span.getAttributes().get(TaskSpans.OUTCOME));
  }

  private void takeover() {
    task(10, Kind.READY, null, 0, null, State.READY);
    task(11, Kind.SENT, "w1", 0, null, State.SENT);
    task(15, Kind.TAKEN, "w1", 1, null, State.HELD);
    task(80, Kind.RETURNED, "w1", 1, Cause.CONNECTION_LOST, State.READY);
    task(90, Kind.TAKEN, "w2", 2, null, State.HELD);
    task(95, Kind.SUSPENDED, "w2", 2, null, State.SUSPENDED);
    task(120, Kind.RESUMED, null, 2, null, State.READY);
    task(121, Kind.TAKEN, "w2", 3, null, State.HELD);
    task(130, Kind.SETTLED, "w2", 3, null, State.RESOLVED);
  }

  @Test
  void waitingAndHoldingAreSpansOfTheCallsTrace() {
    headers.put("c", Map.of(Parents.TRACEPARENT, SAMPLED));
    takeover();
    assertThat(sent.getFinishedSpanItems())
        .extracting(TaskSpansTest::said)
        .containsExactly(
            "dispatch 10-15 1 null acquired",
            "lease 15-80 1 w1 connection_lost",
            "dispatch 80-90 2 null acquired",
            "lease 90-95 2 w2 suspended",
            "dispatch 120-121 3 null acquired",
            "lease 121-130 3 w2 resolved");
    assertThat(sent.getFinishedSpanItems())
        .allSatisfy(span -> {
          assertThat(span.getTraceId()).isEqualTo(TRACE);
          assertThat(span.getParentSpanId()).isEqualTo("00f067aa0ba902b7");
          assertThat(span.getAttributes().get(TaskSpans.GROUP)).isEqualTo("workers");
        });
    assertThat(sent.getFinishedSpanItems().get(0).getEvents())
        .singleElement()
        .satisfies(event -> assertThat(event.getName()).isEqualTo("sent"));
    assertThat(sent.getFinishedSpanItems().get(1).getStatus())
        .isEqualTo(StatusData.create(StatusCode.ERROR, "connection_lost"));
  }

  @Test
  void whatIsNotSampledHasNone() {
    takeover();
    headers.put("c", Map.of(Parents.TRACEPARENT, "00-" + TRACE + "-00f067aa0ba902b7-00"));
    takeover();
    headers.put("c", Map.of(Parents.TRACEPARENT, "nonsense", "other", "header"));
    takeover();
    assertThat(sent.getFinishedSpanItems()).isEmpty();
  }

  @Test
  void everythingIsRecordedAllTheSame() {
    takeover();
    assertThat(ring.between(1, ring.next(), event -> true))
        .extracting(Event::kind)
        .containsExactly(
            Kind.READY,
            Kind.SENT,
            Kind.TAKEN,
            Kind.RETURNED,
            Kind.TAKEN,
            Kind.SUSPENDED,
            Kind.RESUMED,
            Kind.TAKEN,
            Kind.SETTLED);
  }

  @Test
  void whatWasHeldBeforeTheServerStartedBeginsWhereItIsSeen() {
    headers.put("c", Map.of(Parents.TRACEPARENT, SAMPLED));
    task(5, Kind.SETTLED, "w1", 1, null, State.RESOLVED);
    task(7, Kind.RETURNED, "w1", 1, Cause.LEASE_OVER, State.READY);
    task(9, Kind.TAKEN, "w1", 2, null, State.HELD);
    task(11, Kind.SETTLED, "w1", 2, null, State.REJECTED);
    assertThat(sent.getFinishedSpanItems())
        .extracting(TaskSpansTest::said)
        .containsExactly("lease 9-11 2 w1 rejected");
  }
}
