package dev.baton.bench.load;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** A whole HTTP request, encoded once; to send it, only digits are filled in. */
public final class Template {

  /** Stands in a body where the id's digits go. */
  static final String ID = "@@@@@@@@";

  /** Stands in a body where a version goes: a JSON number may have blanks before it. */
  static final String VERSION = "######";

  private final byte[] bytes;
  private final int[] ids;
  private final int[] versions;

  private Template(byte[] bytes) {
    this.bytes = bytes;
    this.ids = places(bytes, Scan.ascii(ID));
    this.versions = places(bytes, Scan.ascii(VERSION));
  }

  private static int[] places(byte[] bytes, byte[] mark) {
    List<Integer> places = new ArrayList<>();
    int at = Scan.indexOf(bytes, 0, bytes.length, mark);
    while (at >= 0) {
      places.add(at);
      at = Scan.indexOf(bytes, at + mark.length, bytes.length, mark);
    }
    return places.stream().mapToInt(Integer::intValue).toArray();
  }

  /** A POST of JSON. */
  public static Template post(Target target, String path, String json) {
    return new Template(
        Scan.ascii(
            "POST "
                + path
                + " HTTP/1.1\r\nhost: "
                + target.host()
                + "\r\ncontent-type: application/json\r\ncontent-length: "
                + json.length()
                + "\r\n\r\n"
                + json));
  }

  /** Any other request. */
  public static Template of(Target target, String method, String path) {
    return of(target, method, path, "");
  }

  /** A GET of what need not be newer than so many seconds. */
  public static Template ofAge(Target target, String path, int seconds) {
    return of(target, "GET", path, "cache-control: max-age=" + seconds + "\r\n");
  }

  private static Template of(Target target, String method, String path, String headers) {
    return new Template(
        Scan.ascii(
            method
                + " "
                + path
                + " HTTP/1.1\r\nhost: "
                + target.host()
                + "\r\naccept: */*\r\n"
                + headers
                + "content-length: 0\r\n\r\n"));
  }

  /** A GET of a stream of events. */
  static Template stream(Target target, String path) {
    return new Template(
        Scan.ascii(
            "GET "
                + path
                + " HTTP/1.1\r\nhost: "
                + target.host()
                + "\r\naccept: text/event-stream\r\n\r\n"));
  }

  /** Puts the request into a cleared buffer and flips it. */
  void render(ByteBuffer out, int number, long version) {
    for (int at : ids) {
      Ids.write(bytes, at, number);
    }
    for (int at : versions) {
      long rest = version;
      for (int i = VERSION.length() - 1; i >= 0; i--) {
        bytes[at + i] = (byte) (rest > 0 || i == VERSION.length() - 1 ? '0' + rest % 10 : ' ');
        rest /= 10;
      }
    }
    out.clear();
    out.put(bytes);
    out.flip();
  }
}
