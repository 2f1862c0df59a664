package dev.baton.sdk;

import dev.baton.protocol.PromiseRecord;

/**
 * What came of settling a promise, which only the first does.
 *
 * @param isWinner whether it was this one
 * @param settledBy who it was, the pid of a {@link Resonate} and a random suffix; empty if that is
 *     not known: its deadline, or another SDK
 * @param promise the promise as it is now
 */
public record Settlement(boolean isWinner, String settledBy, PromiseRecord promise) {}
