package dev.baton.server.poll;

import dev.baton.protocol.Message;
import dev.baton.server.dispatch.Link;
import dev.baton.server.process.Outbox;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A worker's open stream. Written to on its event loop; the dispatcher sees it as a link. */
final class WorkerConnection implements Link {

  /**
   * What a worker says of itself when it connects, and how far its token reaches.
   *
   * @param reach what the ids that its token covers start with; null: it covers none
   */
  record Greeting(
      String group,
      String pid,
      String address,
      @Nullable Integer slots,
      @Nullable Integer most,
      @Nullable String run,
      @Nullable String reach) {}

  private static final Logger LOG = LoggerFactory.getLogger(WorkerConnection.class);

  private final Greeting greeting;
  private final HttpServerResponse response;
  private final Outbox.Loop loop;
  private final Dialect dialect;
  private final int bufferSize;
  private final Runnable onWritable;
  private final Peer peer;
  private final AtomicInteger unwritten = new AtomicInteger();
  private volatile boolean full;

  /** When something was last written; only its event loop looks. */
  private long lastWriteNanos = System.nanoTime();

  private int stuckRounds;

  WorkerConnection(
      Greeting greeting,
      HttpServerResponse response,
      Outbox.Loop loop,
      Dialect dialect,
      int bufferSize,
      Runnable onWritable,
      Peer peer) {
    this.greeting = greeting;
    this.response = response;
    this.loop = loop;
    this.dialect = dialect;
    this.bufferSize = bufferSize;
    this.onWritable = onWritable;
    this.peer = peer;
  }

  @Override
  public String group() {
    return greeting.group();
  }

  @Override
  public String pid() {
    return greeting.pid();
  }

  @Override
  public String address() {
    return greeting.address();
  }

  @Override
  public @Nullable Integer slots() {
    return greeting.slots();
  }

  @Override
  public @Nullable Integer most() {
    return greeting.most();
  }

  @Override
  public @Nullable String run() {
    return greeting.run();
  }

  @Override
  public @Nullable String reach() {
    return greeting.reach();
  }

  @Override
  public boolean isWritable() {
    return !full;
  }

  @Override
  public boolean isStrict() {
    return dialect.isStrict();
  }

  @Override
  public void send(Message message) {
    Supplier<byte[]> json = dialect.prepare(message);
    if (json == null) {
      return;
    }
    if (unwritten.incrementAndGet() >= bufferSize) {
      full = true;
    }
    loop.execute(() -> write(Frames.event(json.get())));
  }

  /** Whether the other is of the same worker. */
  boolean replaces(WorkerConnection other) {
    return pid().equals(other.pid()) && group().equals(other.group());
  }

  private void write(Buffer frame) {
    if (response.ended() || response.closed()) {
      return; // Whoever is told of the end sends the message again elsewhere.
    }
    lastWriteNanos = System.nanoTime();
    response.write(frame).onComplete(_ -> written());
    peer.wrote();
  }

  private void written() {
    stuckRounds = 0;
    if (unwritten.decrementAndGet() <= bufferSize / 2 && full) {
      full = false;
      onWritable.run();
    }
  }

  /**
   * Shows a sign of life on a quiet stream, and gives up one whose peer has not read for several
   * rounds. Only on its event loop.
   */
  void keepAlive(long intervalNanos) {
    if (unwritten.get() > 0) {
      if (++stuckRounds >= 3) {
        response.reset();
      }
    } else if (System.nanoTime() - lastWriteNanos >= intervalNanos) {
      unwritten.incrementAndGet();
      write(Frames.COMMENT);
    }
  }

  @Override
  public void refuse() {
    LOG.warn(
        "Worker {} of group {} is turned away: another process serves the group under this id",
        pid(),
        group());
    loop.execute(() -> {
      if (!response.ended() && !response.closed()) {
        response.end(Frames.TAKEN);
      }
    });
  }

  @Override
  public void close() {
    loop.execute(() -> {
      if (!response.ended() && !response.closed()) {
        response.end();
      }
    });
  }
}
