/**
 * Practice before the first call: Java compiles what is used often, and a server that has just
 * started, or is seldom used, would be slow when it counts.
 */
@NullMarked
package dev.baton.server.warmup;

import org.jspecify.annotations.NullMarked;
