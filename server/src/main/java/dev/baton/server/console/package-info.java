/** What the console's page reads of the server. */
@NullMarked
package dev.baton.server.console;

import org.jspecify.annotations.NullMarked;
