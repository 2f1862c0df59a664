/**
 * How a new template reaches the workers step by step, and back. Pure: time is an argument.
 *
 * <pre>
 *   Settled --another template--> Starting --new workers are ready--> Gating --passed--> Pausing
 *      ^                             ^                                                      |
 *      |                             '------------------- there is another step ------------+
 *      '--- all run it --- Promoting <---------------------- that was the last one ---------'
 *
 *   Starting, Gating, Pausing, Promoting --failed--> RollingBack --the old ones run--> RolledBack
 *                                        --failed--> Held, where the spec says Pause
 * </pre>
 */
@NullMarked
package dev.baton.operator.rollout;

import org.jspecify.annotations.NullMarked;
