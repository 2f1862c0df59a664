/**
 * The server's part in the traces of its clients: what it does for a call whose headers, or whose
 * HTTP request, carry the context of a sampled trace, sent to a collector.
 */
@NullMarked
package dev.baton.server.trace;

import org.jspecify.annotations.NullMarked;
