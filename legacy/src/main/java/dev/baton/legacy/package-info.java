/**
 * The interface that servers had before the protocol of envelopes, on the same rules and the same
 * store: an old request is a script of new ones.
 *
 * <p>What the old model has and the new one has not is told in the new one's terms:
 *
 * <pre>
 *   old                                new
 *   promise foo, to be invoked         promise foo
 *   its task __invoke:foo              promise __invoke:foo with a task of its own
 *   callback of root on leaf           promise __resume:root:leaf, its task suspended on leaf
 *   the same, leaf settled             ... its task offered
 *   subscription                       listener
 *   the root is settled, its           each of these promises also waits for its root,
 *   unfinished tasks are completed     and is settled when the root is
 *   task counter                       task version, plus or minus one
 *   idempotency keys                   a tag, a header of the value
 * </pre>
 */
@NullMarked
package dev.baton.legacy;

import org.jspecify.annotations.NullMarked;
