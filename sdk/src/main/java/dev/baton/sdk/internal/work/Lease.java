package dev.baton.sdk.internal.work;

import dev.baton.protocol.PromiseRecord;
import dev.baton.protocol.PromiseRequest;
import dev.baton.protocol.Request;
import dev.baton.protocol.Response;
import dev.baton.protocol.TaskRecord;
import dev.baton.protocol.TaskRequest;
import dev.baton.protocol.Value;
import dev.baton.sdk.ConnectionException;
import dev.baton.sdk.ResonateException;
import dev.baton.sdk.ServerException;
import dev.baton.sdk.internal.wire.Backoff;
import dev.baton.sdk.internal.wire.Bodies;
import dev.baton.sdk.internal.wire.Requests;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A held task: everything written through it carries its version, so nothing can be written once
 * another worker has it (protocol sections 9.4 to 9.7). That is why it is held on to whatever the
 * clock says: while the server is away nobody can tell whose it is, and the server says so when it
 * is back. A task that was taken back and that nobody else has taken is taken again, under the
 * execution that goes on.
 */
public final class Lease {

  /** What became of the wish to suspend. */
  sealed interface Suspension {
    /** The task is suspended and no longer held. */
    record Done() implements Suspension {}

    /** Something awaited is settled already; the task is still held. */
    record Redirected(List<PromiseRecord> preload) implements Suspension {}
  }

  private static final Logger LOG = LoggerFactory.getLogger(Lease.class);
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
  private static final int UNAUTHORIZED = 401;
  private static final int TRIES_TO_RETAKE = 3;

  private final Requests requests;
  private final String pid;
  private final Duration ttl;
  private final ReentrantLock retaking = new ReentrantLock();
  private volatile TaskRequest.TaskRef task;
  private volatile long confirmedAt;
  private volatile boolean over;

  /**
   * @param pid under which the task was taken
   * @param confirmedAt when the request that took the task was sent, in {@code System.nanoTime()}
   */
  public Lease(
      Requests requests, String pid, TaskRequest.TaskRef task, Duration ttl, long confirmedAt) {
    this.requests = requests;
    this.pid = pid;
    this.task = task;
    this.ttl = ttl;
    this.confirmedAt = confirmedAt;
  }

  TaskRequest.TaskRef task() {
    return task;
  }

  String id() {
    return task.id();
  }

  String pid() {
    return pid;
  }

  /** Whether the server says that the process holds the task, at whatever version. */
  static boolean isHeldBy(String pid, TaskRecord task) {
    return task.state() == TaskRecord.State.ACQUIRED && pid.equals(task.pid());
  }

  /** A heartbeat sent at that time has been answered. */
  void confirm(long sentAt) {
    confirmedAt = Math.max(confirmedAt, sentAt);
  }

  /** For how long the server has not shown that it has heard of the lease. */
  long unconfirmedNanos(long now) {
    return now - confirmedAt;
  }

  /** Nothing more is to be sent. */
  void end() {
    over = true;
  }

  /** Whether the task is not held any more, or about to be given back. */
  boolean isOver() {
    return over;
  }

  PromiseRecord create(PromiseRequest.Create request) {
    return fence(request, new TaskRequest.FenceAction.Create(request));
  }

  PromiseRecord settle(PromiseRequest.Settle request) {
    return fence(request, new TaskRequest.FenceAction.Settle(request));
  }

  private PromiseRecord fence(PromiseRequest inner, TaskRequest.FenceAction action) {
    // The rest of the branch is what this execution itself has written: it needs no preload.
    Function<TaskRequest.TaskRef, Request> request =
        held -> new TaskRequest.Fence(held.id(), held.version(), action, false);
    return switch (body(request)) {
      case Response.Fenced(var kind, var answer, var preload) -> Bodies.promise(inner, answer);
      case Response.Body other -> throw Bodies.unexpected(inner, other);
    };
  }

  Suspension suspend(Collection<String> awaited) {
    Function<TaskRequest.TaskRef, Request> request =
        held ->
            new TaskRequest.Suspend(
                held.id(),
                held.version(),
                awaited.stream()
                    .map(id -> new PromiseRequest.RegisterCallback(id, held.id()))
                    .toList());
    // The task may be on offer again before the answer is here: that is no loss to be made up for.
    retaking.lock();
    try {
      return switch (body(request)) {
        case Response.Preload(var preload) -> new Suspension.Redirected(preload);
        case Response.Empty() -> {
          over = true;
          yield new Suspension.Done();
        }
        case Response.Body other -> throw Bodies.unexpected(request.apply(task), other);
      };
    } finally {
      retaking.unlock();
    }
  }

