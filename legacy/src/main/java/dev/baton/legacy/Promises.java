package dev.baton.legacy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.baton.core.Promise;
import dev.baton.core.State;
import dev.baton.protocol.PromiseRecord;
import dev.baton.protocol.PromiseRequest;
import dev.baton.protocol.Tags;
import dev.baton.protocol.TaskRequest;
import dev.baton.protocol.Value;
import dev.baton.server.process.Script.Transaction;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What is asked about promises, as scripts of new requests. */
final class Promises {

  /** How long a task that is about to wait may be held; it is put to sleep at once. */
  private static final long MOMENT_MS = 60_000;

  private Promises() {}

  /** A promise to be. */
  record NewPromise(String id, long timeout, Value param, Map<String, String> tags) {

    static NewPromise of(Members members) {
      String id = members.text("id");
      if (Names.isTask(id)) {
        throw members.wrong("id", "must not be that of a task");
      }
      return new NewPromise(
          id, members.numberOr("timeout", 0, 0), members.value("param"), members.strings("tags"));
    }

    private PromiseRequest.Create request(@Nullable String key) {
      Map<String, String> all = new LinkedHashMap<>(tags);
      all.keySet().removeIf(Names::isOwn);
      if (key != null) {
        all.put(Names.KEY, key);
      }
      if ("true".equals(tags.get(Names.TIMEOUT))) {
        all.put(Tags.TIMER, "true");
      }
      return new PromiseRequest.Create(id, timeout, param, all);
    }
  }

  static Reply get(Transaction transaction, String id) {
    Promise promise = touched(transaction, id);
    return promise == null
        ? Reply.error(LegacyError.PROMISE_NOT_FOUND)
        : Reply.ok(LegacyJson.promise(promise));
  }

  /** The promise after its deadline has been applied. */
  static @Nullable Promise touched(Transaction transaction, String id) {
    transaction.decide(new PromiseRequest.Get(id));
    return transaction.state().wholePromise(id);
  }

  static Reply create(Transaction transaction, NewPromise wanted, Headers headers) {
    if (!headers.isFenced(transaction.state())) {
      return Reply.error(LegacyError.TASK_PRECONDITION);
    }
    Promise existing = touched(transaction, wanted.id());
    if (existing != null) {
      return isRepetition(existing, headers)
          ? Reply.ok(LegacyJson.promise(existing))
          : Reply.error(LegacyError.PROMISE_EXISTS);
    }
    return Reply.done(LegacyJson.promise(createNew(transaction, wanted, headers)));
  }

  private static boolean isRepetition(Promise existing, Headers headers) {
    return headers.key() != null
        && headers.key().equals(existing.tags().get(Names.KEY))
        && (!headers.isStrict() || existing.isPending());
  }

  /** Creates it, and shows it as pending even if its deadline has passed already. */
  private static PromiseRecord createNew(
      Transaction transaction, NewPromise wanted, Headers headers) {
    transaction.decide(wanted.request(headers.key()));
    PromiseRecord created =
        Objects.requireNonNull(transaction.state().wholePromise(wanted.id()), "created just now")
            .toRecord();
    return created.isSettled()
        ? new PromiseRecord(
            created.id(),
            PromiseRecord.State.PENDING,
            created.param(),
            Value.EMPTY,
            created.tags(),
            created.timeoutAt(),
            transaction.now(),
            null)
        : created;
  }

  /** Creates a promise whose task is claimed already. */
  static Reply createWithTask(
      Transaction transaction, NewPromise wanted, Headers headers, String processId, long ttl) {
    Promise existing = touched(transaction, wanted.id());
    Reply created = create(transaction, wanted, headers);
    if (created.status() >= 400 || created.body() == null) {
      return created;
    }
    ObjectNode body = LegacyJson.object();
    body.set("promise", created.body());
    body.set("task", existing == null ? claimed(transaction, wanted.id(), processId, ttl) : null);
    return new Reply(created.status(), body);
  }

  private static @Nullable JsonNode claimed(
      Transaction transaction, String root, String processId, long ttl) {
    String id = Names.invokeTask(root);
    LegacyTask task = LegacyTask.of(transaction.state(), id);
    if (task == null) {
      return null;
    }
    transaction.decide(
        new TaskRequest.Acquire(id, task.task().version(), processId, Math.max(ttl, 1)));
    LegacyTask claimed = Objects.requireNonNull(LegacyTask.of(transaction.state(), id));
    return LegacyJson.task(claimed, claimed.heldCounter(), processId);
  }

  /** How a promise may be completed; null for a name that is none. */
  static PromiseRecord.@Nullable State completion(String name) {
    return switch (name.toUpperCase(Locale.ROOT)) {
      case "RESOLVED" -> PromiseRecord.State.RESOLVED;
      case "REJECTED" -> PromiseRecord.State.REJECTED;
      case "REJECTED_CANCELED" -> PromiseRecord.State.REJECTED_CANCELED;
      default -> null;
    };
  }

