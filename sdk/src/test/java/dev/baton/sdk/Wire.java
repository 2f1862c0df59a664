package dev.baton.sdk;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** A wire to a server that can be cut, as a crash or a broken network cuts it, or laid wrong. */
final class Wire implements AutoCloseable {

  private static final byte[] NOT_HERE =
      "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  private final ServerSocket socket;
  private final int port;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final AtomicInteger answered = new AtomicInteger();
  private volatile boolean cut;
  private volatile boolean astray;

  Wire(int port) {
    this.port = port;
    try {
      socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.ofVirtual().start(this::accept);
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + socket.getLocalPort());
  }

  /** Breaks every connection; new ones are broken at once. */
  void cut() {
    cut = true;
    open.forEach(Wire::end);
  }

  /** Breaks every connection; new ones lead to something else, which answers 404. */
  void leadAstray() {
    astray = true;
    open.forEach(Wire::end);
  }

  /** How many requests something else has answered. */
  int answeredBySomethingElse() {
    return answered.get();
  }

  void mend() {
    cut = false;
    astray = false;
  }

  private void accept() {
    try {
      while (true) {
        var near = socket.accept();
        if (cut) {
          near.close();
          continue;
        }
        if (astray) {
          Thread.ofVirtual().start(() -> answer(near));
          continue;
        }
        var far = new Socket(InetAddress.getLoopbackAddress(), port);
        near.setTcpNoDelay(true);
        far.setTcpNoDelay(true);
        open.add(near);
        open.add(far);
        Thread.ofVirtual().start(() -> copy(near, far));
        Thread.ofVirtual().start(() -> copy(far, near));
      }
    } catch (IOException e) {
      open.forEach(Wire::end); // Closed.
    }
  }

  private void answer(Socket near) {
    try (near) {
      if (near.getInputStream().read(new byte[65_536]) > 0) {
        near.getOutputStream().write(NOT_HERE);
        answered.incrementAndGet();
      }
    } catch (IOException e) {
      // It has left.
    }
  }

  private void copy(Socket from, Socket to) {
    try {
      from.getInputStream().transferTo(to.getOutputStream());
    } catch (IOException e) {
      // Either end is gone, which the other is about to learn.
    } finally {
      end(from);
      end(to);
      open.remove(from);
      open.remove(to);
    }
  }

  private static void end(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    open.forEach(Wire::end);
  }
}
