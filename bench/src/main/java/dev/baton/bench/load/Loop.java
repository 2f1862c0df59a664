package dev.baton.bench.load;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The generator's one thread: it waits on all sockets and timers. What it calls must not block, and
 * all objects of this package but this one belong to it.
 */
public final class Loop implements AutoCloseable {

  /** Something that happens later, unless it is cancelled. */
  public static final class Timer implements Comparable<Timer> {
    private final long at;
    private final long number;
    private @Nullable Runnable task;

    private Timer(long at, long number, Runnable task) {
      this.at = at;
      this.number = number;
      this.task = task;
    }

    /** Makes it do nothing. */
    public void cancel() {
      task = null;
    }

    @Override
    public int compareTo(Timer other) {
      int order = Long.compare(at - other.at, 0);
      return order != 0 ? order : Long.compare(number, other.number);
    }
  }

  /** Shared by all connections, whose handlers use them up before they return. */
  final ByteBuffer input = ByteBuffer.allocateDirect(1 << 18);

  final byte[] bytes = new byte[1 << 18];
  final ByteBuffer output = ByteBuffer.allocateDirect(1 << 18);

  private final Selector selector;
  private final Queue<Runnable> actions = new ConcurrentLinkedQueue<>();
  private final PriorityQueue<Timer> timers = new PriorityQueue<>();
  private final CompletableFuture<Void> broken = new CompletableFuture<>();
  private final Thread thread = new Thread(this::run, "load");
  private final Random random = new Random(1);
  private long timerNumbers;
  private volatile boolean closed;

  public Loop() {
    try {
      selector = Selector.open();
    } catch (IOException e) {
      throw new UncheckedIOException("opening a selector", e);
    }
    thread.setDaemon(true);
    thread.start();
  }

  /** Any of them. Only on the loop. */
  <T> T any(List<T> all) {
    return all.size() == 1 ? all.getFirst() : all.get(random.nextInt(all.size()));
  }

  Selector selector() {
    return selector;
  }

  /** The thread that everything here runs on. */
  public Thread thread() {
    return thread;
  }

  /** Does something on the loop, soon. May be called from any thread. */
  public void execute(Runnable action) {
    actions.add(action);
    selector.wakeup();
  }

  /** Does something on the loop and waits for its result. Not from the loop itself. */
  public <R> R call(Supplier<R> work) {
    CompletableFuture<R> result = new CompletableFuture<>();
    execute(() -> {
      try {
        result.complete(work.get());
      } catch (RuntimeException | Error e) {
        result.completeExceptionally(e);
      }
    });
    return result.join();
  }

  /** Does something on the loop and waits until it is done. Not from the loop itself. */
  public void run(Runnable work) {
    call(() -> {
      work.run();
      return true;
    });
  }

  /** Does something later. Only on the loop. */
  public Timer after(long nanos, Runnable task) {
    Timer timer = new Timer(System.nanoTime() + nanos, ++timerNumbers, task);
    timers.add(timer);
    return timer;
  }

  /** Ends the measurement: something happened that must not. Only the first call counts. */
  public void fail(String what, @Nullable Throwable cause) {
    broken.completeExceptionally(new LoadException(what, cause));
  }

  /** Completes exceptionally when the load cannot go on. */
  public CompletableFuture<Void> broken() {
    return broken;
  }

  private void run() {
    try {
      while (!closed) {
        selector.select(Loop::ready, waitMs());
        fire();
        for (Runnable action = actions.poll(); action != null; action = actions.poll()) {
          action.run();
        }
      }
    } catch (IOException | RuntimeException | Error e) {
      fail("the load generator broke", e);
    }
  }

  /** Zero would wait for ever; a timer that is due lets the selector only look. */
  private long waitMs() {
    Timer next = timers.peek();
    if (next == null) {
      return 1_000;
    }
    long nanos = next.at - System.nanoTime();
    if (nanos <= 0) {
      selector.wakeup();
    }
    return Math.clamp(nanos / 1_000_000, 1, 1_000);
  }

  private static void ready(SelectionKey key) {
    if (key.attachment() instanceof Connection connection) {
      connection.ready(key);
    }
  }

  private void fire() {
    long now = System.nanoTime();
    for (Timer next = timers.peek(); next != null && next.at - now <= 0; next = timers.peek()) {
      timers.remove();
      if (next.task != null) {
        next.task.run();
      }
    }
  }

  @Override
  public void close() {
    closed = true;
    selector.wakeup();
    try {
      thread.join(5_000);
      for (SelectionKey key : selector.keys()) {
        key.channel().close();
      }
      selector.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      throw new UncheckedIOException("closing the load generator", e);
    }
  }
}
