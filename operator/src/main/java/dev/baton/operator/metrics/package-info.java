/** What the operator tells monitoring about itself. */
@NullMarked
package dev.baton.operator.metrics;

import org.jspecify.annotations.NullMarked;
