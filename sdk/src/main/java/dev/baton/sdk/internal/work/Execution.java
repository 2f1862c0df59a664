package dev.baton.sdk.internal.work;

import dev.baton.protocol.PromiseRecord;
import dev.baton.protocol.Response;
import dev.baton.protocol.Tags;
import dev.baton.protocol.Value;
import dev.baton.sdk.EncodingException;
import dev.baton.sdk.ExecutionAborted;
import dev.baton.sdk.Interceptor;
import dev.baton.sdk.Options;
import dev.baton.sdk.ReplayMismatch;
import dev.baton.sdk.ResonateException;
import dev.baton.sdk.ServerException;
import dev.baton.sdk.internal.Current;
import dev.baton.sdk.internal.function.DurableFunction;
import dev.baton.sdk.internal.function.Registry;
import dev.baton.sdk.internal.intercept.Interceptors;
import dev.baton.sdk.internal.intercept.OutgoingCall;
import dev.baton.sdk.internal.time.Time;
import dev.baton.sdk.internal.value.Call;
import dev.baton.sdk.internal.value.Failures;
import dev.baton.sdk.internal.value.Values;
import dev.baton.sdk.internal.watch.Watches;
import dev.baton.sdk.internal.wire.Cancellation;
import dev.baton.sdk.internal.wire.Control;
import dev.baton.sdk.internal.wire.Targets;
import dev.baton.sdk.internal.wire.Times;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * One execution of a task that this process holds: from its acquisition until it is fulfilled,
 * suspended, given back or lost.
 */
public final class Execution {

  /** What an execution needs of its process. */
  public record Process(
      String group,
      Registry registry,
      Values values,
      Watches watches,
      Memories memories,
      Refusals refusals,
      Control control,
      Cancellation cancellation,
      ThreadFactory threads,
      ReplayMismatch mismatch,
      Interceptors interceptors,
      Time time,
      Probe probe) {}

  /** Hears how far an execution is; each may be called more than once. */
  interface Listener {
    /** The task is no longer held. */
    void ended(Execution execution);

    /** None of its threads runs any more. */
    void idle(Execution execution);
  }

  private static final Logger LOG = LoggerFactory.getLogger(Execution.class);
  private static final Duration RELEASE_PATIENCE = Duration.ofSeconds(5);

  /** A shorter pause is not worth a suspension. */
  private static final Duration SHORT_PAUSE = Duration.ofSeconds(1);

  private final Process process;
  private final Lease lease;
  private final PromiseRecord root;
  private final Journal journal;
  private final Strands strands;
  private final Listener listener;
  private final long attempt;

  /** What is called; empty until that has been read. */
  private volatile String function = "";

  /** The outcome is on its way: what becomes of it, its answer says. */
  private volatile boolean fulfilling;

  Execution(Process process, Lease lease, Response.Acquired acquired, Listener listener) {
    this.process = process;
    this.lease = lease;
    this.root = acquired.promise();
    this.journal = new Journal(lease, acquired.preload(), acquired.task().version() <= 1);
    this.listener = listener;
    this.attempt = acquired.task().version();
    this.strands =
        new Strands(
            lease,
            journal,
            process.watches(),
            process.threads(),
            process.time(),
            this::suspended,
            () -> listener.idle(this));
  }

  /**
   * Begins; returns at once.
   *
   * @throws OutOfMemoryError if there is no thread to be had; then nothing has begun
   */
  void start() {
    strands.begin(id(), LogContext.of(this, this::run));
  }

  private void suspended(List<String> awaited) {
    process.memories().keep(id(), journal.memory(root.createdAt(), awaited));
    listener.ended(this);
  }

  private void run() {
    boolean isPassedOn = false;
    try {
      isPassedOn = !execute();
    } catch (Aborts.NotDeterministic e) {
      strands.abort(e);
      isPassedOn = !mismatched(e);
    } catch (Aborts.Broken e) {
      strands.abort(e);
      passOn("process", String.valueOf(e.getMessage()));
      isPassedOn = true;
    } catch (ExecutionAborted e) {
      LOG.debug("{}", e.getMessage());
    } catch (VirtualMachineError | LinkageError e) {
      LOG.error("{} cannot be run by this process", id(), e);
      passOn("process", e.toString());
      isPassedOn = true;
    } catch (RuntimeException e) {
      LOG.error("{} is given back, because its execution broke", id(), e);
      giveBack(RELEASE_PATIENCE);
    } finally {
      if (!isPassedOn) {
        listener.ended(this);
      }
    }
  }

