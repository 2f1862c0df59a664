/** Observes, plans, executes: the loop that brings the cluster to what a WorkerGroup says. */
@NullMarked
package dev.baton.operator.reconcile;

import org.jspecify.annotations.NullMarked;
