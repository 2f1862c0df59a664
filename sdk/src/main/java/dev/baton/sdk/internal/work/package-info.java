/** Tasks that this process holds: their leases, executions, steps and replay. */
@NullMarked
package dev.baton.sdk.internal.work;

import org.jspecify.annotations.NullMarked;
