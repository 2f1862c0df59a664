package dev.baton.sdk.internal.work;

import dev.baton.protocol.PromiseRecord;
import dev.baton.protocol.PromiseRequest;
import dev.baton.protocol.Request;
import dev.baton.protocol.Response;
import dev.baton.protocol.TaskRecord;
import dev.baton.protocol.TaskRequest;
import dev.baton.protocol.Value;
import dev.baton.sdk.ConnectionException;
import dev.baton.sdk.ServerException;
import dev.baton.sdk.internal.wire.Bodies;
import dev.baton.sdk.internal.wire.Requests;
import java.time.Duration;
import java.util.Collection;
import java.util.List;

/**
 * A held task: everything written through it carries its version, so nothing can be written once
 * another worker has it (protocol sections 9.4 to 9.7).
 */
final class Lease {

  /** What became of the wish to suspend. */
  sealed interface Suspension {
    /** The task is suspended and no longer held. */
    record Done() implements Suspension {}

    /** Something awaited is settled already; the task is still held. */
    record Redirected(List<PromiseRecord> preload) implements Suspension {}
  }

  private final Requests requests;
  private final TaskRequest.TaskRef task;
  private final long ttlNanos;
  private volatile long confirmedAt;
  private volatile boolean over;

  /**
   * @param confirmedAt when the request that took the task was sent, in {@code System.nanoTime()}
   */
  Lease(Requests requests, TaskRequest.TaskRef task, Duration ttl, long confirmedAt) {
    this.requests = requests;
    this.task = task;
    this.ttlNanos = ttl.toNanos();
    this.confirmedAt = confirmedAt;
  }

  TaskRequest.TaskRef task() {
    return task;
  }

  String id() {
    return task.id();
  }

  /** Whether the server says that the process holds the task, at whatever version. */
  static boolean isHeldBy(String pid, TaskRecord task) {
    return task.state() == TaskRecord.State.ACQUIRED && pid.equals(task.pid());
  }

  /** A heartbeat sent at that time has been answered. */
  void confirm(long sentAt) {
    confirmedAt = Math.max(confirmedAt, sentAt);
  }

  boolean hasExpired(long nanoTime) {
    return nanoTime - confirmedAt >= ttlNanos;
  }

  /** Nothing more is to be sent. */
  void end() {
    over = true;
  }

  PromiseRecord create(PromiseRequest.Create request) {
    return fence(request, new TaskRequest.FenceAction.Create(request));
  }

  PromiseRecord settle(PromiseRequest.Settle request) {
    return fence(request, new TaskRequest.FenceAction.Settle(request));
  }

  private PromiseRecord fence(PromiseRequest inner, TaskRequest.FenceAction action) {
    // The rest of the branch is what this execution itself has written: it needs no preload.
    var request = new TaskRequest.Fence(task.id(), task.version(), action, false);
    return switch (Requests.body(request, send(request))) {
      case Response.Fenced(_, var answer, _) -> Bodies.promise(inner, answer);
      case Response.Body other -> throw Bodies.unexpected(request, other);
    };
  }

  Suspension suspend(Collection<String> awaited) {
    var callbacks =
        awaited.stream().map(id -> new PromiseRequest.RegisterCallback(id, task.id())).toList();
    var request = new TaskRequest.Suspend(task.id(), task.version(), callbacks);
    return switch (Requests.body(request, send(request))) {
      case Response.Preload(var preload) -> new Suspension.Redirected(preload);
      case Response.Empty() -> new Suspension.Done();
      case Response.Body other -> throw Bodies.unexpected(request, other);
    };
  }

  PromiseRecord fulfill(PromiseRecord.State state, Value value) {
    var settle = new PromiseRequest.Settle(task.id(), state, value);
    var request = new TaskRequest.Fulfill(task.id(), task.version(), settle);
    return Bodies.promise(request, send(request));
  }

  /** The promise, to be waited for no longer if it is settled. */
  PromiseRecord get(String id) {
    var request = new PromiseRequest.Get(id);
    return Bodies.promise(request, send(request));
  }

  /** Puts the task aside until its promise is settled by its deadline. */
  void halt() {
    var request = new TaskRequest.Halt(task.id());
    Requests.body(request, send(request));
  }

  /** Gives the task back to its group, if it is still held. */
  void release(Duration patience) {
    requests.send(new TaskRequest.Release(task.id(), task.version()), patience);
  }

  /**
   * @throws Aborts.LeaseLost if another worker has the task, or may have it
   */
  private Response send(Request request) {
    if (over) {
      throw new Aborts.LeaseLost(id(), "the execution is over");
    }
    Response response;
    try {
      response = requests.send(request, () -> !over && !hasExpired(System.nanoTime())).response();
    } catch (ConnectionException | ServerException e) {
      throw lost(String.valueOf(e.getMessage()));
    }
    boolean ofTask = request instanceof TaskRequest;
    if (ofTask && (response.status() == 409 || response.status() == 404)) {
      throw lost(response.body() instanceof Response.Failure(var text) ? text : "refused");
    }
    return response;
  }

  private Aborts.LeaseLost lost(String why) {
    return new Aborts.LeaseLost(id(), why);
  }
}
