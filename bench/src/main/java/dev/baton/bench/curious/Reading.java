package dev.baton.bench.curious;

import dev.baton.bench.load.LoadException;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * A connection that asks for large things and throws them away as they come, outside of the heap:
 * what a client makes of an answer is not measured, but takes the processors that are.
 */
final class Reading implements AutoCloseable {

  private static final int BUFFER_BYTES = 256 << 10;
  private static final String LENGTH = "content-length:";

  private final String host;
  private final SocketChannel channel;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES).flip();

  /**
   * @param host name and port
   */
  Reading(String host) throws IOException {
    this.host = host;
    int colon = host.lastIndexOf(':');
    this.channel =
        SocketChannel.open(
            new InetSocketAddress(
                host.substring(0, colon), Integer.parseInt(host.substring(colon + 1))));
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
  }

  /**
   * Sends a request and reads the whole answer.
   *
   * @param line the request's method and path
   * @param body JSON; may be empty
   * @param kept how much of the answer's body to keep, in bytes
   * @return the first bytes of the body
   */
  String ask(String line, String body, int kept) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    String head =
        line
            + " HTTP/1.1\r\nhost: "
            + host
            + (bytes.length == 0 ? "" : "\r\ncontent-type: application/json")
            + "\r\ncontent-length: "
            + bytes.length
            + "\r\n\r\n";
    send(head.getBytes(StandardCharsets.US_ASCII));
    send(bytes);
    String answer = head();
    while (status(answer) < 200) {
      answer = head();
    }
    if (status(answer) != 200) {
      throw new LoadException(line + " was answered with " + answer, null);
    }
    return body(length(answer), kept);
  }

  private void send(byte[] bytes) throws IOException {
    ByteBuffer left = ByteBuffer.wrap(bytes);
    while (left.hasRemaining()) {
      channel.write(left);
    }
  }

  private String head() throws IOException {
    int end = endOfHead();
    while (end < 0) {
      buffer.compact();
      fill();
      end = endOfHead();
    }
    byte[] head = new byte[end - buffer.position()];
    buffer.get(head);
    return new String(head, StandardCharsets.US_ASCII);
  }

  private int endOfHead() {
    for (int i = buffer.position() + 3; i < buffer.limit(); i++) {
      if (buffer.get(i) == '\n' && buffer.get(i - 2) == '\n') {
        return i + 1;
      }
    }
    return -1;
  }

  /** Reads what has come; what it has to be beyond is in front of its position. */
  private void fill() throws IOException {
    if (channel.read(buffer) < 0) {
      throw new EOFException("the server has closed a connection");
    }
    buffer.flip();
  }

  private static int status(String head) {
    return Integer.parseInt(head.substring(head.indexOf(' ') + 1, head.indexOf(' ') + 4));
  }

  private static long length(String head) {
    for (String line : head.toLowerCase(Locale.ROOT).split("\r\n")) {
      if (line.startsWith(LENGTH)) {
        return Long.parseLong(line.substring(LENGTH.length()).strip());
      }
    }
    throw new LoadException("an answer does not say how long it is: " + head, null);
  }

  private String body(long length, int most) throws IOException {
    byte[] kept = new byte[(int) Math.min(most, length)];
    int at = 0;
    for (long left = length; left > 0; ) {
      if (!buffer.hasRemaining()) {
        buffer.clear();
        fill();
      }
      int here = (int) Math.min(left, buffer.remaining());
      int wanted = Math.min(here, kept.length - at);
      buffer.get(kept, at, wanted);
      buffer.position(buffer.position() + here - wanted);
      at += wanted;
      left -= here;
    }
    return new String(kept, StandardCharsets.UTF_8);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
