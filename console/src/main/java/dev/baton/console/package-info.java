/** The console's files, as they are sent to browsers. */
@NullMarked
package dev.baton.console;

import org.jspecify.annotations.NullMarked;
