/** The workers' message channel: server-sent events on a connection that the worker opened. */
@NullMarked
package dev.baton.server.poll;

import org.jspecify.annotations.NullMarked;
