package dev.baton.server.poll;

import dev.baton.core.Sizes;
import dev.baton.protocol.Message;
import dev.baton.server.dispatch.FunctionRef;
import dev.baton.server.dispatch.Link;
import dev.baton.server.process.Outbox;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A worker's open stream. Written to on its event loop; the dispatcher sees it as a link. */
final class WorkerConnection implements Link {

  /** What is written at once. */
  private static final int PIECE = 64 << 10;

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
      boolean hearsSettled,
      @Nullable Set<FunctionRef> functions,
      @Nullable String reach) {}

  private static final Logger LOG = LoggerFactory.getLogger(WorkerConnection.class);

  private final Greeting greeting;
  private final HttpServerResponse response;
  private final Outbox.Loop loop;
  private final Dialect dialect;
  private final StreamMemory memory;
  private final Runnable onWritable;
  private final Peer peer;

  /** Messages handed over; only who steps changes it. */
  private volatile long sent;

  /** Messages that the connection has taken; only its event loop changes it. */
  private volatile long taken;

  /** Bytes of the messages that are on their way, or about how many. */
  private final AtomicLong unwritten = new AtomicLong();

  private volatile boolean full;

  /** How long its worker may be away at least, because more than its connection was lost. */
  private volatile Duration leastGrace = Duration.ZERO;

  // Only its event loop looks at these.
  private long lastWriteNanos = System.nanoTime();
  private long lastProgressNanos = lastWriteNanos;
  private int writes;

  WorkerConnection(
      Greeting greeting,
      HttpServerResponse response,
      Outbox.Loop loop,
      Dialect dialect,
      StreamMemory memory,
      Runnable onWritable,
      Peer peer) {
    this.greeting = greeting;
    this.response = response;
    this.loop = loop;
    this.dialect = dialect;
    this.memory = memory;
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
  public @Nullable Set<FunctionRef> functions() {
    return greeting.functions();
  }

  @Override
  public boolean hearsSettled() {
    return greeting.hearsSettled();
  }

  @Override
  public @Nullable String reach() {
    return greeting.reach();
  }

  @Override
  public Duration grace(Duration usual) {
    return usual.compareTo(leastGrace) < 0 ? leastGrace : usual;
  }

  /** The server that held its worker's connection was lost, with all that it held. */
  void lostWithReplica(Duration grace) {
    leastGrace = grace;
  }

  @Override
  public boolean isWritable() {
    return !full && memory.hasRoom(this, sent == taken);
  }

  @Override
  public boolean isStrict() {
    return dialect.isStrict();
  }

  @Override
  public long send(Message message) {
    Supplier<byte[]> json = dialect.prepare(message);
    if (json == null) {
      return 0;
    }
    long estimate = Sizes.of(message);
    memory.reserve(estimate);
    long number = sent + 1;
    sent = number;
    if (memory.isFull(number - taken, unwritten.addAndGet(estimate))) {
      full = true;
    }
    loop.execute(() -> write(json, estimate));
    return number;
  }

  @Override
  public long taken() {
    return taken;
  }

  /** Tells that it takes messages again. */
  void writable() {
    onWritable.run();
  }

  /** Whether the other is of the same worker. */
  boolean replaces(WorkerConnection other) {
    return pid().equals(other.pid()) && group().equals(other.group());
  }

  private void write(Supplier<byte[]> json, long estimate) {
    if (response.ended() || response.closed()) {
      release(estimate);
      return; // Whoever is told of the end sends the message again elsewhere.
    }
    Buffer frame = Frames.event(json.get());
    int length = frame.length();
    memory.reserve(length - estimate);
    unwritten.addAndGet(length - estimate);
    // In pieces, to see whether a slow reader goes on reading.
    for (int from = 0; from < length; from += PIECE) {
      int to = Math.min(from + PIECE, length);
      boolean isLast = to == length;
      write(from == 0 && isLast ? frame : frame.slice(from, to), isLast ? length : 0);
    }
  }

  /** Writes something; when that is done, a message of so many bytes is. */
  private void write(Buffer piece, int message) {
    long now = System.nanoTime();
    lastWriteNanos = now;
    if (writes++ == 0) {
      lastProgressNanos = now;
    }
    response.write(piece).onComplete(result -> written(message, result.succeeded()));
    peer.wrote();
  }

  private void written(int message, boolean isTaken) {
    writes--;
    lastProgressNanos = System.nanoTime();
    if (message > 0) {
      release(message);
      if (isTaken) {
        oneMoreTaken();
      }
    }
  }

  private void release(long bytes) {
    unwritten.addAndGet(-bytes);
    memory.release(bytes);
  }

  private void oneMoreTaken() {
    taken = taken + 1;
    if (full && memory.isHalfEmpty(sent - taken, unwritten.get())) {
      full = false;
      onWritable.run();
    }
  }

  /**
   * Shows a sign of life on a stream that was quiet for so long, and gives up one whose peer has
   * not read for so long. Only on its event loop.
   */
  void keepAlive(long quietNanos, long stuckNanos) {
    long now = System.nanoTime();
    if (writes > 0) {
      if (now - lastProgressNanos >= stuckNanos) {
        response.reset();
      }
    } else if (now - lastWriteNanos >= quietNanos) {
      write(Frames.COMMENT, 0);
    }
  }

  /** Gives it up if its peer has not read for so long, because others want the memory. */
  void yieldMemory(long nanos) {
    loop.execute(() -> {
      if (writes > 0 && System.nanoTime() - lastProgressNanos > nanos) {
        response.reset();
      }
    });
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
