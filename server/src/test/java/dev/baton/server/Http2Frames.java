package dev.baton.server;

import static dev.baton.testing.RawHttp.ascii;
import static dev.baton.testing.RawHttp.joined;

import java.nio.ByteBuffer;

/** What a client of HTTP/2 sends, byte by byte. */
public final class Http2Frames {

  public static final int DATA = 0;
  public static final int HEADERS = 1;
  public static final int RST_STREAM = 3;
  public static final int SETTINGS = 4;

  public static final int END_STREAM = 1;
  public static final int END_HEADERS = 4;
  public static final int PRIORITY = 0x20;

  /** How a connection begins. */
  public static final byte[] OPENING =
      joined(ascii("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), frame(SETTINGS, 0, 0, new byte[0]));

  private Http2Frames() {}

  /** A frame. */
  public static byte[] frame(int type, int flags, int stream, byte[] payload) {
    return ByteBuffer.allocate(9 + payload.length)
        .putInt(payload.length << 8 | type)
        .put((byte) flags)
        .putInt(stream)
        .put(payload)
        .array();
  }

  /** A field of less than 127 characters each, as text of which none is coded. */
  public static byte[] field(String name, String value) {
    return joined(
        new byte[] {0, (byte) name.length()},
        ascii(name),
        new byte[] {(byte) value.length()},
        ascii(value));
  }

  /** The fields of a request that has no others. */
  public static byte[] request(String method, String path) {
    return joined(
        field(":method", method),
        field(":scheme", "http"),
        field(":path", path),
        field(":authority", "h"));
  }
}
