/** Spans of what the Java SDK does, by the API of OpenTelemetry. */
@NullMarked
package dev.baton.sdk.opentelemetry;

import org.jspecify.annotations.NullMarked;
