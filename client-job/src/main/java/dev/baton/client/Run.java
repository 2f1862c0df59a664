package dev.baton.client;

import java.time.Duration;
import java.util.List;

/**
 * What a client is to do.
 *
 * @param runId the beginning of every call's id: the same again does not repeat work
 * @param timeout how long the calls may take, all together
 */
record Run(
    String runId, String url, String target, List<Call> calls, long seed, Duration timeout) {}
