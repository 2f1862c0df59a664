package dev.baton.server.fuzz;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** A connection on which anything can be sent. */
final class RawHttp implements AutoCloseable {

  /** A server that does not answer, or does not close, within this time hangs. */
  private static final int PATIENCE_MS = 20_000;

  private final Socket socket;
  private final InputStream in;

  RawHttp(int port) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(PATIENCE_MS);
    in = new BufferedInputStream(socket.getInputStream());
  }

  /** An answer whose length is told in its head. */
  record Answer(int status, byte[] body) {}

  static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  /** A sound request with a body. */
  static byte[] post(byte[] body) {
    return joined(
        ascii("POST / HTTP/1.1\r\nhost: here\r\ncontent-length: " + body.length + "\r\n\r\n"),
        body);
  }

  static byte[] joined(byte[]... parts) {
    ByteArrayOutputStream joined = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      joined.writeBytes(part);
    }
    return joined.toByteArray();
  }

  void send(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    socket.getOutputStream().flush();
  }

  Answer read() throws IOException {
    int status = Integer.parseInt(line().split(" ")[1]);
    int length = 0;
    for (String line = line(); !line.isEmpty(); line = line()) {
      if (line.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
        length = Integer.parseInt(line.substring(line.indexOf(':') + 1).trim());
      }
    }
    return new Answer(status, in.readNBytes(length));
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new EOFException("the connection ended in a head");
      }
      if (c != '\r') {
        line.append((char) c);
      }
    }
    return line.toString();
  }

  /**
   * Says that nothing more will come, and reads until the server closes too.
   *
   * @return everything that it said
   * @throws AssertionError if it does not close
   */
  String finish() throws IOException {
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    try {
      socket.shutdownOutput();
      in.transferTo(said);
    } catch (SocketTimeoutException e) {
      throw new AssertionError("the server keeps a connection that has ended: " + said, e);
    } catch (SocketException e) {
      // Closed with something unread, which is one way to refuse.
    }
    return said.toString(StandardCharsets.ISO_8859_1);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
