/**
 * The pipeline: what waits is taken as one batch, decided by the rules, made durable by one
 * transaction, answered, and dispatched.
 */
@NullMarked
package dev.baton.server.process;

import org.jspecify.annotations.NullMarked;
