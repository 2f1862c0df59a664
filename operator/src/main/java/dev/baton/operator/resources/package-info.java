/** The objects that a WorkerGroup is made of, as they should be. Pure. */
@NullMarked
package dev.baton.operator.resources;

import org.jspecify.annotations.NullMarked;