  /** Whether the task has come to an end here; else it is passed on. */
  private boolean execute() {
    if ("true".equals(root.tags().get(Tags.TIMER))) {
      // TypeScript gives its timers a target; there is nothing to run, the deadline settles them.
      halt();
      return true;
    }
    Call call;
    try {
      call = Call.decode(process.values(), root.param());
    } catch (EncodingException e) {
      reject(e);
      return true;
    }
    function = call.function();
    LogContext.function(function);
    var found = process.registry().find(call.function(), call.version());
    if (found == null) {
      // Another worker of the group may know it, so the task is not failed.
      passOn(
          "function",
          "%s (version %d) is not registered here".formatted(call.function(), call.version()));
      return false;
    }
    run(call, found);
    return true;
  }

  private void run(Call call, DurableFunction function) {
    var memory = process.memories().take(root);
    if (memory != null) {
      journal.remember(memory);
    }
    @Nullable Object[] arguments;
    try {
      arguments = function.arguments(process.values(), call.arguments());
    } catch (EncodingException e) {
      reject(e);
      return;
    }
    fulfill(
        Attempts.run(
            this,
            new Attempts.Subject(
                id(),
                call.function(),
                "call %s (%s)".formatted(id(), call.function()),
                root.timeoutAt(),
                call.retry(),
                frame -> attempt(frame, function, arguments))));
    process.refusals().forget(id());
  }

  private @Nullable Object attempt(
      Frame frame, DurableFunction function, @Nullable Object[] arguments) throws Exception {
    var context = new StepContext(frame, Options.defaults());
    if (process.interceptors().isEmpty()) {
      return Current.run(context, function.body(), arguments);
    }
    var headers = root.param().headers();
    var seen =
        new Interceptor.Attempt(
            id(),
            function.name(),
            attempt,
            frame.retry(),
            pid(),
            headers == null ? Map.of() : headers);
    return process
        .interceptors()
        .<@Nullable Object>attempt(seen, () -> Current.run(context, function.body(), arguments));
  }

  /** Runs a step once. */
  @Nullable Object step(Step step, Frame inner, Attempts.Body body) throws Exception {
    return LogContext.<@Nullable Object>step(
        step.name(),
        () ->
            process.interceptors().isEmpty()
                ? body.run(inner)
                : process
                    .interceptors()
                    .<@Nullable Object>step(
                        new Interceptor.Step(
                            step.id(), step.name(), id(), function, attempt, inner.retry()),
                        () -> body.run(inner)));
  }

  /** Whether the task has come to an end here; else it is passed on. */
  private boolean mismatched(Aborts.NotDeterministic mismatch) {
    if (process.mismatch() == ReplayMismatch.REJECT) {
      LOG.error("{} is rejected: {}", id(), mismatch.getMessage());
      reject(mismatch);
      return true;
    }
    passOn("replay", "its replay does not match: " + mismatch.getMessage());
    return false;
  }

  /**
   * Gives the task to whoever may do better with it: a worker that knows the function, one that has
   * the code which made the steps, one that has the memory. It holds no slot any more, also if it
   * has to be held for a moment because it comes straight back.
   */
  private void passOn(String kind, String why) {
    var verdict = process.refusals().refused(id());
    LOG.atLevel(verdict.isNews() ? Level.WARN : Level.DEBUG)
        .log("{} is passed on to another worker: {}", id(), why);
    process
        .control()
        .after(
            verdict.hold(),
            () -> {
              try {
                giveBack(RELEASE_PATIENCE, kind + ": " + why);
              } finally {
                listener.ended(this);
              }
            });
  }

