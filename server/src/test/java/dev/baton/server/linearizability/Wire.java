package dev.baton.server.linearizability;

import dev.baton.protocol.Request;
import dev.baton.protocol.Response;
import dev.baton.protocol.json.RequestWriter;
import dev.baton.protocol.json.ResponseReader;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * One connection, which sends a request once and never again: what fails on it may have happened.
 */
final class Wire implements AutoCloseable {

  private static final int PATIENCE_MS = 20_000;

  private final Socket socket;
  private final InputStream in;
  private final OutputStream out;

  /** Connects; when this fails, nothing has been sent. */
  Wire(int port) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(PATIENCE_MS);
    in = new BufferedInputStream(socket.getInputStream());
    out = socket.getOutputStream();
  }

  Response call(Request request) throws IOException {
    byte[] body = RequestWriter.write(request, "c", null);
    byte[] head =
        ("POST / HTTP/1.1\r\nhost: here\r\ncontent-length: " + body.length + "\r\n\r\n")
            .getBytes(StandardCharsets.US_ASCII);
    byte[] whole = new byte[head.length + body.length];
    System.arraycopy(head, 0, whole, 0, head.length);
    System.arraycopy(body, 0, whole, head.length, body.length);
    out.write(whole);
    out.flush();
    int length = 0;
    for (String line = line(); !line.isEmpty(); line = line()) {
      if (line.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
        length = Integer.parseInt(line.substring(line.indexOf(':') + 1).trim());
      }
    }
    byte[] answer = in.readNBytes(length);
    if (answer.length < length) {
      throw new EOFException("an answer ended in the middle");
    }
    return ResponseReader.read(answer, request.kind(), "c");
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new EOFException("an answer ended in its head");
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
