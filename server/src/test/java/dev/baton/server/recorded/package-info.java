/**
 * A player of the recorded transcripts that compares as the one does that came with them, word for
 * word, in a fraction of its time.
 *
 * <p>{@code Player} sends a transcript's requests; {@code Normal} takes away what may differ
 * between two servers that are both right; {@code Difference} names the first thing that is left.
 */
@NullMarked
package dev.baton.server.recorded;

import org.jspecify.annotations.NullMarked;
