/** Wiring and configuration of the operator. */
@NullMarked
package dev.baton.operator;

import org.jspecify.annotations.NullMarked;
