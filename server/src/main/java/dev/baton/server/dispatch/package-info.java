/** Which worker of a group gets a task, and what a worker's end means for what it held. */
@NullMarked
package dev.baton.server.dispatch;

import org.jspecify.annotations.NullMarked;
