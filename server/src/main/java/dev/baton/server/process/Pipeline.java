package dev.baton.server.process;

import dev.baton.core.Change;
import dev.baton.core.Command;
import dev.baton.core.Outcome;
import dev.baton.core.Task;
import dev.baton.core.TaskState;
import dev.baton.core.UnreadableException;
import dev.baton.protocol.Response;
import dev.baton.server.dispatch.Dispatcher;
import dev.baton.server.process.Decider.Batch;
import dev.baton.server.process.Decider.Decided;
import dev.baton.server.process.Decider.ScriptOutcome;
import dev.baton.server.storage.EpochOverException;
import dev.baton.server.storage.Rows;
import dev.baton.server.storage.Storage;
import dev.baton.server.storage.StorageException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The steps of the pipeline: each decides a batch of commands by the rules, makes the changes of
 * all of them durable in one transaction, and only then answers and dispatches; only the offer of a
 * single new task may go ahead of that. It owns the storage and the dispatcher. It has no thread
 * and reads no clock, so it can be stepped by hand; one thread at a time may do so.
 */
public final class Pipeline {

  /** How often it is told that nothing can be read. */
  private static final long TELL_AGAIN_MS = 10_000;

  private static final Logger LOG = LoggerFactory.getLogger(Pipeline.class);

  /** How long timers wait that failed by themselves, and how often a store that failed is tried. */
  private static final long RETRY_MS = 1_000;

  /** Answers to what was written so shortly before an interruption may not have arrived. */
  private static final long UNHEARD_MS = 250;

  private final Storage storage;
  private final Rules rules;
  private final Dispatcher dispatcher;
  private final EngineMetrics metrics;
  private final Extension extension;
  private final LiveBudget budget;
  private final Decider decider;
  private final Consequences consequences;
  private final StoreHealth health;
  private final List<Runnable> afterEach = new ArrayList<>();
  private Runnable whenAnswered = () -> {};
  private Runnable whenOfferedAhead = () -> {};
  private long unreadableToldAt;
  private @Nullable Runnable whenDeposed;
  private volatile boolean isDeposed;
  private final Set<Command> own = new LinkedHashSet<>();

  /** Whether the step is an event loop's, which must not wait for a store to come back. */
  private boolean isLent;

  private long now;
  private long heardFrom;

  /** How many calls came before what is due became due and are still to be decided. */
  private int callsBefore;

  private boolean isBehind;
  private long storageDueAt;

  /** When commands of its own that could not be saved are tried again without any other. */
  private long ownRetryAt;

  /** Until when timers wait that were due and could not be saved. */
  private long timersRetryAt;

  private volatile long usualSaveNanos;

  /** By the clock as it is set; before every instant if that is not known. */
  private volatile long openedAt = Long.MIN_VALUE;

  /** A pipeline without extension. */
  public Pipeline(Storage storage, Rules rules, Dispatcher dispatcher, EngineMetrics metrics) {
    this(storage, rules, dispatcher, metrics, Extension.NONE);
  }

  /** A pipeline that tries a store that failed as often as timers. */
  public Pipeline(
      Storage storage,
      Rules rules,
      Dispatcher dispatcher,
      EngineMetrics metrics,
      Extension extension) {
    this(storage, rules, dispatcher, metrics, extension, RETRY_MS, LiveBudget.unlimited());
  }

  /**
   * Puts its parts together.
   *
   * @param probeMs how often a store that failed is tried
   * @param budget what is live is held against
   */
  public Pipeline(
      Storage storage,
      Rules rules,
      Dispatcher dispatcher,
      EngineMetrics metrics,
      Extension extension,
      long probeMs,
      LiveBudget budget) {
    this.storage = storage;
    this.rules = rules;
    this.dispatcher = dispatcher;
    this.metrics = metrics;
    this.extension = extension;
    this.budget = budget;
    this.decider = new Decider(rules, extension, budget);
    this.consequences = new Consequences(dispatcher, extension, metrics);
    this.health = new StoreHealth(storage, probeMs);
  }

  /**
   * Hands the dispatcher what the store knows. To be called once, before the first step.
   *
   * @param at epoch milliseconds
   */
  public void open(long at) {
    now = at;
    heardFrom = at;
    openedAt = at;
    storage.groupSlots().forEach(dispatcher::slots);
    long interruptedAt = storage.interruptedAt();
    storage.replay(
        task -> {
          extension.moved(null, task, now, dispatcher);
          if (interruptedAt != 0 && isDoubtful(task, interruptedAt) && extension.mayDoubt(task)) {
            dispatcher.doubt(task);
          }
        },
        unblock -> dispatcher.unblock(unblock, now));
    extension.opened(now, dispatcher);
    dispatcher.started(now);
    // The clock may have been set back since the leases were granted. The first step begins with
    // it: who has waited for an owner does not wait for a transaction that is nothing but that.
    own.add(new Command.CutLeases());
  }

