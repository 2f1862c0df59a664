package dev.baton.server.storage.postgres;

import dev.baton.core.Footprint;
import dev.baton.core.Promise;
import dev.baton.core.PromiseState;
import dev.baton.core.Schedule;
import dev.baton.core.Task;
import dev.baton.core.TaskState;
import dev.baton.protocol.Value;
import dev.baton.server.storage.rows.Batch;
import dev.baton.server.storage.rows.StateCodes;
import dev.baton.server.storage.rows.StringMaps;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes a batch with one statement, whatever is in it: {@code baton_save_1} takes each column of
 * each kind of row as an array.
 */
final class Save implements AutoCloseable {

  /** Stands for no task. */
  private static final int NO_TASK = -1;

  /** Of so many parameters. */
  static final String CALL = "baton_save_1(?::smallint, ?, ?" + ", ?".repeat(53) + ")";

  static final int PARAMETERS = 56;

  // Groups of columns without rows, in the order of the parameters.
  private static final Object[] FRESH = {
    Parameters.TEXTS,
    Parameters.INTS,
    Parameters.INTS,
    Parameters.LONGS,
    Parameters.LONGS,
    Parameters.LONGS,
    Parameters.BYTES,
    Parameters.BYTES,
    Parameters.BYTES,
    Parameters.BYTES,
    Parameters.BYTES,
    Parameters.BYTES,
    Parameters.BYTES,
    Parameters.INTS,
    Parameters.LONGS,
    Parameters.LONGS,
    Parameters.LONGS,
    Parameters.LONGS,
    Parameters.BYTES
  };
  private static final Object[] SETTLED = {
    Parameters.TEXTS,
    Parameters.INTS,
    Parameters.LONGS,
    Parameters.BYTES,
    Parameters.BYTES,
    Parameters.INTS,
    Parameters.LONGS
  };
  private static final Object[] MOVED = {
    Parameters.TEXTS,
    Parameters.INTS,
    Parameters.LONGS,
    Parameters.LONGS,
    Parameters.LONGS,
    Parameters.LONGS,
    Parameters.BYTES
  };
  private static final Object[] CALLBACKS = {
    Parameters.BYTES, Parameters.TEXTS, Parameters.TEXTS, Parameters.FLAGS
  };
  private static final Object[] LISTENERS = {Parameters.BYTES, Parameters.TEXTS, Parameters.BYTES};
  private static final Object[] SCHEDULES = {
    Parameters.TEXTS,
    Parameters.TEXTS,
    Parameters.TEXTS,
    Parameters.LONGS,
    Parameters.LONGS,
    Parameters.LONGS,
    Parameters.NUMBERS,
    Parameters.BYTES,
    Parameters.BYTES,
    Parameters.BYTES
  };
  private static final Object[] KEYS = {Parameters.BYTES};
  private static final Object[] IDS = {Parameters.TEXTS};

  private final PreparedStatement call;
  private final Parameters parameters;
  private final Digests digests;
  private final List<Batch.Row> fresh = new ArrayList<>();
  private final List<Batch.Row> settled = new ArrayList<>();
  private final List<Task> moved = new ArrayList<>();

  Save(Connection connection, Digests digests) throws SQLException {
    this(connection.prepareStatement("SELECT " + CALL), digests);
  }

  /** With a statement that begins with the parameters of the call. */
  Save(PreparedStatement call, Digests digests) {
    this.call = call;
    this.parameters = new Parameters(call);
    this.digests = digests;
  }

  /** Writes a batch durably; answers false if the epoch is over: then nothing was written. */
  boolean execute(long epoch, Batch batch) throws SQLException {
    bind(epoch, batch);
    try (ResultSet row = call.executeQuery()) {
      return row.next() && row.getBoolean(1);
    }
  }

  /** Gives the statement what it needs to write a batch. */
  void bind(long epoch, Batch batch) throws SQLException {
    sort(batch);
    parameters.begin();
    call.setInt(1, Shard.NUMBER);
    call.setLong(2, epoch);
    call.setBoolean(3, batch.clears());
    bindFresh();
    bindSettled();
    bindMoved();
    bindCallbacks(batch.callbacks());
    bindListeners(batch.listeners());
    bindSchedules(batch.schedules());
  }

  private void sort(Batch batch) {
    fresh.clear();
    settled.clear();
    moved.clear();
    for (Batch.Row row : batch.rows().values()) {
      Promise promise = row.promise();
      Task task = row.task();
      if (promise == null) {
        add(task);
      } else if (row.isNew()) {
        fresh.add(row);
      } else if (!promise.isPending()) {
        settled.add(row);
        if (task != null && !(task.state() instanceof TaskState.Fulfilled)) {
          add(task);
        }
      }
    }
  }

  private void add(@Nullable Task task) {
    if (task != null) {
      moved.add(task);
    }
  }

  private static Promise promise(Batch.Row row) {
    Promise promise = row.promise();
    if (promise == null) {
      throw new IllegalStateException("a row without a promise");
    }
    return promise;
  }

