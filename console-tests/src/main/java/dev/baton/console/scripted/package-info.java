/** A server that answers the console's page as it is told, for tests and for work on the page. */
@NullMarked
package dev.baton.console.scripted;

import org.jspecify.annotations.NullMarked;
