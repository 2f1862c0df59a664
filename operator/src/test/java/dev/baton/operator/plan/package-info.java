/** Tests of the package of this name. */
@NullMarked
package dev.baton.operator.plan;

import org.jspecify.annotations.NullMarked;
