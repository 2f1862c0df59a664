/** Tests of the operator as a whole. */
@NullMarked
package dev.baton.operator;

import org.jspecify.annotations.NullMarked;
