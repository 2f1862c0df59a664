/** The time that an SDK goes by, and how it is waited for: the system's, or a test's. */
@NullMarked
package dev.baton.sdk.internal.time;

import org.jspecify.annotations.NullMarked;
