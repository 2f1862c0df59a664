package dev.baton.server.storage.postgres;

import dev.baton.core.Change;
import dev.baton.core.Promise;
import dev.baton.core.PromiseState;
import dev.baton.core.RuleSet;
import dev.baton.core.Task;
import dev.baton.core.TaskState;
import dev.baton.protocol.PromiseRecord;
import dev.baton.protocol.PromiseRequest;
import dev.baton.protocol.Request;
import dev.baton.protocol.Tags;
import dev.baton.protocol.Value;
import dev.baton.server.storage.rows.Batch;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What a store's transactions go to while it does what an owner's does, for nothing: the database
 * gets them in an epoch that never is, so nothing of them is written, and the store is told that
 * they are durable.
 */
final class Rehearsal implements BatchSession {

  static final long NO_EPOCH = -1;

  /** Of a shard that has not been claimed. */
  private static final long NOT_CLAIMED = 0;

  private static final long FAR = 9_000_000_000_000L;
  private static final Map<String, String> TAGS = Map.of(Tags.TARGET, "poll://any@practice");

  private final BatchSession real;

  private Rehearsal(BatchSession real) {
    this.real = real;
  }

  /** What the first batches of an owner come to: one call alone, several at once, and none. */
  static void round(Session real) {
    PostgresStorage store =
        PostgresStorage.on(real, RuleSet.Profile.RELEASE, new Shard(null), Rehearsal::new);
    store.transact(rows -> rows.nextDueAt(true));
    write(store, List.of(promise("practice")));
    write(store, List.of(promise("practice.1"), promise("practice.2")));
    store.transact(
        List::of,
        true,
        rows -> {
          rows.save(settled(promise("practice")));
          return rows.liveBytes();
        });
  }

  private static void write(PostgresStorage store, List<Promise> promises) {
    List<Request> requests = new ArrayList<>();
    List<Change> changes = new ArrayList<>();
    for (Promise promise : promises) {
      requests.add(new PromiseRequest.Create(promise.id(), promise.timeoutAt(), Value.EMPTY, TAGS));
      changes.add(new Change.PutPromise(null, promise));
      changes.add(new Change.PutTask(null, task(promise, new TaskState.Pending(FAR, false))));
    }
    store.transact(
        () -> requests,
        true,
        rows -> {
          rows.save(changes);
          return rows.nextDueAt(true);
        });
  }

  private static Promise promise(String id) {
    return new Promise(id, Value.EMPTY, TAGS, FAR, 0, new PromiseState.Pending(), 0);
  }

  private static Task task(Promise promise, TaskState state) {
    return new Task(promise.id(), String.valueOf(promise.target()), 0, state);
  }

  private static List<Change> settled(Promise promise) {
    return List.of(
        new Change.PutPromise(
            promise,
            promise.settled(
                new PromiseState.Settled(PromiseRecord.State.RESOLVED, Value.EMPTY, 0))),
        new Change.PutTask(
            task(promise, new TaskState.Pending(FAR, false)),
            task(promise, new TaskState.Fulfilled())));
  }

  /** A batch of every kind of row, none of which is there, but for the first, which is new. */
  static Batch ofEveryKind(String id) {
    Batch batch = new Batch();
    Promise fresh = promise(id);
    Promise other = promise(id + ".1");
    Promise held = promise(id + ".2");
    batch.add(new Change.PutPromise(null, fresh));
    batch.add(new Change.PutTask(null, task(fresh, new TaskState.Pending(FAR, false))));
    settled(other).forEach(batch::add);
    batch.add(new Change.PutTask(null, task(held, new TaskState.Acquired("practice", 1, FAR, 1))));
    batch.add(new Change.PutCallback(id, other.id(), false));
    batch.add(new Change.DeleteCallback(id, held.id()));
    batch.add(new Change.PutListener(id, "poll://any@practice"));
    batch.add(new Change.DeleteListener(id, "poll://any@other"));
    return batch;
  }

  @Override
  public long find(List<String> ids, List<String> branches, Fetched fetched) throws SQLException {
    real.find(ids, branches, fetched);
    return NOT_CLAIMED;
  }

  @Override
  public boolean save(long epoch, Batch batch) throws SQLException {
    real.save(NO_EPOCH, batch);
    return true;
  }

  @Override
  public Written saveNew(long epoch, Batch batch, String id, List<String> branches, Fetched fetched)
      throws SQLException {
    real.saveNew(NO_EPOCH, batch, id, branches, fetched);
    return Written.DURABLY;
  }

  @Override
  public long epoch() throws SQLException {
    real.epoch();
    return NOT_CLAIMED;
  }
}
