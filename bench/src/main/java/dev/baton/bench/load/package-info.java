/**
 * The load generator: one thread, non-blocking sockets, requests encoded beforehand. It shares the
 * machine with the server that it measures, so it parses no more than it needs.
 */
@NullMarked
package dev.baton.bench.load;

import org.jspecify.annotations.NullMarked;