  /**
   * The clock was set. To be called between steps.
   *
   * @param byMs how far; negative if it was set back
   * @param at what it shows now, epoch milliseconds
   */
  public void clockMoved(long byMs, long at) {
    now = at;
    heardFrom = at;
    openedAt = Long.MIN_VALUE; // What is stored was written by the clock as it was.
    ownRetryAt += byMs;
    timersRetryAt += byMs;
    health.clockMoved(byMs);
    own.add(new Command.CutLeases());
    dispatcher.clockMoved(byMs);
  }

  /**
   * Nobody was heard for a while. To be called between steps.
   *
   * @param ms how long
   * @param endedAt epoch milliseconds
   */
  public void paused(long ms, long endedAt) {
    heardFrom = Math.max(heardFrom, endedAt);
    dispatcher.paused(ms);
  }

  /** Before this instant heartbeats may be sent in vain: leases last their full length from it. */
  public void heardFrom(long instant) {
    heardFrom = instant;
  }

  private static boolean isDoubtful(Task task, long interruptedAt) {
    return task.state() instanceof TaskState.Acquired held
        && held.acquiredAt() >= interruptedAt - UNHEARD_MS;
  }

  /** Calls something after each step. Before the first step only. */
  public void afterEach(Runnable action) {
    afterEach.add(action);
  }

  /**
   * Calls something, once, when another server turns out to own the store. Then nobody who waits is
   * answered any more: what is known here may be true no more. Before the first step only.
   */
  public void whenDeposed(Runnable action) {
    whenDeposed = action;
  }

  /** Whether another server owns the store; then no further step does anything. */
  public boolean isDeposed() {
    return isDeposed;
  }

  /** Calls something between the answers of a step and its messages. Before the first step only. */
  void whenAnswered(Runnable action) {
    whenAnswered = action;
  }

  /** Calls something when an offer is to leave before its commit. Before the first step only. */
  void whenOfferedAhead(Runnable action) {
    whenOfferedAhead = action;
  }

  /** The instant of the step at hand. */
  public long now() {
    return now;
  }

  /**
   * What was written before was written by another owner, epoch milliseconds. Any thread may ask.
   */
  public long openedAt() {
    return openedAt;
  }

  /** Whether changes can be saved, as far as is known. Any thread may ask. */
  public boolean isHealthy() {
    return health.isGood();
  }

  /** How long transactions that changed something have lately taken. Any thread may ask. */
  long usualSaveNanos() {
    return usualSaveNanos;
  }

  /**
   * Whether a step that does this and nothing else is known to be a small one: nothing is due, and
   * the store is as it should be.
   */
  boolean isSmall(Work work, long at) {
    return health.isGood() && !storage.hasFailed() && nextDueAt() > at && isSmall(work);
  }

  /** What has to be looked up for that may fail: then the step, which tells, is a larger one. */
  private boolean isSmall(Work work) {
    try {
      return SmallWork.is(work, storage.live());
    } catch (StorageException | UnreadableException e) {
      LOG.debug("What a command comes to cannot be told", e);
      return false;
    }
  }

  /** When a step has something to do by itself; {@code Long.MAX_VALUE} if nothing is planned. */
  public long nextDueAt() {
    long due = dispatcher.nextDueAt();
    if (!health.isGood()) {
      return Math.min(due, health.nextDueAt()); // What is due in the store has to wait.
    }
    long ownDueAt = own.isEmpty() ? Long.MAX_VALUE : ownRetryAt;
    long timersDueAt =
        dispatcher.isPaused() ? Long.MAX_VALUE : Math.max(storageDueAt, timersRetryAt);
    return Math.min(due, Math.min(ownDueAt, timersDueAt));
  }

  /**
   * Does what waits and what is due.
   *
   * @param actions what is to be done before the transaction, one after the other until null
   * @param at epoch milliseconds; not before that of the last step, unless the clock was set
   * @param waiting how many more calls have come
   * @param isLast whether nothing may be put off
   */
  public void step(
      List<CommandCall> calls,
      Supplier<? extends @Nullable Runnable> actions,
      long at,
      int waiting,
      boolean isLast) {
    step(calls, List.of(), actions, at, waiting, isLast);
  }

  /** The same on an event loop, with nothing but a call that is known to be small. */
  void stepLent(List<CommandCall> calls, long at, int waiting) {
    isLent = true;
    try {
      step(calls, () -> null, at, waiting, false);
    } finally {
      isLent = false;
    }
  }

