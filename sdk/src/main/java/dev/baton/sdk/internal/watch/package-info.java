/** Promises that somebody in this process waits for. */
@NullMarked
package dev.baton.sdk.internal.watch;

import org.jspecify.annotations.NullMarked;
