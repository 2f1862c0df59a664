package dev.baton.server.process;

import dev.baton.core.Command;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drives a pipeline by one thread, which takes all that waits as one batch: an idle engine commits
 * a batch of one at once, a busy one commits what has come meanwhile. It sleeps until work comes or
 * a timer is due.
 */
public final class Engine implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Engine.class);
  private static final long LONGEST_SLEEP_MS = 60_000;

  private final Pipeline pipeline;
  private final Clock clock;
  private final int maxBatch;
  private final BlockingQueue<Work> queue;
  private final Queue<Runnable> deeds = new ConcurrentLinkedQueue<>();
  private final Thread thread = new Thread(this::run, "engine");
  private final Outbox outbox = new Outbox(thread);
  private volatile boolean stopping;

  /**
   * @param clock epoch milliseconds
   * @param queueSize how many commands may wait
   * @param maxBatch how many one transaction takes
   */
  public Engine(Pipeline pipeline, LongSupplier clock, int queueSize, int maxBatch) {
    this.pipeline = pipeline;
    this.clock = new Clock(clock);
    this.maxBatch = maxBatch;
    this.queue = new ArrayBlockingQueue<>(queueSize);
    this.thread.setDaemon(true);
    pipeline.whenAnswered(outbox::flush);
  }

  /** Opens the pipeline and starts the thread. */
  public void start() {
    pipeline.open(clock.now());
    thread.start();
  }

  /**
   * Hands over a command. May be called from any thread; never blocks.
   *
   * @param debugTime virtual now, or null for the clock's
   * @param reply told the answer once the changes are durable
   * @return null, or why the command was not taken: then nothing of it happens
   */
  public @Nullable Overload submit(Command command, @Nullable Long debugTime, Ask.Reply reply) {
    if (stopping) {
      return Overload.STOPPING;
    }
    return queue.offer(new Ask(command, debugTime, reply)) ? null : Overload.QUEUE_FULL;
  }

  /**
   * Hands over a script. May be called from any thread; never blocks.
   *
   * @param reply told the result once the changes are durable, on the engine's thread
   * @param failed told instead if nothing could be saved
   * @return null, or why the script was not taken: then nothing of it happens
   */
  public <R> @Nullable Overload submit(
      Script<R> script, Consumer<? super R> reply, Runnable failed) {
    if (stopping) {
      return Overload.STOPPING;
    }
    return queue.offer(new Play<>(script, reply, failed)) ? null : Overload.QUEUE_FULL;
  }

  /**
   * Does something on the engine's thread, between transactions. May be called from any thread;
   * never blocks and is never refused: connections come and go even when the queue is full.
   */
  public void execute(Runnable deed) {
    deeds.add(deed);
    // A full queue has nobody sleeping at it.
    boolean isAwake = !queue.offer(Work.Wake.INSTANCE);
    if (isAwake && !thread.isAlive()) {
      deeds.clear();
    }
  }

  /** Where the engine's thread leaves what is to be said on connections. */
  public Outbox outbox() {
    return outbox;
  }

  /** Calls something after each batch, on the engine's thread. Before the start only. */
  public void afterEach(Runnable action) {
    pipeline.afterEach(action);
  }

  /** The instant of the batch at hand. Only on the engine's thread. */
  public long now() {
    return pipeline.now();
  }

  /** How many commands wait. */
  public int queueLength() {
    return queue.size();
  }

  /** Whether the last transaction could be saved and the thread runs. */
  public boolean isHealthy() {
    return pipeline.isHealthy() && thread.isAlive();
  }

  private void run() {
    List<Ask> batch = new ArrayList<>();
    List<Play<?>> plays = new ArrayList<>();
    List<Work> taken = new ArrayList<>();
    while (!stopping || !queue.isEmpty() || !deeds.isEmpty()) {
      try {
        await(taken);
        for (Work work : taken) {
          switch (work) {
            case Ask ask -> batch.add(ask);
            case Play<?> play -> plays.add(play);
            case Work.Wake _ -> {}
          }
        }
        pipeline.step(batch, plays, deeds::poll, clock.now(), stopping);
      } catch (InterruptedException e) {
        stopping = true;
      } catch (RuntimeException | Error e) {
        LOG.error("The engine failed at a batch of {}", batch.size() + plays.size(), e);
      } finally {
        outbox.flush();
        taken.clear();
        batch.clear();
        plays.clear();
      }
    }
  }

  private void await(List<Work> taken) throws InterruptedException {
    Work first = queue.poll();
    if (first == null) {
      long waitMs = stopping ? 0 : pipeline.nextDueAt() - clock.now();
      first =
          waitMs <= 0
              ? null
              : queue.poll(Math.min(waitMs, LONGEST_SLEEP_MS), TimeUnit.MILLISECONDS);
    }
    if (first != null) {
      taken.add(first);
      queue.drainTo(taken, maxBatch - 1);
    }
  }

  /** Finishes what waits, and stops. Answers whether it was done in time. */
  public boolean stop(long timeoutMs) {
    stopping = true;
    queue.offer(Work.Wake.INSTANCE);
    try {
      thread.join(timeoutMs);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return !thread.isAlive();
  }

  @Override
  public void close() {
    if (!stop(10_000)) {
      thread.interrupt();
    }
  }
}
