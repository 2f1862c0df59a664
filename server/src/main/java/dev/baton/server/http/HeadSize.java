package dev.baton.server.http;

import java.util.Iterator;
import java.util.Map;

/** What a request's head takes in memory, about, while it comes and when it has come. */
final class HeadSize {

  /** What is let in always, and not counted: a connection takes more than that itself. */
  static final long SMALL = 4_096;

  /** An entry of a map, and two strings with an array each. */
  private static final int BYTES_OF_A_HEADER = 136;

  /** A header that is looked at is kept as bytes and as text. */
  private static final int BYTES_OF_A_CHARACTER = 2;

  /** The request line itself, path and query, each decoded, and the names that are kept of it. */
  private static final int BYTES_OF_A_CHARACTER_OF_THE_LINE = 4;

  /** What a byte of a half-sent head may take: there are very short headers. */
  private static final int BYTES_OF_A_BYTE = 8;

  private HeadSize() {}

  /** What the line of a request takes. */
  static long ofLine(String uri) {
    return (long) BYTES_OF_A_CHARACTER_OF_THE_LINE * uri.length();
  }

  /** What headers take. */
  static <T extends CharSequence> long ofHeaders(Iterator<Map.Entry<T, T>> headers) {
    long bytes = 0;
    while (headers.hasNext()) {
      Map.Entry<T, T> header = headers.next();
      bytes += ofHeaders(1, header.getKey().length() + header.getValue().length());
    }
    return bytes;
  }

  /** What so many headers take, whose names and values have so many characters together. */
  static long ofHeaders(int headers, int characters) {
    return (long) BYTES_OF_A_HEADER * headers + (long) BYTES_OF_A_CHARACTER * characters;
  }

  /** What may be made of so many bytes with so many line ends, of which there is no head yet. */
  static long ofUndecoded(int lines, int bytes) {
    return Math.max((long) BYTES_OF_A_BYTE * bytes, ofHeaders(lines, bytes));
  }
}
