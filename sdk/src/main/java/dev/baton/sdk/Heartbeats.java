package dev.baton.sdk;

/**
 * How often a process has told its server that it still holds its tasks, since it was connected;
 * one for many tasks at once (protocol section 9.8), three times in a {@link Settings#leaseTtl()}.
 *
 * @param answered those that the server has taken
 * @param failed those that it refused, or that it did not answer
 */
public record Heartbeats(long answered, long failed) {}
