/** A client that dispatches calls to a worker group, waits for them and reports who did them. */
@NullMarked
package dev.baton.client;

import org.jspecify.annotations.NullMarked;
