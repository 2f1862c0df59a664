/**
 * Streams for those who look on: a snapshot of a view, and then what happens in it.
 *
 * <p>All but the writing is done on the thread of the board of groups, once for all who follow.
 */
@NullMarked
package dev.baton.server.live;

import org.jspecify.annotations.NullMarked;
