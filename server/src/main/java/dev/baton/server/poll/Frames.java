package dev.baton.server.poll;

import io.vertx.core.buffer.Buffer;

/**
 * Server-sent events as every SDK reads them (protocol sections 14 and 20): one {@code data} line
 * of ASCII and an empty line, in one write.
 */
final class Frames {

  private static final byte[] DATA = {'d', 'a', 't', 'a', ':', ' '};

  /** A comment: nothing for the reader, a sign of life on the wire. */
  static final Buffer COMMENT = Buffer.buffer(":\n\n");

  /** Says to a reader that knows it why the stream ends: another process has its id. */
  static final Buffer TAKEN = Buffer.buffer(":taken\n\n");

  private Frames() {}

  static Buffer event(byte[] json) {
    return Buffer.buffer(DATA.length + json.length + 2)
        .appendBytes(DATA)
        .appendBytes(json)
        .appendByte((byte) '\n')
        .appendByte((byte) '\n');
  }
}
