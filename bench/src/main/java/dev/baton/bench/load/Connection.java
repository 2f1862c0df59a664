package dev.baton.bench.load;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/** A socket on the loop. */
abstract class Connection {

  final Loop loop;
  private final SocketChannel channel;
  private final SelectionKey key;
  private @Nullable ByteBuffer unsent;
  private boolean isOpen;
  private boolean isClosed;

  /**
   * Starts to connect.
   *
   * @param source address to connect from, or null; one address has some 28,000 ports
   */
  Connection(Loop loop, InetSocketAddress target, @Nullable InetSocketAddress source)
      throws IOException {
    this.loop = loop;
    this.channel = SocketChannel.open();
    try {
      channel.configureBlocking(false);
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      if (source != null) {
        channel.bind(source);
      }
      channel.connect(target); // Even on loopback the selector reports when it is done.
      this.key = channel.register(loop.selector(), SelectionKey.OP_CONNECT, this);
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  /** The socket is connected. */
  abstract void opened();

  /**
   * Bytes have come; they are to be used up or copied.
   *
   * @throws IOException if the connection is of no more use
   */
  abstract void received(byte[] bytes, int from, int to) throws IOException;

  /** The socket is gone; not called after {@link #close}. */
  abstract void lost(IOException reason);

  final void ready(SelectionKey ready) {
    try {
      if (ready.isConnectable()) {
        channel.finishConnect();
        isOpen = true;
        key.interestOps(SelectionKey.OP_READ);
        opened();
      } else {
        if (ready.isWritable()) {
          flush();
        }
        if (ready.isReadable()) {
          read();
        }
      }
    } catch (IOException e) {
      fail(e);
    }
  }

  private void read() throws IOException {
    ByteBuffer input = loop.input;
    input.clear();
    int count = channel.read(input);
    if (count < 0) {
      throw new IOException("the server closed the connection");
    }
    if (count > 0) {
      input.flip();
      input.get(loop.bytes, 0, count);
      received(loop.bytes, 0, count);
    }
  }

  /** Sends what the buffer holds; the buffer is free again after the call. */
  final void send(ByteBuffer request) {
    if (!isOpen || unsent != null) {
      throw new IllegalStateException("one request at a time, on an open connection");
    }
    try {
      channel.write(request);
      if (request.hasRemaining()) {
        unsent = ByteBuffer.allocate(request.remaining()).put(request).flip();
        key.interestOps(SelectionKey.OP_READ | SelectionKey.OP_WRITE);
      }
    } catch (IOException e) {
      loop.execute(() -> fail(e)); // Not into the caller's back.
    }
  }

  private void flush() throws IOException {
    if (unsent != null) {
      channel.write(unsent);
      if (unsent.hasRemaining()) {
        return;
      }
      unsent = null;
    }
    key.interestOps(SelectionKey.OP_READ);
  }

  private void fail(IOException reason) {
    if (!isClosed) {
      close();
      lost(reason);
    }
  }

  final boolean isOpen() {
    return isOpen && !isClosed;
  }

  /** Closes the socket as the kernel does for a process that ends. */
  void close() {
    if (!isClosed) {
      isClosed = true;
      try {
        channel.close();
      } catch (IOException e) {
        loop.fail("closing a socket", e);
      }
    }
  }
}
