/** Plays a worker's death on one machine, with real processes, and tells it as a timeline. */
@NullMarked
package dev.baton.demo;

import org.jspecify.annotations.NullMarked;
