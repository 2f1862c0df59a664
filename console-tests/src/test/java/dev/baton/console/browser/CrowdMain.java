package dev.baton.console.browser;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/**
 * Holds the event streams of many workers open and reads them, on one thread, until it is killed.
 */
final class CrowdMain {

  static final String ALL_ARE_CONNECTED = "all are connected";

  private static final String ACCEPTED = "HTTP/1.1 200 ";

  private CrowdMain() {}

  /** The server's port, the group, how many. */
  public static void main(String[] arguments) throws IOException {
    int port = Integer.parseInt(arguments[0]);
    String group = arguments[1];
    int count = Integer.parseInt(arguments[2]);
    InetSocketAddress server = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    ByteBuffer bytes = ByteBuffer.allocate(64 * 1024);
    try (Selector selector = Selector.open()) {
      for (int i = 0; i < count; i++) {
        SocketChannel worker = SocketChannel.open(server);
        String request =
            "GET /poll/%s/w-%d?slots=1 HTTP/1.1\r\nhost: 127.0.0.1:%d\r\naccept: text/event-stream\r\n\r\n"
                .formatted(group, i, port);
        worker.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII)));
        // The answer's head, before the next one comes: nobody is in a hurry, and nobody is lost.
        worker.read(bytes.clear());
        String answer = StandardCharsets.US_ASCII.decode(bytes.flip()).toString();
        if (!answer.startsWith(ACCEPTED)) {
          System.out.println("worker " + i + " was answered: " + answer.lines().findFirst());
          return;
        }
        worker.configureBlocking(false).register(selector, SelectionKey.OP_READ);
      }
      System.out.println(ALL_ARE_CONNECTED);
      while (selector.select(key -> read((SocketChannel) key.channel(), bytes)) >= 0) {
        // Each is read.
      }
    }
  }

  private static void read(SocketChannel worker, ByteBuffer bytes) {
    try {
      if (worker.read(bytes.clear()) >= 0) {
        return;
      }
      worker.close();
    } catch (IOException e) {
      throw new UncheckedIOException("a worker's connection broke", e);
    }
    throw new IllegalStateException("the server has closed a worker's connection");
  }
}
