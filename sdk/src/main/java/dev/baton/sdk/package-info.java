/**
 * The Java SDK: what users may touch.
 *
 * <p>{@link dev.baton.sdk.Resonate} is the entry; {@link dev.baton.sdk.Context} is what a durable
 * function calls. Failures that a caller may handle are {@link dev.baton.sdk.ResonateException}s;
 * {@link dev.baton.sdk.ExecutionAborted} is never to be caught.
 */
@NullMarked
package dev.baton.sdk;

import org.jspecify.annotations.NullMarked;
