package dev.baton.server.recorded;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A connection that is kept from request to request, and opened anew when it has ended. */
final class Connection implements AutoCloseable {

  private static final int PATIENCE_MS = 30_000;

  private final int port;
  private @Nullable Socket socket;
  private InputStream in = InputStream.nullInputStream();

  Connection(int port) {
    this.port = port;
  }

  /** An answer; the names of its headers in small letters. */
  record Answer(int status, Map<String, String> headers, byte[] body) {
    String header(String name) {
      return headers.getOrDefault(name, "");
    }
  }

  Answer post(byte[] body) throws IOException {
    return send("POST", "/", Map.of("content-type", "application/json"), body);
  }

  /** Sends a request, and once more if the connection ends over it. */
  Answer send(String method, String path, Map<String, String> headers, byte @Nullable [] body)
      throws IOException {
    byte[] request = request(method, path, headers, body);
    try {
      return exchange(method, request);
    } catch (IOException e) {
      close();
      return exchange(method, request);
    }
  }

  private static byte[] request(
      String method, String path, Map<String, String> headers, byte @Nullable [] body) {
    StringBuilder head = new StringBuilder();
    head.append(method).append(' ').append(path).append(" HTTP/1.1\r\nhost: 127.0.0.1\r\n");
    headers.forEach((name, value) -> head.append("%s: %s\r\n".formatted(name, value)));
    if (body != null || method.equals("POST") || method.equals("PUT") || method.equals("PATCH")) {
      head.append("content-length: ").append(body == null ? 0 : body.length).append("\r\n");
    }
    ByteArrayOutputStream request = new ByteArrayOutputStream();
    request.writeBytes(head.append("\r\n").toString().getBytes(UTF_8));
    if (body != null) {
      request.writeBytes(body);
    }
    return request.toByteArray();
  }

  private Answer exchange(String method, byte[] request) throws IOException {
    Socket open = open();
    open.getOutputStream().write(request);
    int status = Integer.parseInt(line().split(" ")[1]);
    Map<String, String> headers = new HashMap<>();
    for (String line = line(); !line.isEmpty(); line = line()) {
      int colon = line.indexOf(':');
      headers.put(
          line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
    }
    boolean isChunked = "chunked".equalsIgnoreCase(headers.get("transfer-encoding"));
    String length = headers.get("content-length");
    boolean isEmpty = method.equals("HEAD") || status == 204 || status == 304;
    boolean endsWithConnection = !isEmpty && !isChunked && length == null;
    byte[] body =
        isEmpty
            ? new byte[0]
            : isChunked
                ? chunks()
                : length == null ? in.readAllBytes() : exactly(Integer.parseInt(length));
    if (endsWithConnection || "close".equalsIgnoreCase(headers.get("connection"))) {
      close();
    }
    return new Answer(status, headers, body);
  }

  private Socket open() throws IOException {
    Socket open = socket;
    if (open == null) {
      open = new Socket();
      socket = open;
      open.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), PATIENCE_MS);
      open.setTcpNoDelay(true);
      open.setSoTimeout(PATIENCE_MS);
      in = new BufferedInputStream(open.getInputStream());
    }
    return open;
  }

  private byte[] chunks() throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    for (int size = chunkSize(); size > 0; size = chunkSize()) {
      body.writeBytes(exactly(size));
      line();
    }
    while (!line().isEmpty()) {
      // Trailers say nothing of the answer.
    }
    return body.toByteArray();
  }

  private int chunkSize() throws IOException {
    return Integer.parseInt(line().split(";")[0].strip(), 16);
  }

  private byte[] exactly(int length) throws IOException {
    byte[] read = in.readNBytes(length);
    if (read.length < length) {
      throw new EOFException("the connection ended after %d bytes".formatted(read.length));
    }
    return read;
  }

  private String line() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream(64);
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new EOFException("the connection ended in a head");
      }
      if (c != '\r') {
        line.write(c);
      }
    }
    return line.toString(ISO_8859_1);
  }

  @Override
  public void close() throws IOException {
    Socket open = socket;
    socket = null;
    if (open != null) {
      open.close();
    }
  }
}
