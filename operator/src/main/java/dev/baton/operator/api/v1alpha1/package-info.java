/** The WorkerGroup resource, as users write and read it. */
@NullMarked
package dev.baton.operator.api.v1alpha1;

import org.jspecify.annotations.NullMarked;
