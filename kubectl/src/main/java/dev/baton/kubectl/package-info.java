/**
 * The kubectl plugin: finds the server of a namespace's WorkerGroups, reaches it through the API
 * server, and asks it.
 */
@NullMarked
package dev.baton.kubectl;

import org.jspecify.annotations.NullMarked;
