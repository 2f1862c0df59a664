/**
 * Whatever comes in: never a 500, never a connection that hangs, never more memory than allowed.
 */
@NullMarked
package dev.baton.server.fuzz;

import org.jspecify.annotations.NullMarked;