  PromiseRecord fulfill(PromiseRecord.State state, Value value) {
    var settle = new PromiseRequest.Settle(task.id(), state, value);
    return switch (body(held -> new TaskRequest.Fulfill(held.id(), held.version(), settle))) {
      case Response.OfPromise(var promise) -> promise;
      case Response.Body other -> throw Bodies.unexpected(settle, other);
    };
  }

  /** The promise, to be waited for no longer if it is settled. */
  PromiseRecord get(String id) {
    var request = new PromiseRequest.Get(id);
    return Bodies.promise(request, send(held -> request));
  }

  /** The promise; null if there is none. */
  @Nullable PromiseRecord find(String id) {
    var request = new PromiseRequest.Get(id);
    var response = send(held -> request);
    return response.status() == 404 ? null : Bodies.promise(request, response);
  }

  /** Puts the task aside until its promise is settled by its deadline. */
  void halt() {
    body(held -> new TaskRequest.Halt(held.id()));
  }

  /**
   * Gives the task back to its group, if it is still held; waits for the answer.
   *
   * @param reason a word for the server's figures, a colon, and what people are told; null for none
   */
  void release(Duration patience, @Nullable String reason) {
    requests.send(new TaskRequest.Release(task.id(), task.version(), reason), patience);
  }

  /**
   * The task has been taken back by the server. Whether it is held again: nobody else has had it in
   * between, so nothing that this execution knows is outdated.
   */
  boolean retake(TaskRequest.TaskRef lost) {
    retaking.lock();
    try {
      if (task != lost) {
        return !over; // Another thread of this execution has done it.
      }
      for (int tries = 0; tries < TRIES_TO_RETAKE && !over; tries++) {
        var answer = requests.send(new TaskRequest.Get(lost.id()), () -> !over).response();
        if (!(answer.body() instanceof Response.OfTask(var found))) {
          return false;
        }
        long sentAt = System.nanoTime();
        if (tries > 0 && isHeldBy(pid, found) && found.version() == lost.version() + 1) {
          return held(found, sentAt); // By a request whose answer was lost.
        }
        if (found.state() != TaskRecord.State.PENDING || found.version() != lost.version()) {
          return false;
        }
        var request = new TaskRequest.Acquire(lost.id(), lost.version(), pid, ttl.toMillis());
        var taken = requests.send(request, () -> !over).response();
        if (taken.body() instanceof Response.Acquired acquired) {
          return held(acquired.task(), sentAt);
        }
      }
      return false;
    } catch (ResonateException e) {
      LOG.debug("{} could not be taken again: {}", lost.id(), e.getMessage());
      return false;
    } finally {
      retaking.unlock();
    }
  }

  private boolean held(TaskRecord found, long sentAt) {
    task = new TaskRequest.TaskRef(found.id(), found.version());
    confirm(sentAt);
    LOG.info(
        "{} was taken back by the server and by nobody else; it goes on here, as version {}",
        found.id(),
        found.version());
    return true;
  }

  private Response.Body body(Function<TaskRequest.TaskRef, Request> request) {
    var response = send(request);
    if (!response.isSuccess()) {
      throw Requests.refusal(request.apply(task), response);
    }
    return response.body();
  }

  /**
   * The answer, however long the server is away.
   *
   * @throws Aborts.LeaseLost if another worker has the task, or the execution has ended
   */
  private Response send(Function<TaskRequest.TaskRef, Request> request) {
    @Nullable Backoff pauses = null;
    while (true) {
      var held = task;
      var sent = request.apply(held);
      if (over) {
        throw lost("the execution is over");
      }
      Response response;
      try {
        response = requests.send(sent, () -> !over).response();
      } catch (ConnectionException | ServerException e) {
        throw lost(String.valueOf(e.getMessage()));
      }
      if (response.status() == UNAUTHORIZED) {
        // No word about the task: whoever renews the token saves the work.
        pauses = pauses == null ? new Backoff(FIRST_PAUSE, LONGEST_PAUSE, new Random()) : pauses;
        pause(pauses.next());
        continue;
      }
      boolean isRefused =
          sent instanceof TaskRequest && (response.status() == 409 || response.status() == 404);
      if (!isRefused) {
        return response;
      }
      if (!retake(held)) {
        throw lost(response.body() instanceof Response.Failure(var text) ? text : "refused");
      }
    }
  }

  private void pause(Duration pause) {
    LOG.warn("the token was refused for what {} has to say; it is said again in {}", id(), pause);
    try {
      Thread.sleep(pause);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ResonateException("interrupted while waiting for a token that is accepted", e);
    }
  }

  private Aborts.LeaseLost lost(String why) {
    return new Aborts.LeaseLost(id(), why);
  }
}