  private void bindFresh() throws SQLException {
    int count = fresh.size();
    if (parameters.skips(count, FRESH)) {
      return;
    }
    String[] ids = new String[count];
    int[] buckets = new int[count];
    int[] states = new int[count];
    long[] timeoutAts = new long[count];
    long[] createdAts = new long[count];
    long[] settledAts = new long[count];
    byte[] @Nullable [] branches = new byte[count][];
    byte[] @Nullable [] origins = new byte[count][];
    byte[][] tags = new byte[count][];
    byte[] @Nullable [] paramHeaders = new byte[count][];
    byte[] @Nullable [] paramData = new byte[count][];
    byte[] @Nullable [] valueHeaders = new byte[count][];
    byte[] @Nullable [] valueData = new byte[count][];
    Tasks tasks = new Tasks(count);
    for (int i = 0; i < count; i++) {
      Promise promise = promise(fresh.get(i));
      String branch = promise.branch();
      String origin = promise.statedOrigin();
      ids[i] = promise.id();
      buckets[i] = digests.bucket(Footprint.firstSegment(promise.id()));
      timeoutAts[i] = promise.timeoutAt();
      createdAts[i] = promise.createdAt();
      // The root of a branch is found by its id.
      branches[i] = branch == null || branch.equals(promise.id()) ? null : digests.name(branch);
      origins[i] = origin == null ? null : digests.name(origin);
      tags[i] = Digests.utf8(StringMaps.text(promise.tags()));
      paramHeaders[i] = Columns.headers(promise.param());
      paramData[i] = Columns.data(promise.param());
      states[i] = StateCodes.PENDING;
      if (promise.state() instanceof PromiseState.Settled(var as, Value value, long settledAt)) {
        states[i] = StateCodes.code(as);
        settledAts[i] = settledAt;
        valueHeaders[i] = Columns.headers(value);
        valueData[i] = Columns.data(value);
      }
      tasks.set(i, fresh.get(i).task());
    }
    parameters.add(ids);
    parameters.add(buckets);
    parameters.add(states);
    parameters.add(timeoutAts);
    parameters.add(createdAts);
    parameters.add(settledAts);
    parameters.add(branches);
    parameters.add(origins);
    parameters.add(tags);
    parameters.add(paramHeaders);
    parameters.add(paramData);
    parameters.add(valueHeaders);
    parameters.add(valueData);
    tasks.bind(parameters);
  }

  /** The columns of tasks. */
  private static final class Tasks {
    final int[] states;
    final long[] versions;
    private final long[] ttls;
    private final long[] dueAts;
    private final long[] acquiredAts;
    private final byte[] @Nullable [] pids;

    Tasks(int count) {
      states = new int[count];
      versions = new long[count];
      ttls = new long[count];
      dueAts = new long[count];
      acquiredAts = new long[count];
      pids = new byte[count][];
    }

    void set(int i, @Nullable Task task) {
      if (task == null) {
        states[i] = NO_TASK;
        return;
      }
      states[i] = StateCodes.code(task.state());
      versions[i] = task.version();
      switch (task.state()) {
        case TaskState.Pending(long retryAt, _) -> dueAts[i] = retryAt;
        case TaskState.Acquired(String pid, long ttlMs, long expiresAt, long acquiredAt) -> {
          pids[i] = Digests.utf8(pid);
          ttls[i] = ttlMs;
          dueAts[i] = expiresAt;
          acquiredAts[i] = acquiredAt;
        }
        case TaskState.Suspended _, TaskState.Halted _, TaskState.Fulfilled _ -> {}
      }
    }

    void bind(Parameters parameters) throws SQLException {
      parameters.add(states);
      parameters.add(versions);
      parameters.add(ttls);
      parameters.add(dueAts);
      parameters.add(acquiredAts);
      parameters.add(pids);
    }
  }

  private void bindSettled() throws SQLException {
    int count = settled.size();
    if (parameters.skips(count, SETTLED)) {
      return;
    }
    String[] ids = new String[count];
    int[] states = new int[count];
    long[] settledAts = new long[count];
    byte[] @Nullable [] valueHeaders = new byte[count][];
    byte[] @Nullable [] valueData = new byte[count][];
    Tasks tasks = new Tasks(count);
    for (int i = 0; i < count; i++) {
      Promise promise = promise(settled.get(i));
      ids[i] = promise.id();
      if (promise.state() instanceof PromiseState.Settled(var as, Value value, long settledAt)) {
        states[i] = StateCodes.code(as);
        settledAts[i] = settledAt;
        valueHeaders[i] = Columns.headers(value);
        valueData[i] = Columns.data(value);
      }
      tasks.set(i, settled.get(i).task());
    }
    parameters.add(ids);
    parameters.add(states);
    parameters.add(settledAts);
    parameters.add(valueHeaders);
    parameters.add(valueData);
    parameters.add(tasks.states);
    parameters.add(tasks.versions);
  }

