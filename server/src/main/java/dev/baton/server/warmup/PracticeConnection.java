package dev.baton.server.warmup;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/**
 * A connection of a client that waits. It reads what a server of ours writes, and no more, and does
 * it with little: what it takes of the processor and the compiler the server lacks.
 */
final class PracticeConnection implements AutoCloseable {

  /** Practice stands back, so on a busy machine an answer may take long. */
  private static final int PATIENCE_MS = 10_000;

  private static final String HEAD_END = "\r\n\r\n";
  private static final int STATUS_AT = "HTTP/1.1 ".length();
  private static final String LENGTH = "\r\ncontent-length: ";
  private static final String EVENT = "data: ";

  private final Socket socket;
  private final InputStream in;
  private final byte[] buffer = new byte[4_096];
  private String unread = "";

  PracticeConnection(int port) throws IOException {
    this.socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(PATIENCE_MS);
    this.in = socket.getInputStream();
  }

  /** Sends an envelope. */
  void post(String kind, String data) throws IOException {
    String body =
        "{\"kind\":\""
            + kind
            + "\",\"head\":{\"corrId\":\"practice\",\"version\":\"2026-04-01\"},\"data\":{"
            + data
            + "}}";
    send(
        "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: "
            + body.length()
            + HEAD_END
            + body);
  }

  /** Asks for something. */
  void get(String path, String accept) throws IOException {
    send("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nAccept: " + accept + HEAD_END);
  }

  private void send(String ascii) throws IOException {
    socket.getOutputStream().write(ascii.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** The status of the next answer, whose body is skipped. */
  int answer() throws IOException {
    String head = through(HEAD_END);
    int length = head.indexOf(LENGTH);
    if (length >= 0) {
      int from = length + LENGTH.length();
      skip(Integer.parseInt(head, from, head.indexOf('\r', from), 10));
    }
    return Integer.parseInt(head, STATUS_AT, STATUS_AT + 3, 10);
  }

  /** Waits for the next event of a stream. */
  String event() throws IOException {
    String next = through("\n");
    while (!next.startsWith(EVENT)) {
      next = through("\n");
    }
    return next;
  }

  private String through(String end) throws IOException {
    int at = unread.indexOf(end);
    while (at < 0) {
      read();
      at = unread.indexOf(end);
    }
    String text = unread.substring(0, at + end.length());
    unread = unread.substring(text.length());
    return text;
  }

  private void skip(int length) throws IOException {
    while (unread.length() < length) {
      read();
    }
    unread = unread.substring(length);
  }

  private void read() throws IOException {
    int read = in.read(buffer);
    if (read < 0) {
      throw new EOFException("the connection has ended");
    }
    unread = unread.concat(new String(buffer, 0, read, StandardCharsets.ISO_8859_1));
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
