package dev.baton.testing;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A connection on which anything can be sent. */
public final class RawHttp implements AutoCloseable {

  /** A server that does not answer, or does not close, within this time hangs. */
  private static final int PATIENCE_MS = 20_000;

  private final Socket socket;
  private final InputStream in;

  /** Connects to that port of this machine. */
  public RawHttp(int port) throws IOException {
    this(port, 0);
  }

  /**
   * The same, with a receive buffer of about so many bytes: what is larger and not read stays with
   * the server. 0: as the machine likes.
   */
  public RawHttp(int port, int receiveBuffer) throws IOException {
    socket = new Socket();
    if (receiveBuffer > 0) {
      socket.setReceiveBufferSize(receiveBuffer);
    }
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(PATIENCE_MS);
    in = new BufferedInputStream(socket.getInputStream());
  }

  /** An answer whose length is told in its head. */
  public record Answer(int status, Map<String, String> headers, byte[] body) {
    /** A header's value; the name in small letters. */
    public @Nullable String header(String name) {
      return headers.get(name);
    }
  }

  /** The text's bytes, a character each. */
  public static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  /** A sound request with a body. */
  public static byte[] post(byte[] body) {
    return joined(
        ascii("POST / HTTP/1.1\r\nhost: here\r\ncontent-length: " + body.length + "\r\n\r\n"),
        body);
  }

  /** One after the other. */
  public static byte[] joined(byte[]... parts) {
    ByteArrayOutputStream joined = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      joined.writeBytes(part);
    }
    return joined.toByteArray();
  }

  /** Sends them as they are. */
  public void send(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    socket.getOutputStream().flush();
  }

  /** The next answer. */
  public Answer read() throws IOException {
    Answer head = head();
    String length = head.headers().getOrDefault("content-length", "0");
    return new Answer(head.status(), head.headers(), in.readNBytes(Integer.parseInt(length)));
  }

  private Answer head() throws IOException {
    int status = Integer.parseInt(line().split(" ")[1]);
    Map<String, String> headers = new HashMap<>();
    for (String line = line(); !line.isEmpty(); line = line()) {
      int colon = line.indexOf(':');
      headers.put(
          line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).trim());
    }
    return new Answer(status, headers, new byte[0]);
  }

  /** Sends a request without a body and reads the answer's head only. */
  public Answer begin(String method, String path, String... headers) throws IOException {
    StringBuilder head = new StringBuilder(method + " " + path + " HTTP/1.1\r\nhost: here\r\n");
    for (String header : headers) {
      head.append(header).append("\r\n");
    }
    send(head.append("content-length: 0\r\n\r\n").toString().getBytes(StandardCharsets.UTF_8));
    return head();
  }

  /** Reads so many bytes of what comes. */
  public byte[] read(int length) throws IOException {
    byte[] read = in.readNBytes(length);
    if (read.length < length) {
      throw new EOFException("the connection ended after %d bytes".formatted(read.length));
    }
    return read;
  }

  /** Sends a request without a body and reads the answer. */
  public Answer exchange(String method, String path, String... headers) throws IOException {
    Answer head = begin(method, path, headers);
    String length = method.equals("HEAD") ? "0" : head.headers().get("content-length");
    byte[] body =
        length != null
            ? in.readNBytes(Integer.parseInt(length))
            : "chunked".equals(head.header("transfer-encoding"))
                ? chunk().getBytes(StandardCharsets.UTF_8)
                : new byte[0];
    return new Answer(head.status(), head.headers(), body);
  }

  /** The next chunk of an answer that comes in chunks. */
  public String chunk() throws IOException {
    byte[] chunk = in.readNBytes(Integer.parseInt(line(), 16));
    line();
    return new String(chunk, StandardCharsets.UTF_8);
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
  public String finish() throws IOException {
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
