/**
 * Keeps promises in PostgreSQL. One server at a time owns the database's shard, since an epoch:
 * each batch is one statement that has an effect only while that epoch lasts.
 */
@NullMarked
package dev.baton.server.storage.postgres;

import org.jspecify.annotations.NullMarked;
