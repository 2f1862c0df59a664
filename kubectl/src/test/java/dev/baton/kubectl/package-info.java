/** Tests of the plugin. */
@NullMarked
package dev.baton.kubectl;

import org.jspecify.annotations.NullMarked;
