package dev.baton.core;

import dev.baton.protocol.Message;
import dev.baton.protocol.PromiseRecord;
import dev.baton.protocol.Response;
import dev.baton.protocol.Response.Snapshot;
import dev.baton.protocol.TaskRecord;
import java.util.ArrayList;
import java.util.Map;

/** The whole state, for debugging (protocol section 11). */
final class Snapshots {

  private Snapshots() {}

  static Response of(State state, RuleSet rules) {
    var promises = new ArrayList<PromiseRecord>();
    var promiseTimeouts = new ArrayList<Snapshot.Timeout>();
    var callbacks = new ArrayList<Snapshot.Callback>();
    var listeners = new ArrayList<Snapshot.Listener>();
    var unblocks = new ArrayList<Snapshot.QueuedMessage>();
    for (var promise : state.searchPromises(null, Map.of(), null, Integer.MAX_VALUE)) {
      var id = promise.id();
      var record = promise.toRecord();
      promises.add(record);
      for (var awaiter : state.awaitersOf(id)) {
        callbacks.add(new Snapshot.Callback(awaiter, id));
      }
      if (promise.isPending()) {
        if (!rules.isMain() || promise.target() != null) {
          promiseTimeouts.add(new Snapshot.Timeout(id, promise.timeoutAt()));
        }
        for (var address : state.listenersOf(id)) {
          listeners.add(new Snapshot.Listener(id, address));
        }
      } else {
        for (var address : state.listenersOf(id)) {
          unblocks.add(new Snapshot.QueuedMessage(address, new Message.Unblock(record)));
        }
      }
    }
    var tasks = new ArrayList<TaskRecord>();
    var taskTimeouts = new ArrayList<Snapshot.TaskTimeout>();
    var messages = new ArrayList<Snapshot.QueuedMessage>();
    for (var task : state.searchTasks(null, null, Integer.MAX_VALUE)) {
      var id = task.id();
      tasks.add(task.toRecord(state.firedFor(id).size()));
      switch (task.state()) {
        case TaskState.Pending(var retryAt, var offered) -> {
          taskTimeouts.add(new Snapshot.TaskTimeout(id, 0, retryAt));
          if (offered) {
            messages.add(
                new Snapshot.QueuedMessage(
                    task.target(), new Message.Execute("", id, task.version())));
          }
        }
        case TaskState.Acquired(_, _, var leaseExpiresAt) ->
            taskTimeouts.add(new Snapshot.TaskTimeout(id, 1, leaseExpiresAt));
        case TaskState.Suspended _, TaskState.Halted _, TaskState.Fulfilled _ -> {}
      }
    }
    messages.addAll(unblocks);
    return Response.ok(
        new Snapshot(
            promises, promiseTimeouts, callbacks, listeners, tasks, taskTimeouts, messages));
  }
}
