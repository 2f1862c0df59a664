/**
 * Whether what concurrent clients saw of a real server, killed in between, could have come from the
 * rules applied to one request after the other.
 */
@NullMarked
package dev.baton.server.linearizability;

import org.jspecify.annotations.NullMarked;
