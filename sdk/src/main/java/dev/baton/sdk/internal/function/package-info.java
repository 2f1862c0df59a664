/** Registered functions and their types. */
@NullMarked
package dev.baton.sdk.internal.function;

import org.jspecify.annotations.NullMarked;
