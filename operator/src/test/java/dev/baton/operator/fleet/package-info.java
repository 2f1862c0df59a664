/** Measures the operator with a thousand WorkerGroups; nothing here runs in a build. */
@NullMarked
package dev.baton.operator.fleet;

import org.jspecify.annotations.NullMarked;
