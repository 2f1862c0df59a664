package dev.baton.sdk.internal.work;

import dev.baton.protocol.Response;
import dev.baton.protocol.TaskRecord;
import dev.baton.protocol.TaskRequest;
import dev.baton.sdk.ConnectionException;
import dev.baton.sdk.Heartbeats;
import dev.baton.sdk.ResonateException;
import dev.baton.sdk.ServerException;
import dev.baton.sdk.internal.wire.Requests;
import dev.baton.sdk.internal.wire.Targets;
import dev.baton.sdk.internal.wire.Times;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps the leases of a process alive and finds out which of them are lost. */
public final class LeaseKeeper {

  private static final Logger LOG = LoggerFactory.getLogger(LeaseKeeper.class);
  private static final int BATCH = 5_000;

  private final Duration ttl;
  private final Requests requests;
  private final Supplier<List<Execution>> held;

  /** The main branch of the original server takes only tasks of one origin at a time. */
  private volatile boolean byOrigin;

  private final LongAdder answered = new LongAdder();
  private final LongAdder failed = new LongAdder();

  /** Whether it has been said that heartbeats come to nothing, and why. */
  private volatile String said = "";

  public LeaseKeeper(Duration ttl, Requests requests, Supplier<List<Execution>> held) {
    this.ttl = ttl;
    this.requests = requests;
    this.held = held;
  }

  /**
   * Extends the leases of all that is held, with one request for many; returns at once. Nothing is
   * given up here: a task is lost when the server says so, which it cannot while it is away.
   */
  public void beat() {
    for (var batch : batches(held.get())) {
      var request =
          new TaskRequest.Heartbeat(
              batch.getFirst().lease().pid(),
              batch.stream().map(execution -> execution.lease().task()).toList());
      long sentAt = System.nanoTime();
      requests
          .begin(request, () -> false)
          .whenComplete((answer, failure) -> {
            boolean isTaken = failure == null && answer.response().isSuccess();
            (isTaken ? answered : failed).increment();
            if (failure != null) {
              failed(batch, failure instanceof CompletionException ? failure.getCause() : failure);
            } else if (answer.response().isSuccess()) {
              answered(batch, sentAt);
            } else {
              refused(answer.response());
            }
          });
    }
  }

  /** How many heartbeats there were. */
  public Heartbeats heartbeats() {
    return new Heartbeats(answered.sum(), failed.sum());
  }

  private void answered(List<Execution> batch, long sentAt) {
    batch.forEach(execution -> execution.lease().confirm(sentAt));
    if (!said.isEmpty()) {
      said = "";
      LOG.info("heartbeats are answered again");
    }
  }

  private void refused(Response response) {
    byOrigin |= response.status() == 400;
    String text = response.body() instanceof Response.Failure(var told) ? told : "";
    say("heartbeats are refused with %d: %s".formatted(response.status(), text));
  }

  private void failed(List<Execution> batch, @Nullable Throwable failure) {
    if (failure instanceof ServerException) {
      say("heartbeats come to nothing: " + failure.getMessage());
      return;
    }
    if (!(failure instanceof ConnectionException)) {
      LOG.error("a heartbeat failed in here", failure);
      return;
    }
    LOG.debug("a heartbeat failed: {}", failure.getMessage());
    long now = System.nanoTime();
    boolean isLong =
        batch.stream()
            .anyMatch(execution -> execution.lease().unconfirmedNanos(now) > Times.nanos(ttl));
    if (isLong) {
      say(
          "the server has been away for longer than a lease (%s). %d tasks go on here, and their results are offered when it is back"
              .formatted(ttl, batch.size()));
    }
  }

  /** Once until heartbeats are answered again. */
  private void say(String what) {
    if (said.isEmpty()) {
      said = what;
      LOG.warn(what);
    }
  }

  private List<List<Execution>> batches(List<Execution> executions) {
    var groups =
        executions.stream()
            .collect(
                Collectors.groupingBy(execution ->
                    byOrigin
                        ? execution.lease().pid() + " " + Targets.originOf(execution.id())
                        : execution.lease().pid()))
            .values();
    var batches = new ArrayList<List<Execution>>();
    for (var group : groups) {
      for (int from = 0; from < group.size(); from += BATCH) {
        batches.add(group.subList(from, Math.min(group.size(), from + BATCH)));
      }
    }
    return batches;
  }

  /**
   * After a gap in the connection: what the server has given to others is not worth going on, what
   * it has only taken back is taken again. Waits for answers.
   */
  public void verify() {
    for (var execution : held.get()) {
      var held = execution.lease().task();
      try {
        var response = requests.send(new TaskRequest.Get(held.id()), () -> false).response();
        if (isFulfilled(response)) {
          execution.settledByOthers();
        } else if (isLost(execution, held, response) && !execution.lease().retake(held)) {
          execution.abort(
              new Aborts.LeaseLost(execution.id(), "the server gave it to another worker"));
        }
      } catch (ResonateException e) {
        LOG.debug("{} could not be verified: {}", execution.id(), e.getMessage());
      }
    }
  }

  private static boolean isFulfilled(Response response) {
    return response.body() instanceof Response.OfTask(var task)
        && task.state() == TaskRecord.State.FULFILLED;
  }

  private static boolean isLost(Execution execution, TaskRequest.TaskRef held, Response response) {
    return response.body() instanceof Response.OfTask(var task)
        ? !Lease.isHeldBy(execution.lease().pid(), task) || task.version() != held.version()
        : response.status() == 404;
  }
}
