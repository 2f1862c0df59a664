/** Clients that read as much as they can, in a process of their own. */
@NullMarked
package dev.baton.bench.curious;

import org.jspecify.annotations.NullMarked;
