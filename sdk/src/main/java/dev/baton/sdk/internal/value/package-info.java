/** What values, calls and failures look like in a promise. */
@NullMarked
package dev.baton.sdk.internal.value;

import org.jspecify.annotations.NullMarked;
