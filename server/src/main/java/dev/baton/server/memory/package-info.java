/** The ledger of the bytes that the server holds in memory for its clients. */
@NullMarked
package dev.baton.server.memory;

import org.jspecify.annotations.NullMarked;