  /** The same, with scripts; they are run before the commands that are asked for. */
  public void step(
      List<CommandCall> calls,
      List<ScriptCall<?>> scripts,
      Supplier<? extends @Nullable Runnable> actions,
      long at,
      int waiting,
      boolean isLast) {
    long started = System.nanoTime();
    now = at;
    for (Runnable action = actions.get(); action != null; action = actions.get()) {
      perform(action);
    }
    int size = calls.size() + scripts.size();
    lookBehind(size, waiting);
    own.addAll(dispatcher.takeCommands(now, size > 0 || !own.isEmpty() || isLast));
    transact(calls, scripts);
    if (!isBehind) {
      // What is due means that somebody was not heard: those who have come are heard first.
      dispatcher.fire(now);
      transactAgain();
    }
    dispatcher.pump(now);
    afterEach.forEach(Runnable::run);
    if (size > 0) {
      metrics.batch(size, System.nanoTime() - started);
    }
  }

  private void transactAgain() {
    // Taken also while nothing can be saved: what is left there would be due at once, in vain.
    own.addAll(dispatcher.takeCommands(now, !own.isEmpty()));
    if (health.isGood() && !own.isEmpty()) {
      transact(List.of(), List.of());
    }
  }

  /** Whether calls that came before what is due became due have yet to be decided. */
  private void lookBehind(int size, int waiting) {
    if (nextDueAt() > now) {
      isBehind = false;
    } else if (isBehind) {
      callsBefore -= size;
      isBehind = callsBefore > 0;
    } else {
      callsBefore = waiting;
      isBehind = waiting > 0;
    }
  }

  private static void perform(Runnable action) {
    try {
      action.run();
    } catch (RuntimeException e) {
      LOG.error("Something beside a transaction failed", e);
    }
  }

  private void transact(List<CommandCall> calls, List<ScriptCall<?>> scripts) {
    boolean hadFailed = storage.hasFailed();
    if (health.isRegained(now)) {
      heardFrom = now; // Nobody could prolong a lease while nothing could be saved.
      ownRetryAt = now;
      timersRetryAt = now;
    }
    if (!health.isGood() || hadFailed && !catchUp()) {
      readOnly(calls, scripts);
      return;
    }
    boolean isTickDue = !dispatcher.isPaused() && Math.max(storageDueAt, timersRetryAt) <= now;
    if (calls.isEmpty() && scripts.isEmpty() && own.isEmpty() && !isTickDue) {
      return;
    }
    List<Command> first = new ArrayList<>(own);
    own.clear();
    if (isTickDue) {
      first.add(new Command.Tick(false, false, budget.hasRoomToBegin(storage.liveBytes())));
    }
    save(new Batch(first, scripts, calls, isTickDue && !isBehind));
  }

  /**
   * What has happened after all, the dispatcher has not heard of. Answers whether it has now: the
   * store may have failed once more.
   */
  private boolean catchUp() {
    try {
      storage.catchUp(
          (before, after) -> extension.moved(before, after, now, dispatcher),
          unblock -> dispatcher.unblock(unblock, now));
      return true;
    } catch (StorageException e) {
      health.failedAgain(String.valueOf(e.getMessage()), now);
      return false;
    }
  }

  private void save(Batch batch) {
    Decided decided;
    long began = System.nanoTime();
    try {
      decided = storage.transact(batch::requests, batch.isOnlyCalls(), rows -> decide(rows, batch));
    } catch (RuntimeException | VirtualMachineError e) {
      dispatcher.takeBack();
      fail(e, batch);
      return;
    }
    storageDueAt = decided.dueAt();
    budget.set(storage.liveBytes());
    if (decided.hasChanges()) {
      usualSaveNanos += (System.nanoTime() - began - usualSaveNanos) / 8;
    }
    // Answers first: whatever happens later, nobody waits in vain.
    for (ScriptOutcome script : decided.scripts()) {
      perform(script.reply());
    }
    List<CommandCall> calls = batch.calls();
    for (int i = 0; i < calls.size(); i++) {
      answer(calls.get(i), decided.calls().get(i).response());
    }
    whenAnswered.run();
    for (int i = 0; i < batch.own().size(); i++) {
      consequences.ofOwn(batch.own().get(i), decided.own().get(i), now);
    }
    for (ScriptOutcome script : decided.scripts()) {
      consequences.ofScript(script, now);
    }
    for (int i = 0; i < calls.size(); i++) {
      consequences.ofCall(calls.get(i).command(), decided.calls().get(i), now);
    }
    consequences.ofLeaseEnds(decided.leaseEnds(), now);
    dispatcher.takeBack(); // What has not come as it was offered.
  }

