/** Searches and snapshots, which are answered beside the engine. */
@NullMarked
package dev.baton.server.read;

import org.jspecify.annotations.NullMarked;
