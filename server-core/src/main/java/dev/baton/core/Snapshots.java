package dev.baton.core;

import dev.baton.protocol.Message;
import dev.baton.protocol.PromiseRecord;
import dev.baton.protocol.Response;
import dev.baton.protocol.Response.Snapshot;
import dev.baton.protocol.TaskRecord;
import java.util.ArrayList;
import java.util.HashMap;

/** The whole state, for debugging (protocol section 11). */
final class Snapshots {

  private Snapshots() {}

  static Response of(Reader.Everything everything, RuleSet rules) {
    var promises = new ArrayList<PromiseRecord>();
    var promiseTimeouts = new ArrayList<Snapshot.Timeout>();
    var settled = new HashMap<String, PromiseRecord>();
    for (var promise : everything.promises()) {
      var record = promise.toRecord();
      promises.add(record);
      if (!promise.isPending()) {
        settled.put(promise.id(), record);
      } else if (!rules.isMain() || promise.target() != null) {
        promiseTimeouts.add(new Snapshot.Timeout(promise.id(), promise.timeoutAt()));
      }
    }
    var tasks = new ArrayList<TaskRecord>();
    var taskTimeouts = new ArrayList<Snapshot.TaskTimeout>();
    var messages = new ArrayList<Snapshot.QueuedMessage>();
    for (var row : everything.tasks()) {
      var task = row.task();
      var id = task.id();
      tasks.add(task.toRecord(row.resumes()));
      switch (task.state()) {
        case TaskState.Pending(var retryAt, var offered) -> {
          taskTimeouts.add(new Snapshot.TaskTimeout(id, 0, retryAt));
          if (offered) {
            messages.add(
                new Snapshot.QueuedMessage(
                    task.target(), new Message.Execute("", id, task.version())));
          }
        }
        case TaskState.Acquired(var pid, var ttlMs, var leaseExpiresAt, var acquiredAt) ->
            taskTimeouts.add(new Snapshot.TaskTimeout(id, 1, leaseExpiresAt));
        case TaskState.Suspended suspended -> {}
        case TaskState.Halted halted -> {}
        case TaskState.Fulfilled ignored -> {}
      }
    }
    var listeners = new ArrayList<Snapshot.Listener>();
    for (var listener : everything.listeners()) {
      var record = settled.get(listener.awaited());
      if (record == null) {
        listeners.add(new Snapshot.Listener(listener.awaited(), listener.address()));
      } else {
        messages.add(new Snapshot.QueuedMessage(listener.address(), new Message.Unblock(record)));
      }
    }
    var callbacks =
        everything.waiting().stream()
            .map(callback -> new Snapshot.Callback(callback.awaiter(), callback.awaited()))
            .toList();
    return Response.ok(
        new Snapshot(
            promises, promiseTimeouts, callbacks, listeners, tasks, taskTimeouts, messages));
  }
}
