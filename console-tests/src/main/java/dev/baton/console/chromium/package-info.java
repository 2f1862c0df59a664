/** Debian's Chromium for tests: whether it is there, and its tabs. */
@NullMarked
package dev.baton.console.chromium;

import org.jspecify.annotations.NullMarked;
