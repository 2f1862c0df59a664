package dev.baton.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.util.ByteProcessor;

/**
 * So much of what has come on a connection of HTTP/1 that one knows, from what the decoder tells of
 * it, what the decoder keeps of it.
 *
 * @param length its bytes
 * @param lines how many line ends are among them
 */
record Piece(int length, int lines, End end) {

  /** What a piece of a body may take if it is trailers: these look like lines of a body. */
  private static final int MOST_OF_A_BODY = 16_384;

  /** A name, a colon and a line end. */
  private static final int SHORTEST_HEADER = 3;

  /** How a piece ends. */
  enum End {
    /** With a head, whose last part it is, or it is nothing but line ends. */
    HEAD,
    /** Within a head. */
    HALF_SENT,
    /** Within a body, for all that can be seen. */
    BODY,
    /** With an empty line, perhaps that behind trailers. */
    EMPTY_LINE
  }

  /** The first piece of what is a head, or its rest, and may have something behind it. */
  static Piece ofHead(ByteBuf bytes) {
    int from = bytes.readerIndex();
    int text = bytes.forEachByte(ByteProcessor.FIND_NON_CRLF);
    if (text != from) { // Line ends before a request are passed over, and the last one ends it.
      return new Piece(text < 0 ? bytes.readableBytes() : text - from, 0, End.HEAD);
    }
    int lines = 0;
    int line = from;
    for (int end = lineEnd(bytes, line); end >= 0; end = lineEnd(bytes, line)) {
      boolean isEmpty = end == line || (end == line + 1 && bytes.getByte(line) == '\r');
      line = end + 1;
      if (isEmpty) {
        return new Piece(line - from, lines, End.HEAD);
      }
      lines++;
    }
    return new Piece(bytes.readableBytes(), lines, End.HALF_SENT);
  }

  private static int lineEnd(ByteBuf bytes, int from) {
    return bytes.indexOf(from, bytes.writerIndex(), (byte) '\n');
  }

  /** The first piece of what is a body, and may have trailers or a head behind it. */
  static Piece ofBody(ByteBuf bytes) {
    int from = bytes.readerIndex();
    int to = from + Math.min(bytes.readableBytes(), MOST_OF_A_BODY / 2);
    int lines = 0;
    int line = from;
    for (int end = bytes.indexOf(from, to, (byte) '\n');
        end >= 0;
        end = bytes.indexOf(line, to, (byte) '\n')) {
      lines++;
      line = end + 1;
      if (HeadSize.ofHeaders(lines, line - from) > MOST_OF_A_BODY) {
        to = line;
      }
    }
    return new Piece(to - from, lines, endsEmpty(bytes, from, to) ? End.EMPTY_LINE : End.BODY);
  }

  /** Whether the last line is empty, as far as it can be seen. */
  private static boolean endsEmpty(ByteBuf bytes, int from, int to) {
    if (to == from || bytes.getByte(to - 1) != '\n') {
      return false;
    }
    int last = to - 2;
    if (last >= from && bytes.getByte(last) == '\r') {
      last--;
    }
    return last < from || bytes.getByte(last) == '\n';
  }

  /** Whether it is nothing but line ends, where a head might begin. */
  boolean isBlank() {
    return end == End.HEAD && lines == 0;
  }

  /** What the decoder may make of it, in bytes of memory. */
  long size() {
    return HeadSize.ofUndecoded(lines, length);
  }

  /**
   * What the decoder may keep of it, in bytes of memory, once it has told of something.
   *
   * @param told how many bytes of bodies it has told of
   * @param isOver whether the last it has told of was the end of a request
   */
  long left(int told, boolean isOver) {
    int left = length - told;
    if (left < SHORTEST_HEADER) {
      return 0;
    }
    return switch (end) {
      case HEAD -> 0;
      case EMPTY_LINE ->
          isOver ? 0 : HeadSize.ofUndecoded(Math.min(lines, left / SHORTEST_HEADER), left);
      case HALF_SENT, BODY -> HeadSize.ofUndecoded(Math.min(lines, left / SHORTEST_HEADER), left);
    };
  }
}
