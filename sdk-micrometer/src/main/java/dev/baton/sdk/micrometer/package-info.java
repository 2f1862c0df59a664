/** Metrics of what the Java SDK does, by Micrometer. */
@NullMarked
package dev.baton.sdk.micrometer;

import org.jspecify.annotations.NullMarked;
