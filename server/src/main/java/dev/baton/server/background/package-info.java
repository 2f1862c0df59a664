/** Threads for work that others must not notice. */
@NullMarked
package dev.baton.server.background;

import org.jspecify.annotations.NullMarked;
