package dev.baton.bench.load;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A kept-alive connection that carries one request at a time. */
final class HttpConnection extends Connection {

  private static final byte[] HEAD_END = Scan.ascii("\r\n\r\n");
  private static final byte[] CONTENT_LENGTH = Scan.ascii("content-length");
  private static final byte[] CHUNKED = Scan.ascii("transfer-encoding");

  /** What waits for the connection to open. */
  private record Waiting(Template request, int number, long version) {}

  private final Pool pool;
  private final InetSocketAddress address;
  private @Nullable Waiting waiting;
  private @Nullable Reply reply;
  private byte[] held = new byte[0];
  private int heldLength;

  HttpConnection(Loop loop, Pool pool, InetSocketAddress target, @Nullable InetSocketAddress source)
      throws IOException {
    super(loop, target, source);
    this.pool = pool;
    this.address = target;
  }

  /** The server's. */
  InetSocketAddress address() {
    return address;
  }

  void send(Template request, int number, long version, Reply to) {
    reply = to;
    if (isOpen()) {
      request.render(loop.output, number, version);
      send(loop.output);
    } else {
      waiting = new Waiting(request, number, version);
    }
  }

  @Override
  void opened() {
    Waiting first = waiting;
    if (first != null) {
      waiting = null;
      first.request.render(loop.output, first.number, first.version);
      send(loop.output);
    }
  }

  @Override
  void received(byte[] bytes, int from, int to) {
    if (heldLength > 0) {
      hold(bytes, from, to);
      if (parse(held, 0, heldLength)) {
        heldLength = 0;
      }
    } else if (!parse(bytes, from, to)) {
      hold(bytes, from, to);
    }
  }

  private void hold(byte[] bytes, int from, int to) {
    int length = heldLength + to - from;
    if (held.length < length) {
      held = Arrays.copyOf(held, Math.max(1024, length * 2));
    }
    System.arraycopy(bytes, from, held, heldLength, to - from);
    heldLength = length;
  }

  /** Delivers the answer if it is all there. */
  private boolean parse(byte[] bytes, int from, int to) {
    int headEnd = Scan.indexOf(bytes, from, to, HEAD_END);
    if (headEnd < 0) {
      return false;
    }
    int body = headEnd + HEAD_END.length;
    int length = Scan.header(bytes, from, headEnd, CONTENT_LENGTH);
    if (length < 0) {
      if (Scan.headerAt(bytes, from, headEnd, CHUNKED) >= 0) {
        throw new LoadException("an answer is chunked, which this generator does not read", null);
      }
      length = 0;
    }
    if (to - body < length) {
      return false;
    }
    int status = (bytes[from + 9] - '0') * 100 + (bytes[from + 10] - '0') * 10 + bytes[from + 11];
    Reply answered = reply;
    reply = null;
    // Free before the reply: its next request may then go out on the same connection.
    pool.free(this);
    if (answered != null) {
      answered.answered(status - '0', bytes, body, body + length);
    }
    return true;
  }

  @Override
  void lost(IOException reason) {
    pool.forget(this);
    Reply failed = reply;
    reply = null;
    if (failed != null) {
      failed.failed(reason);
    }
  }
}
