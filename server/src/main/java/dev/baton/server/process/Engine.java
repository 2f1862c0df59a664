package dev.baton.server.process;

import dev.baton.core.Command;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drives a pipeline, one step at a time, each with all that waits as one batch: an idle engine
 * commits a batch of one at once, a busy one commits what has come meanwhile. It has a thread,
 * which sleeps until work comes or a timer is due. While nothing else happens, the event loop that
 * brings a single small command takes the step itself, and two changes of thread are saved.
 */
public final class Engine implements AutoCloseable, Watchdog.Watched {

  private static final Logger LOG = LoggerFactory.getLogger(Engine.class);
  private static final long LONGEST_SLEEP_MS = 60_000;

  /** How long clients may take to find a server again that was away. */
  private static final long RECONNECT_MS = 2_000;

  /** No event loop is held up by a store that takes longer than this. */
  private static final long QUICK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  /** Who has sent something sends more, as a rule, within this time. */
  private static final long SERVING_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final Pipeline pipeline;
  private final Clock clock;
  private final LoopWatch loops;
  private final int maxBatch;

  /** Nobody blocks at it, so it wakes nobody. */
  private final BlockingQueue<Work> inbox;

  private final Queue<Action> actions = new ConcurrentLinkedQueue<>();
  private final Thread thread = new Thread(this::run, "engine");
  private final Outbox outbox = new Outbox();
  private final Watchdog watchdog;
  private final Batch batch = new Batch();

  /** Who holds it steps, and owns what the pipeline owns. */
  private final ReentrantLock turn = new ReentrantLock();

  /** Whether the pipeline is open, so that steps may be taken. */
  private volatile boolean opened;

  private volatile boolean stopping;
  private volatile boolean abandoned;
  private volatile boolean asleep;
  private volatile long sleepsUntil;
  private volatile long steps;

  /** When something was taken last that clients had sent: System.nanoTime. */
  private volatile long servedAt = System.nanoTime() - SERVING_NANOS;

  /**
   * No step follows. Set before the last look at what waits; who brings something looks at this
   * only after that, so that it is seen by one of the two.
   */
  private volatile boolean ended;

  /** What is done in a step, and what instead if it never is. */
  private record Action(Runnable action, Runnable dropped) implements Runnable {
    @Override
    public void run() {
      action.run();
    }
  }

  /** What one step takes. */
  private static final class Batch {
    final List<Work> taken = new ArrayList<>();
    final List<CommandCall> calls = new ArrayList<>();
    final List<ScriptCall<?>> scripts = new ArrayList<>();

    void take(BlockingQueue<Work> inbox, int most) {
      inbox.drainTo(taken, most);
      for (Work work : taken) {
        switch (work) {
          case CommandCall call -> calls.add(call);
          case ScriptCall<?> script -> scripts.add(script);
        }
      }
    }

    void clear() {
      taken.clear();
      calls.clear();
      scripts.clear();
    }
  }

  /**
   * An engine that may stand still for as long as it likes, and whose event loops nobody watches.
   */
  public Engine(Pipeline pipeline, LongSupplier clock, int queueSize, int maxBatch) {
    this(pipeline, clock, queueSize, maxBatch, Duration.ZERO);
  }

  /** An engine whose event loops nobody watches. */
  public Engine(
      Pipeline pipeline, LongSupplier clock, int queueSize, int maxBatch, Duration stallTimeout) {
    this(pipeline, clock, new LoopWatch(System::nanoTime), queueSize, maxBatch, stallTimeout);
  }

  /**
   * @param clock epoch milliseconds; it may be set
   * @param loops those that bring the commands
   * @param queueSize how many commands may wait
   * @param maxBatch how many one transaction takes
   * @param stallTimeout how long it may stand still while something waits; zero for ever
   */
  public Engine(
      Pipeline pipeline,
      LongSupplier clock,
      LoopWatch loops,
      int queueSize,
      int maxBatch,
      Duration stallTimeout) {
    this(pipeline, clock, loops, new ArrayBlockingQueue<>(queueSize), maxBatch, stallTimeout);
  }

  /** An engine with a queue of the caller's. */
  Engine(
      Pipeline pipeline,
      LongSupplier clock,
      LoopWatch loops,
      BlockingQueue<Work> inbox,
      int maxBatch,
      Duration stallTimeout) {
    this.watchdog = new Watchdog(this, stallTimeout);
    this.pipeline = pipeline;
    this.clock = new Clock(clock, System::nanoTime);
    this.loops = loops;
    this.maxBatch = maxBatch;
    this.inbox = inbox;
    this.thread.setDaemon(true);
    pipeline.whenAnswered(outbox::flush);
    pipeline.whenOfferedAhead(outbox::flushNow);
  }

