package dev.baton.server.console;

import java.util.function.LongSupplier;

/**
 * What the page is told of the server.
 *
 * @param version of the program
 * @param boot another one after each start
 * @param store its kind
 * @param clock epoch milliseconds
 * @param asksForTokens whether authentication is on
 * @param retryTimeoutMs how long an offer waits at most until it is repeated
 * @param allowsActions whether the page may change something
 */
public record About(
    String version,
    String boot,
    String store,
    LongSupplier clock,
    boolean asksForTokens,
    long retryTimeoutMs,
    boolean allowsActions) {}
