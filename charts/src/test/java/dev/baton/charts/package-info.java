/** Tests of the Helm chart and of what is rendered from it. */
@NullMarked
package dev.baton.charts;

import org.jspecify.annotations.NullMarked;
