/** Tests of the package of this name. */
@NullMarked
package dev.baton.operator.server;

import org.jspecify.annotations.NullMarked;
