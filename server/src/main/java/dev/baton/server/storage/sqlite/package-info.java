/** Durable in one SQLite file, with what is live kept in memory. */
@NullMarked
package dev.baton.server.storage.sqlite;

import org.jspecify.annotations.NullMarked;
