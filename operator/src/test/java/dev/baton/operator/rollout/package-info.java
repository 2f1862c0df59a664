@NullMarked
package dev.baton.operator.rollout;

import org.jspecify.annotations.NullMarked;
