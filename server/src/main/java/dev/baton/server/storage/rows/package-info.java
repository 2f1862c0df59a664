/** What stores of rows share: what a transaction comes to, and how values are written down. */
@NullMarked
package dev.baton.server.storage.rows;

import org.jspecify.annotations.NullMarked;