  /** Puts the task on offer again. Safe at any time: if it is not held, nothing happens. */
  void giveBack(Duration patience) {
    giveBack(patience, null);
  }

  private void giveBack(Duration patience, @Nullable String reason) {
    lease.end();
    try {
      lease.release(patience, reason);
    } catch (ResonateException e) {
      LOG.warn(
          "{} could not be given back and waits for its lease to end: {}", id(), e.getMessage());
    }
  }

  /** Leaves the task to its promise's deadline. */
  private void halt() {
    try {
      lease.halt();
    } catch (ExecutionAborted | ResonateException e) {
      LOG.debug("{} could not be put aside: {}", id(), e.getMessage());
    }
  }

  /** Settles the promise as rejected without running anything. */
  private void reject(Throwable failure) {
    Thread.interrupted(); // Whoever interrupted the function has no quarrel with its outcome.
    LOG.warn("call {} failed before it began", id(), failure);
    try {
      fulfill(Attempts.failed(this, failure));
    } catch (ExecutionAborted e) {
      LOG.debug("{}", e.getMessage());
    }
  }

  private void fulfill(Attempts.Outcome outcome) {
    fulfilling = true;
    PromiseRecord settled;
    try {
      settled = lease.fulfill(outcome.state(), outcome.value());
    } catch (ServerException e) {
      settled = lease.fulfill(PromiseRecord.State.REJECTED, notStorable("call " + id(), e));
    }
    process.watches().settled(settled);
  }

  /** A result that the server does not take would not be taken next time either. */
  private Value notStorable(String said, ServerException refusal) {
    var failure =
        new EncodingException(
            "the result of " + said + " cannot be stored: " + refusal.getMessage(), refusal);
    LOG.warn("{} is rejected", said, failure);
    return Failures.encode(values(), failure);
  }

  /** Ends this execution from outside; nothing that it still does is stored. */
  void abort(ExecutionAborted reason) {
    lease.end();
    strands.abort(reason);
    listener.ended(this);
  }

  /**
   * Somebody else has settled the promise: what this does is in vain, and what it has begun, too.
   * Unless it may have been this execution itself, whose request has no answer yet.
   */
  void settledByOthers() {
    if (fulfilling) {
      return;
    }
    LOG.info("{} is settled by somebody else; its function is interrupted", id());
    abort(new Aborts.Settled(id()));
    if (clock().millis() < root.timeoutAt()) { // No step outlives it.
      process.control().execute(() -> cancelBelow(id()));
    }
  }

  private void cancelBelow(String id) {
    try {
      process.cancellation().cancelBelow(id, origin());
    } catch (ResonateException e) {
      LOG.warn("what {} has begun could not all be cancelled: {}", id, e.getMessage());
    }
  }

  /** Ends what the function has begun, unless it has come to its end. */
  void cancel(String id) {
    var settled = journal.settle(id, PromiseRecord.State.REJECTED_CANCELED, Value.EMPTY);
    strands.settled(settled);
    if (settled.state() == PromiseRecord.State.REJECTED_CANCELED) {
      strands.interrupt(id);
      cancelBelow(id);
    }
  }

  /** Makes the step's promise, or finds it from an earlier execution. */
  PromiseRecord create(Step step) {
    var promise = journal.create(step.request());
    step.check(promise, values());
    return promise;
  }

  /** As {@link #create}, for a call of a function anywhere. */
  PromiseRecord call(Step step, String target) {
    if (process.interceptors().isEmpty() || journal.find(step.id()) != null) {
      return create(step);
    }
    return process
        .interceptors()
        .call(
            new OutgoingCall(step.id(), step.name(), target, id()),
            headers -> create(step.with(headers)));
  }

  /** Runs a step on this thread and stores its outcome. */
  PromiseRecord perform(Attempts.Subject step) {
    var outcome = Attempts.run(this, step);
    try {
      return journal.settle(step.id(), outcome.state(), outcome.value());
    } catch (ServerException e) {
      return journal.settle(step.id(), PromiseRecord.State.REJECTED, notStorable(step.said(), e));
    }
  }

