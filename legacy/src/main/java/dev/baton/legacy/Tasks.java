package dev.baton.legacy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.baton.core.Promise;
import dev.baton.core.Task;
import dev.baton.core.TaskState;
import dev.baton.protocol.PromiseRecord;
import dev.baton.protocol.PromiseRequest;
import dev.baton.protocol.TaskRequest;
import dev.baton.server.auth.Access;
import dev.baton.server.process.Script.Transaction;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What is asked about tasks, as scripts of new requests. */
final class Tasks {

  private Tasks() {}

  /** A claim. */
  record Claim(String id, long counter, String processId, long ttl) {}

  /**
   * Takes a task.
   *
   * @param isFromBefore whether a task has been held since before the server started: the answer to
   *     that claim may not have arrived, and its repetition is granted
   */
  static Reply claim(
      Transaction transaction,
      Claim claim,
      Access access,
      String serverUrl,
      Predicate<Task> isFromBefore) {
    LegacyTask task = known(transaction, claim.id());
    if (task == null) {
      return Reply.error(LegacyError.TASK_NOT_FOUND);
    }
    if (!access.covers(task.root())) {
      return Reply.error(LegacyError.FORBIDDEN);
    }
    return switch (task.task().state()) {
      case TaskState.Fulfilled _ -> Reply.error(LegacyError.TASK_COMPLETED);
      case TaskState.Halted _, TaskState.Suspended _ -> Reply.error(LegacyError.TASK_STATE);
      case TaskState.Acquired(String pid, _, _, _) ->
          pid.equals(claim.processId())
                  && task.heldCounter() == claim.counter()
                  && isFromBefore.test(task.task())
              ? granted(transaction, task, serverUrl)
              : Reply.error(LegacyError.TASK_CLAIMED);
      case TaskState.Pending _ ->
          task.offeredCounter() == claim.counter()
              ? take(transaction, task, claim, serverUrl)
              : Reply.error(LegacyError.TASK_COUNTER);
    };
  }

  private static Reply take(
      Transaction transaction, LegacyTask task, Claim claim, String serverUrl) {
    transaction.decide(
        new TaskRequest.Acquire(
            claim.id(),
            task.offeredVersion(claim.counter()),
            claim.processId(),
            Math.max(claim.ttl(), 1)));
    return granted(transaction, task, serverUrl);
  }

  private static Reply granted(Transaction transaction, LegacyTask task, String serverUrl) {
    Promise root = Promises.touched(transaction, task.root());
    String leafId = task.leaf();
    Promise leaf = leafId == null ? null : Promises.touched(transaction, leafId);
    if (root == null) {
      return Reply.error(LegacyError.PROMISE_NOT_FOUND);
    }
    ObjectNode body = LegacyJson.object();
    body.put("type", leaf == null ? "invoke" : "resume");
    ObjectNode promises = body.putObject("promises");
    promises.set("root", linked(root, serverUrl));
    if (leaf != null) {
      promises.set("leaf", linked(leaf, serverUrl));
    }
    return Reply.done(body);
  }

  private static ObjectNode linked(Promise promise, String serverUrl) {
    ObjectNode node = LegacyJson.object();
    node.put("id", promise.id());
    node.put("href", serverUrl + "/promises/" + promise.id());
    node.set("data", LegacyJson.promise(promise));
    return node;
  }

  /** The task after its deadlines, and that of its root, have been applied. */
  private static @Nullable LegacyTask known(Transaction transaction, String id) {
    LegacyTask task = LegacyTask.of(transaction.state(), id);
    if (task == null) {
      return null;
    }
    Promises.touched(transaction, id);
    Promises.touched(transaction, task.root());
    return LegacyTask.of(transaction.state(), id);
  }

  /** Ends a task. One that has ended already may end again. */
  static Reply complete(Transaction transaction, String id, long counter, Access access) {
    LegacyTask task = known(transaction, id);
    if (task == null) {
      return Reply.error(LegacyError.TASK_NOT_FOUND);
    }
    if (!access.covers(task.root())) {
      return Reply.error(LegacyError.FORBIDDEN);
    }
    return switch (task.task().state()) {
      case TaskState.Fulfilled _ -> Reply.ok(LegacyJson.completed(task));
      case TaskState.Pending _, TaskState.Suspended _, TaskState.Halted _ ->
          Reply.error(LegacyError.TASK_STATE);
      case TaskState.Acquired _ -> {
        if (task.heldCounter() != counter) {
          yield Reply.error(LegacyError.TASK_COUNTER);
        }
        transaction.decide(
            new PromiseRequest.Settle(
                id, PromiseRecord.State.RESOLVED, LegacyTask.remains(counter, null)));
        yield Reply.done(
            LegacyJson.completed(Objects.requireNonNull(LegacyTask.of(transaction.state(), id))));
      }
    };
  }

  /** Gives a task back. */
  static Reply drop(Transaction transaction, String id, long counter, Access access) {
    LegacyTask task = known(transaction, id);
    if (task == null) {
      return Reply.error(LegacyError.TASK_NOT_FOUND);
    }
    if (!access.covers(task.root())) {
      return Reply.error(LegacyError.FORBIDDEN);
    }
    if (!(task.task().state() instanceof TaskState.Acquired)) {
      return Reply.empty(200);
    }
    if (task.heldCounter() != counter) {
      return Reply.error(LegacyError.TASK_COUNTER);
    }
    transaction.decide(new TaskRequest.Release(id, task.task().version()));
    return Reply.empty(201);
  }

  /** Extends the leases of all tasks that a process has claimed. */
  static Reply heartbeat(Transaction transaction, String processId, Access access) {
    List<TaskRequest.TaskRef> claimed = new ArrayList<>();
    for (String id : transaction.state().heldBy(processId)) {
      LegacyTask task = LegacyTask.of(transaction.state(), id);
      if (task != null && access.covers(task.root())) {
        claimed.add(new TaskRequest.TaskRef(id, task.task().version()));
      }
    }
    if (!claimed.isEmpty()) {
      transaction.decide(new TaskRequest.Heartbeat(processId, claimed));
    }
    return Reply.ok(LegacyJson.object().put("tasksAffected", claimed.size()));
  }
}
