package dev.baton.server.warmup;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A connection of a client that waits. It reads what a server of ours writes, and no more. */
final class PracticeConnection implements AutoCloseable {

  /** Practice stands back, so on a busy machine an answer may take long. */
  private static final int PATIENCE_MS = 10_000;

  private static final String LENGTH = "content-length: ";
  private static final String EVENT = "data: ";

  private final Socket socket;
  private final InputStream in;
  private final StringBuilder line = new StringBuilder(200);

  PracticeConnection(int port) throws IOException {
    this.socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(PATIENCE_MS);
    this.in = new BufferedInputStream(socket.getInputStream());
  }

  /** Sends an envelope. */
  void post(String kind, String data) throws IOException {
    String body =
        "{\"kind\":\"%s\",\"head\":{\"corrId\":\"practice\",\"version\":\"2026-04-01\"},\"data\":{%s}}"
            .formatted(kind, data);
    send(
        "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: "
            + body.length()
            + "\r\n\r\n"
            + body);
  }

  /** Asks for something. */
  void get(String path, String accept) throws IOException {
    send("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nAccept: " + accept + "\r\n\r\n");
  }

  private void send(String ascii) throws IOException {
    socket.getOutputStream().write(ascii.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** The status of the next answer, whose body is skipped. */
  int answer() throws IOException {
    int status = Integer.parseInt(readLine().split(" ", 3)[1]);
    int length = 0;
    for (String header = readLine(); !header.isEmpty(); header = readLine()) {
      if (header.startsWith(LENGTH)) {
        length = Integer.parseInt(header.substring(LENGTH.length()));
      }
    }
    in.skipNBytes(length);
    return status;
  }

  /** Waits for the next event of a stream. */
  String event() throws IOException {
    String next = readLine();
    while (!next.startsWith(EVENT)) {
      next = readLine();
    }
    return next;
  }

  private String readLine() throws IOException {
    line.setLength(0);
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new EOFException("the connection has ended");
      }
      if (c != '\r') {
        line.append((char) c);
      }
    }
    return line.toString();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
