package dev.baton.server.process;

import dev.baton.core.Change;
import dev.baton.core.Command;
import dev.baton.core.Outcome;
import dev.baton.core.StateMachine;
import dev.baton.protocol.DebugRequest;
import dev.baton.protocol.Response;
import dev.baton.protocol.TaskRequest;
import dev.baton.server.dispatch.Dispatcher;
import dev.baton.server.storage.Rows;
import dev.baton.server.storage.Storage;
import dev.baton.server.storage.StorageException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The pipeline. One thread takes all that waits, decides each command by the rules, makes the
 * changes of all of them durable in one transaction, and only then answers and dispatches. An idle
 * engine commits a batch of one at once; a busy one commits what has come meanwhile. It owns the
 * storage and the dispatcher, and it sleeps until work comes or a timer is due.
 */
public final class Engine implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Engine.class);

  /** How long a delivered unblock message may wait to be struck off with other changes. */
  private static final long FORGET_AFTER_MS = 500;

  private final Storage storage;
  private final StateMachine rules;
  private final Dispatcher dispatcher;
  private final EngineMetrics metrics;
  private final Clock clock;
  private final int maxBatch;
  private final BlockingQueue<Work> queue;
  private final Queue<Runnable> deeds = new ConcurrentLinkedQueue<>();
  private final Thread thread = new Thread(this::run, "engine");
  private final List<Runnable> afterEach = new ArrayList<>();
  private final List<Command> own = new ArrayList<>();
  private List<Command.Listener> told = new ArrayList<>();
  private long toldAt;
  private boolean paused;
  private long now;
  private long storageDueAt;
  private volatile boolean stopping;
  private volatile boolean isHealthy = true;

  /**
   * @param clock epoch milliseconds
   * @param queueSize how many commands may wait
   * @param maxBatch how many one transaction takes
   */
  public Engine(
      Storage storage,
      StateMachine rules,
      Dispatcher dispatcher,
      EngineMetrics metrics,
      LongSupplier clock,
      int queueSize,
      int maxBatch) {
    this.storage = storage;
    this.rules = rules;
    this.dispatcher = dispatcher;
    this.metrics = metrics;
    this.clock = new Clock(clock);
    this.maxBatch = maxBatch;
    this.queue = new ArrayBlockingQueue<>(queueSize);
    this.thread.setDaemon(true);
  }

  /** Hands the dispatcher what the store knows and starts the thread. */
  public void start() {
    now = clock.now();
    syncDispatcher();
    thread.start();
  }

  private void syncDispatcher() {
    storage.groupSlots().forEach(dispatcher::slots);
    storage.replay(
        task -> dispatcher.moved(null, task, now), unblock -> dispatcher.unblock(unblock, now));
    storageDueAt = storage.transact(rows -> rows.nextDueAt(false));
  }

  /**
   * Hands over a command. May be called from any thread; never blocks.
   *
   * @param debugTime virtual now, or null for the clock's
   * @param reply told the answer once the changes are durable
   * @return null, or why the command was not taken: then nothing of it happens
   */
  public @Nullable Overload submit(Command command, @Nullable Long debugTime, Work.Reply reply) {
    if (stopping) {
      return Overload.STOPPING;
    }
    return queue.offer(new Work.Ask(command, debugTime, reply)) ? null : Overload.QUEUE_FULL;
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

  /** Runs a command of the server's own in the next transaction. Only on the engine's thread. */
  public void enqueueOwn(Command command) {
    own.add(command);
  }

  /** Calls something after each batch, on the engine's thread. Before the start only. */
  public void afterEach(Runnable action) {
    afterEach.add(action);
  }

  /** The instant of the batch at hand. Only on the engine's thread. */
  public long now() {
    return now;
  }

  /** How many commands wait. */
  public int queueLength() {
    return queue.size();
  }

  /** Whether the last transaction could be saved and the thread runs. */
  public boolean isHealthy() {
    return isHealthy && thread.isAlive();
  }

  private void run() {
    List<Work> batch = new ArrayList<>();
    while (!stopping || !queue.isEmpty() || !deeds.isEmpty()) {
      try {
        await(batch);
        step(batch);
      } catch (InterruptedException e) {
        stopping = true;
      } catch (RuntimeException | Error e) {
        LOG.error("The engine failed at a batch of {}", batch.size(), e);
      } finally {
        batch.clear();
      }
    }
  }

  private void await(List<Work> batch) throws InterruptedException {
    Work first = queue.poll();
    if (first == null) {
      long waitMs = nextDueAt() - clock.now();
      first = waitMs <= 0 ? null : queue.poll(Math.min(waitMs, 60_000), TimeUnit.MILLISECONDS);
    }
    if (first != null) {
      batch.add(first);
      queue.drainTo(batch, maxBatch - 1);
    }
  }

  private long nextDueAt() {
    if (stopping) {
      return 0;
    }
    long due = told.isEmpty() ? Long.MAX_VALUE : toldAt + FORGET_AFTER_MS;
    return paused ? due : Math.min(due, Math.min(storageDueAt, dispatcher.nextDueAt()));
  }

  private void step(List<Work> batch) {
    long started = System.nanoTime();
    now = clock.now();
    List<Work.Ask> asks = new ArrayList<>(batch.size());
    for (Work work : batch) {
      switch (work) {
        case Work.Ask ask -> asks.add(ask);
        case Work.Wake _ -> {}
      }
    }
    for (Runnable deed = deeds.poll(); deed != null; deed = deeds.poll()) {
      perform(deed);
    }
    if (!paused) {
      dispatcher.fire(now).forEach(pid -> own.add(new Command.EndLeases(pid)));
    }
    collectTold(!asks.isEmpty() || !own.isEmpty());
    transact(asks);
    dispatcher.pump(now);
    afterEach.forEach(Runnable::run);
    if (!asks.isEmpty()) {
      metrics.batch(asks.size(), System.nanoTime() - started);
    }
  }

  private static void perform(Runnable action) {
    try {
      action.run();
    } catch (RuntimeException e) {
      LOG.error("A deed between transactions failed", e);
    }
  }

  private void collectTold(boolean others) {
    List<Command.Listener> more = dispatcher.takeTold();
    if (!more.isEmpty()) {
      toldAt = told.isEmpty() ? now : toldAt;
      told.addAll(more);
    }
    if (!told.isEmpty() && (others || now >= toldAt + FORGET_AFTER_MS || stopping)) {
      own.add(new Command.ForgetListeners(told));
      told = new ArrayList<>();
    }
  }

  /** The decided commands of a transaction, in order. */
  private record Decided(List<Outcome> own, List<Outcome> asked, long dueAt) {}

  private void transact(List<Work.Ask> asks) {
    boolean isTickDue = !paused && storageDueAt <= now;
    if (asks.isEmpty() && own.isEmpty() && !isTickDue) {
      return;
    }
    List<Command> first = new ArrayList<>(own);
    own.clear();
    if (isTickDue) {
      first.add(new Command.Tick(false));
    }
    Decided decided;
    try {
      decided = storage.transact(rows -> decide(rows, first, asks));
      isHealthy = true;
    } catch (StorageException e) {
      fail(e, first, asks);
      return;
    }
    storageDueAt = decided.dueAt();
    decided.own().forEach(this::settleWithDispatcher);
    for (int i = 0; i < asks.size(); i++) {
      Outcome outcome = decided.asked().get(i);
      asks.get(i).reply().accept(outcome.response());
      settleWithDispatcher(outcome);
      applyDebug(asks.get(i));
    }
  }

  private Decided decide(Rows rows, List<Command> first, List<Work.Ask> asks) {
    List<Outcome> ownOutcomes = new ArrayList<>(first.size());
    for (Command command : first) {
      ownOutcomes.add(decide(rows, command, now));
    }
    List<Outcome> asked = new ArrayList<>(asks.size());
    for (Work.Ask ask : asks) {
      Long debugTime = ask.debugTime();
      asked.add(decide(rows, ask.command(), debugTime == null ? now : debugTime));
    }
    return new Decided(ownOutcomes, asked, rows.nextDueAt(false));
  }

  private Outcome decide(Rows rows, Command command, long at) {
    Outcome outcome;
    try {
      outcome = rules.decide(rows.state(), command, at);
    } catch (StorageException e) {
      throw e;
    } catch (RuntimeException e) {
      LOG.error("The rules failed at {}", command, e);
      return new Outcome(
          Response.failure(500, "Internal error: the rules failed; see the server's log"),
          List.of(),
          List.of());
    }
    rows.save(outcome.changes());
    return outcome;
  }

  private void settleWithDispatcher(Outcome outcome) {
    for (Change change : outcome.changes()) {
      switch (change) {
        case Change.PutTask(var before, var after) -> dispatcher.moved(before, after, now);
        case Change.Clear _ -> dispatcher.clear();
        case Change.PutPromise _,
            Change.PutCallback _,
            Change.DeleteCallback _,
            Change.PutListener _,
            Change.DeleteListener _,
            Change.PutSchedule _,
            Change.DeleteSchedule _ -> {}
      }
    }
    outcome.unblocks().forEach(unblock -> dispatcher.unblock(unblock, now));
  }

  private void applyDebug(Work.Ask ask) {
    if (ask.command() instanceof Command.Client(var request)) {
      switch (request) {
        case DebugRequest.Start _ -> pause(true);
        case DebugRequest.Stop _ -> pause(false);
        case TaskRequest.Heartbeat heartbeat -> dispatcher.alive(heartbeat.pid());
        default -> {}
      }
    }
  }

  private void pause(boolean on) {
    paused = on;
    dispatcher.pause(on, now);
  }

  private void fail(StorageException e, List<Command> first, List<Work.Ask> asks) {
    LOG.error("A transaction of {} commands could not be saved", first.size() + asks.size(), e);
    isHealthy = false;
    for (Command command : first) {
      if (!(command instanceof Command.Tick)) {
        own.add(command);
      }
    }
    storageDueAt = now + 1_000; // What was due is still due; try again when the store may be back.
    Response response = Response.failure(500, "Internal error: " + e.getMessage());
    asks.forEach(ask -> ask.reply().accept(response));
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
