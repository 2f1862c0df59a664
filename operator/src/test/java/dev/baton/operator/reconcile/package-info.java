/** Tests of the package of this name. */
@NullMarked
package dev.baton.operator.reconcile;

import org.jspecify.annotations.NullMarked;
