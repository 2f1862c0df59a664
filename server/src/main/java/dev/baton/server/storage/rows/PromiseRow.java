package dev.baton.server.storage.rows;

import dev.baton.core.Promise;
import dev.baton.core.Task;
import org.jspecify.annotations.Nullable;

/** A promise and its task, if it has one: they share a row. */
public record PromiseRow(Promise promise, @Nullable Task task) {}
