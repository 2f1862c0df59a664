package dev.baton.sdk.opentelemetry;

import io.opentelemetry.sdk.trace.data.SpanData;
import java.util.Map;
import java.util.TreeMap;

/**
 * A span, however it was sent.
 *
 * @param parent its id; empty or zeros for none
 * @param start nanoseconds since the epoch
 */
record TracedSpan(
    String trace,
    String id,
    String parent,
    String service,
    String name,
    Map<String, String> attributes,
    long start,
    long end) {

  static TracedSpan of(String service, SpanData span) {
    var attributes = new TreeMap<String, String>();
    span.getAttributes().forEach((key, value) -> attributes.put(key.getKey(), value.toString()));
    return new TracedSpan(
        span.getTraceId(),
        span.getSpanId(),
        span.getParentSpanId(),
        service,
        span.getName(),
        attributes,
        span.getStartEpochNanos(),
        span.getEndEpochNanos());
  }

  boolean isRoot() {
    return parent.isEmpty() || parent.equals("0000000000000000");
  }

  String attribute(String name) {
    return attributes.getOrDefault("baton." + name, "");
  }

  /** How it is told in a line. */
  String said() {
    var said = new StringBuilder(name);
    if (name.equals("dispatch") || name.equals("lease") || name.startsWith("attempt")) {
      said.append(' ').append(attribute("attempt"));
    }
    said.append(" [").append(service).append(']');
    if (name.equals("lease")) {
      said.append(" held by ").append(attribute("worker"));
    }
    if (!attribute("outcome").isEmpty() && !attribute("outcome").equals("completed")) {
      said.append(": ").append(attribute("outcome"));
    }
    return said.toString();
  }
}
