/** Tests of the package of this name. */
@NullMarked
package dev.baton.operator.pods;

import org.jspecify.annotations.NullMarked;
