/** What this machine allows: the bounds that no server of the protocol gets past. */
@NullMarked
package dev.baton.bench.ceiling;

import org.jspecify.annotations.NullMarked;
