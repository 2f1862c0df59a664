/** Calls as people look at them: promises with their tasks, found beside the engine. */
@NullMarked
package dev.baton.server.calls;

import org.jspecify.annotations.NullMarked;