  /**
   * Starts the threads, which wait for {@link #start}. It may be left out; who has no time later
   * does it ahead, since a new thread may have to wait for a processor, and who starts it with it.
   */
  public void prepare() {
    thread.start();
    watchdog.start();
  }

  /** Opens the pipeline and begins to work. */
  public void start() {
    pipeline.open(clock.now());
    opened = true;
    if (thread.getState() == Thread.State.NEW) {
      prepare();
    } else {
      LockSupport.unpark(thread);
    }
  }

  /**
   * Hands over a command. May be called from any thread; never blocks.
   *
   * @param debugTime virtual now, or null for the clock's
   * @param reply told the answer once the changes are durable
   * @return null, or why the command was not taken: then nothing of it happens
   */
  public @Nullable Overload submit(
      Command command, @Nullable Long debugTime, CommandCall.Reply reply) {
    return submit(new CommandCall(command, debugTime, reply));
  }

  /**
   * Hands over a script. May be called from any thread; never blocks.
   *
   * @param reply told the result once the changes are durable, in a step of the engine
   * @param failed told instead if nothing could be saved, or there is no room for the result
   * @return null, or why the script was not taken: then nothing of it happens
   */
  public <R> @Nullable Overload submit(
      Script<R> script, ScriptCall.Reply<? super R> reply, Runnable failed) {
    return submit(new ScriptCall<>(script, reply, failed));
  }

  private @Nullable Overload submit(Work work) {
    if (stopping) {
      return Overload.STOPPING;
    }
    if (!inbox.offer(work)) {
      return Overload.QUEUE_FULL;
    }
    if (ended && inbox.remove(work)) {
      return Overload.STOPPING; // It came after the last look.
    }
    Outbox.Loop loop = outbox.current();
    if (loop == null) {
      wake();
    } else {
      loop.afterReading(this::stepHereOrWake);
    }
    return null;
  }

  /**
   * Does something in a step, before its transaction. May be called from any thread; never blocks
   * and is never refused: connections come and go even when the queue is full. Once the engine has
   * ended it is not done.
   */
  public void execute(Runnable action) {
    execute(action, () -> {});
  }

  /**
   * The same for somebody who waits to hear of it: one of the two is called, once.
   *
   * @param dropped called instead, on any thread, once it is certain that no step will do it
   */
  public void execute(Runnable action, Runnable dropped) {
    actions.add(new Action(action, dropped));
    wake();
    if (ended) {
      dropActions();
    }
  }

  private void dropActions() {
    for (Action action = actions.poll(); action != null; action = actions.poll()) {
      try {
        action.dropped().run();
      } catch (RuntimeException e) {
        LOG.error("Somebody could not be told that the engine has ended", e);
      }
    }
  }

  /**
   * Calls something, in a step, when another server turns out to own the store: nobody is answered
   * from then on. Before the start only.
   */
  public void whenDeposed(Runnable action) {
    pipeline.whenDeposed(() -> {
      abandoned = true;
      stopping = true;
      action.run();
    });
  }

  /** Where a step leaves what is to be said on connections. */
  public Outbox outbox() {
    return outbox;
  }

  /** Calls something at the end of each step. Before the start only. */
  public void afterEach(Runnable action) {
    pipeline.afterEach(action);
  }

  /**
   * Clients can reach the server from now on: leases of those who could not last at least their
   * full length from here, and as long as it may take to find the server again.
   */
  public void reachable() {
    execute(() -> pipeline.heardFrom(pipeline.now() + RECONNECT_MS));
  }

  /** The instant of the step at hand. Only in a step. */
  public long now() {
    return pipeline.now();
  }

  /** What was written before was written by another owner, epoch milliseconds. */
  public long openedAt() {
    return pipeline.openedAt();
  }

  /** Whether it has lately taken what clients had sent, so that others do better to give way. */
  public boolean isServing() {
    return System.nanoTime() - servedAt < SERVING_NANOS;
  }

  /** How many commands wait. */
  public int queueLength() {
    return inbox.size();
  }

  /** Whether changes can be saved, as far as is known, and the thread runs. */
  public boolean isHealthy() {
    return pipeline.isHealthy() && thread.isAlive();
  }

  /** Whether it runs and does what waits; if not, only another process helps. */
  public boolean isAlive() {
    return thread.isAlive() && !watchdog.isStuck();
  }

  @Override
  public long steps() {
    return steps;
  }

  @Override
  public boolean isWorkWaiting() {
    return opened && (turn.isLocked() || !isNothingWaiting());
  }

  @Override
  public StackTraceElement[] whereabouts() {
    Thread stepping = outbox.stepping();
    return (stepping == null ? thread : stepping).getStackTrace();
  }