  private void bindMoved() throws SQLException {
    int count = moved.size();
    if (parameters.skips(count, MOVED)) {
      return;
    }
    String[] ids = new String[count];
    Tasks tasks = new Tasks(count);
    for (int i = 0; i < count; i++) {
      ids[i] = moved.get(i).id();
      tasks.set(i, moved.get(i));
    }
    parameters.add(ids);
    tasks.bind(parameters);
  }

  private void bindCallbacks(Map<Batch.Pair, @Nullable Boolean> callbacks) throws SQLException {
    int gone = 0;
    for (Boolean fired : callbacks.values()) {
      gone += fired == null ? 1 : 0;
    }
    int count = callbacks.size() - gone;
    byte[][] keys = new byte[count][];
    String[] awaited = new String[count];
    String[] awaiters = new String[count];
    boolean[] hasFired = new boolean[count];
    byte[][] noKeys = new byte[gone][];
    for (Map.Entry<Batch.Pair, @Nullable Boolean> each : callbacks.entrySet()) {
      Batch.Pair pair = each.getKey();
      Boolean fired = each.getValue();
      byte[] key = digests.pair(pair.awaited(), pair.other());
      if (fired == null) {
        noKeys[--gone] = key;
      } else {
        count--;
        keys[count] = key;
        awaited[count] = pair.awaited();
        awaiters[count] = pair.other();
        hasFired[count] = fired;
      }
    }
    if (!parameters.skips(keys.length, CALLBACKS)) {
      parameters.add(keys);
      parameters.add(awaited);
      parameters.add(awaiters);
      parameters.add(hasFired);
    }
    if (!parameters.skips(noKeys.length, KEYS)) {
      parameters.add(noKeys);
    }
  }

  private void bindListeners(Map<Batch.Pair, Boolean> listeners) throws SQLException {
    int count = 0;
    for (boolean isThere : listeners.values()) {
      count += isThere ? 1 : 0;
    }
    int gone = listeners.size() - count;
    byte[][] keys = new byte[count][];
    String[] awaited = new String[count];
    byte[][] addresses = new byte[count][];
    byte[][] noKeys = new byte[gone][];
    for (Map.Entry<Batch.Pair, Boolean> each : listeners.entrySet()) {
      Batch.Pair pair = each.getKey();
      byte[] key = digests.pair(pair.awaited(), pair.other());
      if (each.getValue()) {
        count--;
        keys[count] = key;
        awaited[count] = pair.awaited();
        addresses[count] = Digests.utf8(pair.other());
      } else {
        noKeys[--gone] = key;
      }
    }
    if (!parameters.skips(keys.length, LISTENERS)) {
      parameters.add(keys);
      parameters.add(awaited);
      parameters.add(addresses);
    }
    if (!parameters.skips(noKeys.length, KEYS)) {
      parameters.add(noKeys);
    }
  }

  private void bindSchedules(Map<String, @Nullable Schedule> schedules) throws SQLException {
    List<Schedule> there = new ArrayList<>();
    List<String> gone = new ArrayList<>();
    for (Map.Entry<String, @Nullable Schedule> each : schedules.entrySet()) {
      Schedule schedule = each.getValue();
      if (schedule == null) {
        gone.add(each.getKey());
      } else {
        there.add(schedule);
      }
    }
    int count = there.size();
    if (!parameters.skips(count, SCHEDULES)) {
      bind(there, count);
    }
    if (!parameters.skips(gone.size(), IDS)) {
      parameters.add(gone.toArray(new String[0]));
    }
  }

  private void bind(List<Schedule> schedules, int count) throws SQLException {
    String[] ids = new String[count];
    String[] crons = new String[count];
    String[] promiseIds = new String[count];
    long[] timeouts = new long[count];
    long[] createdAts = new long[count];
    long[] nextRunAts = new long[count];
    @Nullable Long[] lastRunAts = new Long[count];
    byte[][] tags = new byte[count][];
    byte[] @Nullable [] paramHeaders = new byte[count][];
    byte[] @Nullable [] paramData = new byte[count][];
    for (int i = 0; i < count; i++) {
      Schedule schedule = schedules.get(i);
      ids[i] = schedule.id();
      crons[i] = schedule.cron();
      promiseIds[i] = schedule.promiseId();
      timeouts[i] = schedule.promiseTimeoutMs();
      createdAts[i] = schedule.createdAt();
      nextRunAts[i] = schedule.nextRunAt();
      lastRunAts[i] = schedule.lastRunAt();
      tags[i] = Digests.utf8(StringMaps.text(schedule.promiseTags()));
      paramHeaders[i] = Columns.headers(schedule.promiseParam());
      paramData[i] = Columns.data(schedule.promiseParam());
    }
    parameters.add(ids);
    parameters.add(crons);
    parameters.add(promiseIds);
    parameters.add(timeouts);
    parameters.add(createdAts);
    parameters.add(nextRunAts);
    parameters.add(lastRunAts);
    parameters.add(tags);
    parameters.add(paramHeaders);
    parameters.add(paramData);
  }

  @Override
  public void close() throws SQLException {
    call.close();
  }
}