  static Reply complete(
      Transaction transaction, String id, PromiseRecord.State as, Value value, Headers headers) {
    if (!headers.isFenced(transaction.state())) {
      return Reply.error(LegacyError.TASK_PRECONDITION);
    }
    Promise before = transaction.state().wholePromise(id);
    boolean wasPending = before != null && before.isPending();
    Promise promise = touched(transaction, id);
    if (promise == null) {
      return Reply.error(LegacyError.PROMISE_NOT_FOUND);
    }
    if (promise.isPending()) {
      transaction.decide(new PromiseRequest.Settle(id, as, withKey(value, headers.key())));
      return Reply.done(
          LegacyJson.promise(
              Objects.requireNonNull(transaction.state().wholePromise(id), "settled just now")));
    }
    PromiseRecord settled = promise.toRecord();
    boolean isTimedOut = settled.state() == PromiseRecord.State.REJECTED_TIMEDOUT;
    boolean isRepetition = !wasPending && isRepetition(settled, as, headers);
    return isRepetition || (isTimedOut && !headers.isStrict())
        ? Reply.ok(LegacyJson.promise(settled))
        : Reply.error(refusal(settled.state()));
  }

  private static boolean isRepetition(
      PromiseRecord settled, PromiseRecord.State as, Headers headers) {
    Map<String, String> stored = settled.value().headers();
    return headers.key() != null
        && stored != null
        && headers.key().equals(stored.get(Names.KEY))
        && (!headers.isStrict() || settled.state() == as);
  }

  private static Value withKey(Value value, @Nullable String key) {
    Map<String, String> headers = new LinkedHashMap<>();
    if (value.headers() != null) {
      headers.putAll(value.headers());
      headers.keySet().removeIf(Names::isOwn);
    }
    if (key != null) {
      headers.put(Names.KEY, key);
    }
    return new Value(headers.isEmpty() ? null : headers, value.data());
  }

  private static LegacyError refusal(PromiseRecord.State state) {
    return switch (state) {
      case RESOLVED -> LegacyError.RESOLVED;
      case REJECTED -> LegacyError.REJECTED;
      case REJECTED_CANCELED -> LegacyError.CANCELED;
      case REJECTED_TIMEDOUT -> LegacyError.TIMEDOUT;
      case PENDING -> throw new IllegalStateException("a pending promise refuses nothing");
    };
  }

  /** Lets a root be resumed when a leaf settles. */
  static Reply callback(
      Transaction transaction, String leaf, String root, long timeout, String address) {
    Promise promise = touched(transaction, leaf);
    if (promise == null) {
      return Reply.error(LegacyError.PROMISE_NOT_FOUND);
    }
    String id = Names.resumeTask(root, leaf);
    if (!promise.isPending() || transaction.state().wholePromise(id) != null) {
      return callbackReply(promise, null);
    }
    Map<String, String> tags = new LinkedHashMap<>();
    tags.put(Tags.TARGET, address);
    tags.put(Names.ROOT, root);
    tags.put(Names.LEAF, leaf);
    var carrier = new PromiseRequest.Create(id, timeout, Value.EMPTY, tags);
    transaction.decide(new TaskRequest.Create(Names.SERVER, MOMENT_MS, carrier));
    transaction.decide(
        new TaskRequest.Suspend(id, 1, awaited(transaction.state(), id, leaf, root)));
    return callbackReply(promise, LegacyJson.callback(id, leaf, timeout, transaction.now()));
  }

  /** The leaf, whose settlement offers the task, and the root, whose settlement ends it. */
  private static List<PromiseRequest.RegisterCallback> awaited(
      State state, String id, String leaf, String root) {
    var onLeaf = new PromiseRequest.RegisterCallback(leaf, id);
    Promise rootPromise = state.wholePromise(root);
    return rootPromise != null && rootPromise.isPending()
        ? List.of(onLeaf, new PromiseRequest.RegisterCallback(root, id))
        : List.of(onLeaf);
  }

  /** Lets a receiver be told when a promise settles. */
  static Reply subscribe(
      Transaction transaction,
      String promiseId,
      String subscription,
      long timeout,
      String address) {
    Promise promise = touched(transaction, promiseId);
    if (promise == null) {
      return Reply.error(LegacyError.PROMISE_NOT_FOUND);
    }
    if (!promise.isPending() || transaction.state().listenersOf(promiseId).contains(address)) {
      return callbackReply(promise, null);
    }
    transaction.decide(new PromiseRequest.RegisterListener(promiseId, address));
    String id = "__notify:" + promiseId + ":" + subscription;
    return callbackReply(promise, LegacyJson.callback(id, promiseId, timeout, transaction.now()));
  }

  private static Reply callbackReply(Promise promise, @Nullable ObjectNode callback) {
    ObjectNode body = LegacyJson.object();
    body.set("callback", callback);
    body.set("promise", LegacyJson.promise(promise));
    return new Reply(callback == null ? 200 : 201, body);
  }
}