  private Decided decide(Rows rows, Batch batch) {
    dispatcher.takeBack(); // It may have been decided before, as if something were new.
    Decided decided = decider.decide(rows, batch, now, heardFrom);
    if (batch.calls().size() == 1 && batch.scripts().isEmpty() && !decided.movesTasksItself()) {
      perform(() -> offerAhead(decided.calls().getFirst()));
    }
    return decided;
  }

  /** Where nothing else happens, a worker hears of a new task while that becomes durable. */
  private void offerAhead(Outcome outcome) {
    for (Change change : outcome.changes()) {
      if (change instanceof Change.PutTask(var before, var after)
          && before == null
          && extension.mayOfferAhead(after)
          && dispatcher.offerAhead(after, now)) {
        whenOfferedAhead.run();
        return;
      }
    }
  }

  /** While nothing can be saved: who only reads is served, and nothing is decided in vain. */
  private void readOnly(List<CommandCall> calls, List<ScriptCall<?>> scripts) {
    scripts.forEach(script -> perform(script.failed()));
    if (calls.isEmpty()) {
      return;
    }
    Response refusal = Response.failure(503, "Nothing can be saved at present: " + health.reason());
    List<Response> responses;
    try {
      responses = storage.transact(rows -> decider.read(rows, calls, now, refusal));
    } catch (RuntimeException | VirtualMachineError e) {
      tellThatNothingCanBeRead(e);
      calls.forEach(call -> answer(call, refusal));
      return;
    }
    for (int i = 0; i < calls.size(); i++) {
      answer(calls.get(i), responses.get(i));
      consequences.ofRead(calls.get(i).command(), now);
    }
    whenAnswered.run();
  }

  private static void answer(CommandCall call, Response response) {
    try {
      call.reply().accept(response);
    } catch (RuntimeException e) {
      LOG.error("An answer could not be handed over", e);
    }
  }

  /** Not for each batch that is refused: there are thousands while a database is away. */
  private void tellThatNothingCanBeRead(Throwable e) {
    if (now - unreadableToldAt >= TELL_AGAIN_MS || now < unreadableToldAt) {
      unreadableToldAt = now;
      LOG.warn("Nor can the store be read: {}", e.getMessage());
    }
  }

  private void fail(Throwable e, Batch batch) {
    Runnable action = whenDeposed;
    if (e instanceof EpochOverException && action != null) {
      if (!isDeposed) {
        isDeposed = true;
        LOG.warn("A batch of {} was not taken: {}", batch.size(), e.getMessage());
        action.run();
      }
      return;
    }
    LOG.error("A transaction of {} commands could not be saved", batch.size(), e);
    heardFrom = now; // Heartbeats may have been among it.
    boolean isStoreGood = isGoodAfter(e) && catchUp();
    boolean isCertain =
        e instanceof StorageException failure
            ? !failure.mayHaveHappened()
            : e instanceof RuntimeException;
    if (isStoreGood && isCertain && batch.size() > 1) {
      // It is not the store: who is the reason shall not be the others' misfortune.
      batch.singly().forEach(this::saveIfPossible);
    } else {
      giveUp(batch, e);
    }
  }

  private boolean isGoodAfter(Throwable e) {
    if (isLent && e instanceof StorageException failure && failure.isPassing()) {
      health.failed(String.valueOf(failure.getMessage()), now);
      return false;
    }
    return health.recover(now);
  }

  private void saveIfPossible(Batch single) {
    if (health.isGood()) {
      save(single);
    } else {
      own.addAll(single.own());
      readOnly(single.calls(), single.scripts());
    }
  }

  private static Response failure(Throwable e) {
    if (e instanceof StorageException failure) {
      return failure.isPassing()
          ? Response.failure(503, "Nothing can be saved at present: " + failure.getMessage())
          : Response.failure(500, "Internal error: " + failure.getMessage());
    }
    return Response.failure(500, "Internal error: it failed; see the server's log");
  }

  /** Answers all; what is the pipeline's own is tried again. */
  private void giveUp(Batch batch, Throwable e) {
    boolean hadTimers = batch.endsLeases();
    for (Command command : batch.own()) {
      if (command instanceof Command.Tick) {
        hadTimers = true;
      } else {
        own.add(command);
        ownRetryAt = now + RETRY_MS;
      }
    }
    if (hadTimers) {
      timersRetryAt = now + RETRY_MS; // What was due is still due.
    }
    Response response = failure(e);
    batch.calls().forEach(call -> answer(call, response));
    batch.scripts().forEach(script -> perform(script.failed()));
    whenAnswered.run();
  }
}
