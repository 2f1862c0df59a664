package dev.baton.server.dispatch;

import dev.baton.core.Promise;
import dev.baton.core.PromiseState;
import dev.baton.core.Task;
import dev.baton.core.TaskState;
import dev.baton.protocol.PromiseRecord;
import dev.baton.server.record.Event;
import dev.baton.server.record.Event.Cause;
import dev.baton.server.record.Event.Kind;
import dev.baton.server.record.Event.State;
import dev.baton.server.record.Recorder;
import org.jspecify.annotations.Nullable;

/** Tells a recorder what the dispatcher sees, in the words of events; the dispatcher owns it. */
final class Recording {

  private final Recorder to;

  /** What was unfinished at the start has not happened now. */
  private boolean isOn;

  /** Why tasks come back at present. */
  private Cause cause = Cause.RELEASED;

  /** The promise whose task is about to end. */
  private @Nullable Promise settling;

  Recording(Recorder to) {
    this.to = to;
  }

  void start() {
    isOn = true;
  }

  void because(Cause cause) {
    this.cause = cause;
  }

  /** A promise has been settled; if it has a task, that ends next. */
  void settled(Promise promise, long now) {
    if (promise.target() != null) {
      settling = promise;
    } else if (isOn) {
      to.record(
          now,
          Kind.SETTLED,
          promise.id(),
          null,
          null,
          Event.NO_VERSION,
          null,
          outcome(promise.state()));
    }
  }

  /**
   * A task has moved.
   *
   * @param group null if it is posted to a URL
   * @param holder who held it, or had been sent it
   * @param isPausing whether it is not offered again at once
   */
  void moved(
      @Nullable Task before,
      Task after,
      @Nullable String group,
      @Nullable String holder,
      boolean isPausing,
      long now) {
    if (!isOn) {
      return;
    }
    switch (after.state()) {
      case TaskState.Pending(_, boolean offered) ->
          offered(before, after, group, holder, isPausing || !offered, now);
      case TaskState.Acquired(String pid, _, _, _) -> {
        if (before == null
            || before.version() != after.version()
            || !(before.state() instanceof TaskState.Acquired)) {
          task(now, Kind.TAKEN, after, group, pid, State.HELD);
        }
      }
      case TaskState.Suspended _ ->
          task(now, Kind.SUSPENDED, after, group, holder, State.SUSPENDED);
      case TaskState.Halted _ -> task(now, Kind.HALTED, after, group, holder, State.HALTED);
      case TaskState.Fulfilled _ -> {
        Promise promise = settling;
        settling = null;
        State as =
            promise != null && promise.id().equals(after.id()) ? outcome(promise.state()) : null;
        task(now, Kind.SETTLED, after, group, holder, as);
      }
    }
  }

  private void offered(
      @Nullable Task before,
      Task after,
      @Nullable String group,
      @Nullable String holder,
      boolean isPausing,
      long now) {
    if (before == null) {
      ready(after, group, isPausing, now);
      return;
    }
    State as = isPausing ? State.HELD_BACK : State.READY;
    switch (before.state()) {
      case TaskState.Pending(_, boolean wasOffered) -> {
        if (!wasOffered || before.version() != after.version()) {
          ready(after, group, isPausing, now);
        }
      }
      case TaskState.Acquired _ ->
          to.record(now, Kind.RETURNED, after.id(), group, holder, before.version(), cause, as);
      case TaskState.Suspended _ -> task(now, Kind.RESUMED, after, group, null, as);
      case TaskState.Halted _ -> task(now, Kind.CONTINUED, after, group, null, as);
      case TaskState.Fulfilled _ -> {}
    }
  }

  private void ready(Task task, @Nullable String group, boolean isPausing, long now) {
    if (!isPausing) {
      task(now, Kind.READY, task, group, null, State.READY);
    }
  }

  private void task(
      long now,
      Kind kind,
      Task task,
      @Nullable String group,
      @Nullable String pid,
      @Nullable State state) {
    to.record(now, kind, task.id(), group, pid, task.version(), null, state);
  }

  /** The pause of an offer is over. */
  void ready(Offer offer, @Nullable String group, long now) {
    record(now, Kind.READY, offer, group, null, null, State.READY);
  }

  /** A message has left. */
  void sent(Offer offer, Worker to, long now) {
    record(now, Kind.SENT, offer, to.group.name, to.pid, null, State.SENT);
  }

  /** What was sent has not been acquired. */
  void notTaken(Offer offer, Worker by, Cause why, long now) {
    record(now, Kind.RETURNED, offer, by.group.name, by.pid, why, State.READY);
  }

  private void record(
      long now,
      Kind kind,
      Offer offer,
      @Nullable String group,
      @Nullable String pid,
      @Nullable Cause why,
      State state) {
    if (isOn) {
      to.record(now, kind, offer.taskId, group, pid, offer.version, why, state);
    }
  }

  /** Something has happened to a worker. */
  void worker(Kind kind, String group, String pid, long now) {
    worker(kind, group, pid, null, null, now);
  }

  /** A worker is to get nothing more, or is open for work again. */
  void door(Worker worker, long now) {
    State state = worker.draining ? State.DRAINING : State.OPEN;
    worker(Kind.DRAINING, worker.group.name, worker.pid, null, state, now);
  }

  /** A worker will not come back. */
  void gone(String group, String pid, Cause why, long now) {
    worker(Kind.GONE, group, pid, why, null, now);
  }

  private void worker(
      Kind kind, String group, String pid, @Nullable Cause why, @Nullable State state, long now) {
    if (isOn) {
      to.record(now, kind, null, group, pid, Event.NO_VERSION, why, state);
    }
  }

  void clear() {
    settling = null;
    to.cleared();
  }

  private static @Nullable State outcome(PromiseState state) {
    return state instanceof PromiseState.Settled(PromiseRecord.State as, _, _)
        ? switch (as) {
          case PENDING -> null;
          case RESOLVED -> State.RESOLVED;
          case REJECTED -> State.REJECTED;
          case REJECTED_CANCELED -> State.REJECTED_CANCELED;
          case REJECTED_TIMEDOUT -> State.REJECTED_TIMEDOUT;
        }
        : null;
  }
}
