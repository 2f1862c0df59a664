/** Processes and the machine: starts servers, and reads what the kernel says of them. */
@NullMarked
package dev.baton.bench.host;

import org.jspecify.annotations.NullMarked;
