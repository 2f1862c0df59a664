/** The program: composes the server, the old interface and the commands of clients. */
@NullMarked
package dev.baton.launcher;

import org.jspecify.annotations.NullMarked;
