/** From what is wished and what is, to what is to be done. Pure: time is an argument. */
@NullMarked
package dev.baton.operator.plan;

import org.jspecify.annotations.NullMarked;
