/** What goes around calls, attempts and steps. */
@NullMarked
package dev.baton.sdk.internal.intercept;

import org.jspecify.annotations.NullMarked;
