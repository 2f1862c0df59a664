/** The client commands of the command line. Nothing here needs the server's classes. */
@NullMarked
package dev.baton.cli;

import org.jspecify.annotations.NullMarked;
