package dev.baton.server.fuzz;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Something that happens to the bytes of a body.
 *
 * @param where in thousandths of the body
 */
record Damage(What what, int where, byte with) {

  enum What {
    REPLACE,
    INSERT,
    DELETE,
    TRUNCATE,
    DOUBLE,
    NEST,
    BROKEN_UTF8,
    LONE_SURROGATE,
    HUGE_NUMBER
  }

  byte[] to(byte[] bytes) {
    int at = bytes.length * where / 1000;
    return switch (what) {
      case REPLACE -> spliced(bytes, at, 1, with);
      case INSERT -> spliced(bytes, at, 0, with);
      case DELETE -> spliced(bytes, at, 1);
      case TRUNCATE -> spliced(bytes, at, bytes.length - at);
      case DOUBLE -> spliced(bytes, at, 0, bytes);
      case NEST ->
          spliced(
              bytes,
              at,
              0,
              "[{\"a\":".repeat((with & 0xff) * 40).getBytes(StandardCharsets.US_ASCII));
      case BROKEN_UTF8 -> spliced(bytes, at, 0, (byte) 0xc3, (byte) 0x28);
      case LONE_SURROGATE -> spliced(bytes, at, 0, "\\ud800".getBytes(StandardCharsets.US_ASCII));
      case HUGE_NUMBER ->
          spliced(
              bytes,
              at,
              0,
              ("9".repeat((with & 0xff) * 100) + "e999999").getBytes(StandardCharsets.US_ASCII));
    };
  }

  private static byte[] spliced(byte[] bytes, int at, int without, byte... with) {
    ByteArrayOutputStream spliced = new ByteArrayOutputStream(bytes.length + with.length);
    spliced.write(bytes, 0, at);
    spliced.writeBytes(with);
    int rest = Math.min(bytes.length, at + without);
    spliced.write(bytes, rest, bytes.length - rest);
    return spliced.toByteArray();
  }
}
