package dev.baton.console;

/**
 * A file of the page.
 *
 * @param type its content type
 * @param bytes its content; not to be changed
 * @param gzipped the same, compressed; not to be changed
 */
@SuppressWarnings("ArrayRecordComponent") // They are written to sockets as they are.
public record Asset(String type, byte[] bytes, byte[] gzipped) {}
