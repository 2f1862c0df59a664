/**
 * The whole server but for its threads and sockets, with its workers, clients and misfortunes, on
 * virtual time: one seed, one history, and after every event what must always hold.
 */
@NullMarked
package dev.baton.server.simulation;

import org.jspecify.annotations.NullMarked;