  private void run() {
    try {
      while (!opened && !stopping) {
        LockSupport.park(this);
      }
      while (opened && !ended) {
        rest(Math.min(takeTurn(), LONGEST_SLEEP_MS));
      }
    } finally {
      end();
    }
  }

  /** Does what waits and what is due; answers for how many milliseconds nothing is. */
  private long takeTurn() {
    turn.lock();
    try {
      boolean isLast = stopping;
      if (isLast || abandoned || isAnythingToDo()) {
        doOrDrop(isLast);
      }
      if (isLast && isNothingWaiting()) {
        ended = true;
        while (!isNothingWaiting()) {
          doOrDrop(true);
        }
      }
      sleepsUntil = pipeline.nextDueAt();
      long restMs = sleepsUntil - clock.now();
      return clock.wasSet() ? 0 : restMs;
    } finally {
      turn.unlock();
    }
  }

  private void doOrDrop(boolean isLast) {
    if (abandoned) {
      inbox.clear();
      dropActions();
    } else {
      step(maxBatch, isLast);
    }
  }

  private void end() {
    ended = true;
    dropActions();
  }

  private boolean isNothingWaiting() {
    return inbox.isEmpty() && actions.isEmpty();
  }

  private boolean isAnythingToDo() {
    return !isNothingWaiting() || pipeline.nextDueAt() <= clock.now() || clock.wasSet();
  }

  private void rest(long atMostMs) {
    asleep = true;
    // Who brings something looks whether we sleep only after that: one of us sees the other.
    if (atMostMs > 0 && isNothingWaiting() && !stopping) {
      LockSupport.parkNanos(this, TimeUnit.MILLISECONDS.toNanos(atMostMs));
    }
    asleep = false;
    if (Thread.interrupted()) {
      stopping = true;
    }
  }

  private void wake() {
    if (asleep) {
      LockSupport.unpark(thread);
    }
  }

  /** Takes the step of a single small command, if nobody else does; on an event loop. */
  private void stepHereOrWake() {
    boolean isQuick =
        inbox.size() == 1 && actions.isEmpty() && pipeline.usualSaveNanos() <= QUICK_NANOS;
    if (!isQuick || !turn.tryLock()) {
      wake();
      return;
    }
    try {
      Work work = inbox.peek();
      if (!ended && !abandoned && work != null && pipeline.isSmall(work, clock.now())) {
        stepHere();
      }
      if (pipeline.nextDueAt() < sleepsUntil) {
        LockSupport.unpark(thread); // Also when it is only about to sleep.
      }
    } finally {
      turn.unlock();
    }
    if (!isNothingWaiting()) {
      wake();
    }
  }

  private void step(int most, boolean isLast) {
    step(
        most,
        () ->
            pipeline.step(
                batch.calls, batch.scripts, actions::poll, clock.now(), inbox.size(), isLast));
  }

  private void stepHere() {
    step(1, () -> pipeline.stepLent(batch.calls, clock.now(), inbox.size()));
  }

  private void step(int most, Runnable body) {
    outbox.begin();
    try {
      batch.take(inbox, most);
      if (!batch.taken.isEmpty()) {
        servedAt = System.nanoTime();
      }
      keepTime();
      body.run();
    } catch (RuntimeException | Error e) {
      LOG.error("The engine failed at a batch of {}", batch.taken.size(), e);
    } finally {
      batch.clear();
      outbox.end();
      steps++; // By who has the turn, so nobody else does.
    }
  }

  /** What was timed goes on as if neither had happened. */
  private void keepTime() {
    long now = clock.now();
    long jumpMs = clock.takeJumpMs();
    if (jumpMs != 0) {
      LOG.warn("The machine's clock was set by {} ms: leases last their full length again", jumpMs);
      pipeline.clockMoved(jumpMs, now);
    }
    LoopWatch.Pause pause = loops.takePause();
    if (pause != null) {
      LOG.warn("The server stood still for {} ms: leases last their full length again", pause.ms());
      pipeline.paused(pause.ms(), now - pause.agoMs());
    }
  }

  /**
   * Stops without answering anybody that waits: another has taken over, and what is known here is
   * not to be told any more. Waits for nothing; a step that is under way may still come to its end.
   */
  public void abandon() {
    abandoned = true;
    stopping = true;
    LockSupport.unpark(thread);
    watchdog.close();
    endIfNeverStarted();
  }

  private void endIfNeverStarted() {
    if (thread.getState() == Thread.State.NEW) {
      end();
    }
  }

  /** Finishes what waits, and stops. Answers whether it was done in time. */
  public boolean stop(long timeoutMs) {
    stopping = true;
    LockSupport.unpark(thread);
    endIfNeverStarted();
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
    watchdog.close();
  }
}
