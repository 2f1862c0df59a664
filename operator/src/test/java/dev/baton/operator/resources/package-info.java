/** Tests of the package of this name. */
@NullMarked
package dev.baton.operator.resources;

import org.jspecify.annotations.NullMarked;
