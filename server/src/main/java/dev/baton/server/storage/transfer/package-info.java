/** Moves everything from one store to another, and makes sure that it has arrived. */
@NullMarked
package dev.baton.server.storage.transfer;

import org.jspecify.annotations.NullMarked;
