package dev.baton.server.http;

import dev.baton.server.background.Share;
import io.netty.buffer.Unpooled;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.buffer.impl.BufferImpl;
import io.vertx.core.http.HttpServerResponse;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A large file on its way to a client, one piece after the other: others on the event loop wait for
 * one piece at most. All pieces go through the same memory outside of the heap. For one thread,
 * which waits for the client.
 */
final class PacedFile implements AutoCloseable {

  /** Some 0.1 ms of an event loop's work. */
  static final int PIECE_BYTES = 128 << 10;

  private final FileChannel file;
  private final long length;
  private final ByteBuffer piece = ByteBuffer.allocateDirect(PIECE_BYTES);

  PacedFile(Path path) throws IOException {
    this.file = FileChannel.open(path);
    this.length = file.size();
  }

  long length() {
    return length;
  }

  /**
   * Sends all of it; its length has been said.
   *
   * @param share of those who send
   * @param patience within which the client takes each piece; zero: for ever
   * @param whenRead called once, before the client can have all of it
   * @param whenTaken called once, when the connection has taken all of it
   * @throws IOException if it could not be read, or the client has gone or does not read
   */
  void send(
      HttpServerResponse response,
      Context loop,
      Share share,
      Duration patience,
      Runnable whenRead,
      Runnable whenTaken)
      throws IOException {
    if (length == 0) {
      throw new EOFException("the file is empty");
    }
    for (long sent = 0; sent < length; sent += piece.limit()) {
      long began = System.nanoTime();
      read();
      boolean isLast = sent + piece.limit() >= length;
      if (isLast) {
        close(); // A client that does not take the rest holds nothing of the disk.
        whenRead.run();
      }
      long readNanos = System.nanoTime() - began;
      long writeNanos = write(response, isLast, loop, patience);
      if (isLast) {
        whenTaken.run();
      }
      LockSupport.parkNanos(share.restNanos(readNanos + writeNanos));
    }
  }

  private void read() throws IOException {
    piece.clear();
    if (file.read(piece) < 0) {
      throw new EOFException("the file is shorter than it was");
    }
    piece.flip();
  }

  /** Returns when the connection has taken the piece; answers how long the event loop worked. */
  private long write(HttpServerResponse response, boolean isLast, Context loop, Duration patience)
      throws IOException {
    CompletableFuture<Long> written = new CompletableFuture<>();
    if (!patience.isZero()) {
      written.orTimeout(patience.toMillis(), TimeUnit.MILLISECONDS);
    }
    loop.runOnContext(_ -> {
      if (response.ended() || response.closed()) {
        written.completeExceptionally(new EOFException("the client has gone"));
        return;
      }
      Buffer buffer = BufferImpl.buffer(Unpooled.wrappedBuffer(piece));
      long began = System.nanoTime();
      Future<Void> taken = isLast ? response.end(buffer) : response.write(buffer);
      long nanos = System.nanoTime() - began;
      taken.onComplete(_ -> written.complete(nanos), written::completeExceptionally);
    });
    try {
      return written.join();
    } catch (CompletionException e) {
      throw new IOException("sending a file", e.getCause());
    }
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
