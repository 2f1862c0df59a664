package dev.baton.sdk.internal.work;

import dev.baton.protocol.PromiseRecord;
import dev.baton.protocol.Response;
import dev.baton.protocol.Tags;
import dev.baton.sdk.EncodingException;
import dev.baton.sdk.ExecutionAborted;
import dev.baton.sdk.Options;
import dev.baton.sdk.ResonateException;
import dev.baton.sdk.RetryPolicy;
import dev.baton.sdk.ServerException;
import dev.baton.sdk.internal.function.DurableFunction;
import dev.baton.sdk.internal.function.Registry;
import dev.baton.sdk.internal.value.Call;
import dev.baton.sdk.internal.watch.Watches;
import dev.baton.sdk.internal.wire.Targets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One execution of a task that this process holds: from its acquisition until it is fulfilled,
 * suspended, given back or lost.
 */
public final class Execution {

  /** What an execution needs of its process. */
  public record Process(
      String group,
      String pid,
      Registry registry,
      Watches watches,
      Memories memories,
      InstantSource clock) {}

  private static final Logger LOG = LoggerFactory.getLogger(Execution.class);
  private static final Duration RELEASE_PATIENCE = Duration.ofSeconds(5);

  private final Process process;
  private final Lease lease;
  private final PromiseRecord root;
  private final Journal journal;
  private final Strands strands;
  private final Consumer<Execution> ended;

  /**
   * @param ended called, perhaps more than once, when the task is no longer held
   */
  Execution(Process process, Lease lease, Response.Acquired acquired, Consumer<Execution> ended) {
    this.process = process;
    this.lease = lease;
    this.root = acquired.promise();
    this.journal = new Journal(lease, acquired.preload());
    this.strands = new Strands(lease, journal, process.watches(), this::suspended);
    this.ended = ended;
  }

  /** Begins; returns at once. */
  void start(Call call, DurableFunction function) {
    strands.begin(id(), () -> run(call, function));
  }

  private void suspended(List<String> awaited) {
    process.memories().keep(id(), new Memories.Memory(root.createdAt(), journal.known(), awaited));
    ended.accept(this);
  }

  private void run(Call call, DurableFunction function) {
    try {
      var memory = process.memories().take(root);
      if (memory != null) {
        journal.remember(memory);
      }
      var arguments = function.arguments(call.arguments());
      fulfill(
          Attempts.run(
              this,
              id(),
              root.timeoutAt(),
              call.retry(),
              frame ->
                  function.body().apply(new StepContext(frame, Options.defaults()), arguments)));
    } catch (Aborts.NotDeterministic e) {
      LOG.error("{} is rejected: {}", id(), e.getMessage());
      strands.abort(e);
      reject(e);
    } catch (ExecutionAborted e) {
      LOG.debug("{}", e.getMessage());
    } catch (EncodingException e) {
      reject(e);
    } catch (RuntimeException e) {
      LOG.error("{} is given back, because its execution broke", id(), e);
      giveBack(RELEASE_PATIENCE);
    } finally {
      ended.accept(this);
    }
  }

  /** Puts the task on offer again. Safe at any time: if it is not held, nothing happens. */
  void giveBack(Duration patience) {
    lease.end();
    try {
      lease.release(patience);
    } catch (ResonateException e) {
      LOG.warn(
          "{} could not be given back and waits for its lease to end: {}", id(), e.getMessage());
    }
  }

  /** Holds the task for a while, running nothing, and puts it on offer again. */
  void giveBackLater(Duration pause) {
    strands.begin(
        id(),
        () -> {
          try {
            Thread.sleep(pause);
            giveBack(RELEASE_PATIENCE);
          } catch (InterruptedException e) {
            LOG.debug("{} ended while it was held back", id());
          } finally {
            ended.accept(this);
          }
        });
  }

  /** Leaves the task to its promise's deadline. */
  void halt() {
    try {
      lease.halt();
    } catch (ExecutionAborted | ResonateException e) {
      LOG.debug("{} could not be put aside: {}", id(), e.getMessage());
    } finally {
      ended.accept(this);
    }
  }

  /** Settles the promise as rejected without running anything. */
  void reject(Throwable failure) {
    Thread.interrupted(); // Whoever interrupted the function has no quarrel with its outcome.
    try {
      fulfill(Attempts.Outcome.failed(failure));
    } catch (ExecutionAborted e) {
      LOG.debug("{}", e.getMessage());
    } finally {
      ended.accept(this);
    }
  }

  private void fulfill(Attempts.Outcome outcome) {
    try {
      process.watches().settled(lease.fulfill(outcome.state(), outcome.value()));
    } catch (ServerException e) {
      // A result that the server does not take would not be taken next time either.
      LOG.warn("the outcome of {} is not storable: {}", id(), e.getMessage());
      process
          .watches()
          .settled(lease.fulfill(PromiseRecord.State.REJECTED, Attempts.Outcome.failed(e).value()));
    }
  }

  /** Ends this execution from outside; nothing that it still does is stored. */
  void abort(ExecutionAborted reason) {
    lease.end();
    strands.abort(reason);
    ended.accept(this);
  }

  /** Makes the step's promise, or finds it from an earlier execution. */
  PromiseRecord create(Step step) {
    var promise = journal.create(step.request());
    step.check(promise);
    return promise;
  }

  /** Runs a step on this thread and stores its outcome. */
  PromiseRecord perform(PromiseRecord promise, RetryPolicy retry, Attempts.Body body) {
    var outcome = Attempts.run(this, promise.id(), promise.timeoutAt(), retry, body);
    return journal.settle(promise.id(), outcome.state(), outcome.value());
  }

  /** Runs a step on a thread of its own. */
  void begin(PromiseRecord promise, RetryPolicy retry, Attempts.Body body) {
    strands.begin(
        promise.id(),
        () -> {
          try {
            strands.settled(perform(promise, retry, body));
          } catch (ResonateException e) {
            strands.failed(promise.id(), e);
          }
        });
  }

  /**
   * @throws IllegalArgumentException if there is none of that name
   */
  DurableFunction find(String function) {
    var found = process.registry().find(function);
    if (found == null) {
      throw new IllegalArgumentException(function + " is not registered in this process");
    }
    return found;
  }

  String target(Options options) {
    return options.target() == null ? Targets.anyOf(process.group()) : Targets.of(options.target());
  }

  void throwIfAborted() {
    strands.throwIfAborted();
  }

  Strands strands() {
    return strands;
  }

  Lease lease() {
    return lease;
  }

  InstantSource clock() {
    return process.clock();
  }

  String id() {
    return root.id();
  }

  long version() {
    return lease.task().version();
  }

  String pid() {
    return process.pid();
  }

  String origin() {
    return root.tags().getOrDefault(Tags.ORIGIN, Ids.originOf(root.id()));
  }

  String branch() {
    return root.tags().getOrDefault(Tags.BRANCH, root.id());
  }
}