  /** Runs a step on a thread of its own. */
  void begin(Attempts.Subject step) {
    var branch = new Branch(step);
    var carried = process.interceptors().fork(LogContext.of(this, branch));
    strands.begin(
        step.id(),
        () -> {
          try {
            carried.run();
            branch.checkRun();
          } catch (ExecutionAborted e) {
            throw e;
          } catch (ResonateException e) {
            strands.failed(step.id(), e);
          } catch (RuntimeException e) {
            strands.failed(step.id(), new ResonateException(step.said() + " could not be run", e));
          }
        });
  }

  /** What runs a step on a thread of its own. */
  private final class Branch implements Runnable {
    private final Attempts.Subject step;
    private volatile boolean isRun;

    Branch(Attempts.Subject step) {
      this.step = step;
    }

    @Override
    public void run() {
      isRun = true;
      strands.settled(perform(step));
    }

    /** Else whoever waits for it would wait for ever. */
    void checkRun() {
      if (!isRun) {
        throw new ResonateException("an interceptor has not run " + step.said() + " on its thread");
      }
    }
  }

  /** Waits before a retry, durably; while it waits for long the function is suspended. */
  void pause(Attempts.Subject subject, int retry, Duration delay, Throwable failure) {
    String id = Ids.retry(subject.id(), retry);
    String branch = retry <= Retries.ON_BRANCH ? branch() : id;
    var tags = StepContext.timerTags(this, branch, subject.id());
    long now = clock().millis();
    long until = Math.min(Times.after(now, delay), subject.timeoutAt());
    var timer = new Step(StepKind.SLEEP, id, "", until, Failures.encode(values(), failure), tags);
    var promise = journal.create(timer.request());
    if (promise.isSettled()) {
      return;
    }
    if (delay.compareTo(SHORT_PAUSE) > 0) {
      strands.await(id, true);
      return;
    }
    try {
      process.time().sleep(Duration.ofMillis(Math.max(0, until - clock().millis())));
    } catch (InterruptedException e) {
      throwIfAborted();
      throw new ResonateException("interrupted before the retry of " + subject.said(), e);
    }
  }

  /** Waits for the pause of a retry that an earlier execution has begun. */
  void awaitRetry(String id, int retry) {
    strands.await(Ids.retry(id, retry), true);
  }

  /** A step failed, and the function has ended without asking for its result. */
  void unobserved(StepPromise<?> step, PromiseRecord outcome) {
    LOG.warn(
        "step {} '{}' of call {} failed and nobody asked for its result",
        step.id(),
        step.name(),
        id(),
        Failures.decode(values(), step.id(), outcome.value()));
  }

  /**
   * @throws IllegalArgumentException if there is none of that name and version
   */
  DurableFunction find(String function, int version) {
    var found = process.registry().find(function, version);
    if (found == null) {
      throw new IllegalArgumentException(
          "%s (version %d) is not registered in this process".formatted(function, version));
    }
    return found;
  }

  String target(Options options) {
    return options.target() == null ? Targets.anyOf(process.group()) : Targets.of(options.target());
  }

  Registry registry() {
    return process.registry();
  }

  boolean isAborted() {
    return strands.isAborted();
  }

  void throwIfAborted() {
    strands.throwIfAborted();
  }

  /** What a stored step is called in messages. */
  String said(PromiseRecord stored) {
    return "step " + stored.id() + ", " + Step.said(stored, values());
  }

  Strands strands() {
    return strands;
  }

  Journal journal() {
    return journal;
  }

  Lease lease() {
    return lease;
  }

  Values values() {
    return process.values();
  }

  InstantSource clock() {
    return process.time();
  }

  Probe probe() {
    return process.probe();
  }

  String id() {
    return root.id();
  }

  /** The version of the task when this execution began. */
  long attempt() {
    return attempt;
  }

  /** The name of the function that is called; empty if it is not known yet. */
  String function() {
    return function;
  }

  String pid() {
    return lease.pid();
  }

  String origin() {
    return root.tags().getOrDefault(Tags.ORIGIN, Targets.originOf(root.id()));
  }

  String branch() {
    return root.tags().getOrDefault(Tags.BRANCH, root.id());
  }
}
