/** The console in Debian's Chromium. */
@NullMarked
package dev.baton.console.browser;

import org.jspecify.annotations.NullMarked;
