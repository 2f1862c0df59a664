/** What a store must do. A store knows rows, not rules. */
@NullMarked
package dev.baton.server.storage;

import org.jspecify.annotations.NullMarked;
