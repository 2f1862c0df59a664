package dev.baton.server.storage.postgres;

import dev.baton.core.Change;
import dev.baton.core.MemoryState;
import dev.baton.core.Promise;
import dev.baton.core.Schedule;
import dev.baton.core.Task;
import dev.baton.core.TaskState;
import dev.baton.server.storage.rows.Batch;
import dev.baton.server.storage.rows.PromiseRow;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The rows of a PostgreSQL that is only imagined, and who owns its shard. It knows no time. */
public final class ImaginedDatabase {

  /**
   * A row that a batch writes.
   *
   * @param promise null if only its task moved
   * @param task null if it did not move
   */
  public record Written(boolean isNew, @Nullable Promise promise, @Nullable Task task) {}

  /** What a batch writes. */
  public record Writes(
      Map<String, Written> rows,
      Map<Batch.Pair, @Nullable Boolean> callbacks,
      Map<Batch.Pair, Boolean> listeners,
      Map<String, @Nullable Schedule> schedules) {

    static Writes of(Batch batch) {
      Map<String, Written> rows = new LinkedHashMap<>();
      batch
          .rows()
          .forEach((id, row) -> rows.put(id, new Written(row.isNew(), row.promise(), row.task())));
      return new Writes(
          rows,
          new LinkedHashMap<>(batch.callbacks()),
          new LinkedHashMap<>(batch.listeners()),
          new LinkedHashMap<>(batch.schedules()));
    }
  }

  private final Map<String, PromiseRow> promises = new TreeMap<>();
  private final Map<Batch.Pair, Boolean> callbacks = new LinkedHashMap<>();
  private final Set<Batch.Pair> listeners = new LinkedHashSet<>();
  private final Map<String, Schedule> schedules = new TreeMap<>();

  // The shard's row.
  private long epoch;
  private @Nullable String owner;
  private boolean isReleased = true;

  /** How often it has changed hands. */
  public long epoch() {
    return epoch;
  }

  public @Nullable String owner() {
    return owner;
  }

  public boolean isReleased() {
    return isReleased;
  }

  /** A row; null if there is none. */
  public @Nullable PromiseRow row(String id) {
    return promises.get(id);
  }

  /** All rows, by their ids. */
  public List<PromiseRow> rows() {
    return List.copyOf(promises.values());
  }

  /** Whether a batch's new rows are new. */
  public boolean accepts(Writes writes) {
    return writes.rows().entrySet().stream()
        .noneMatch(each -> each.getValue().isNew() && promises.containsKey(each.getKey()));
  }

  /** A batch commits. */
  public void apply(Writes writes) {
    writes
        .rows()
        .forEach((id, written) -> {
          PromiseRow before = promises.get(id);
          Promise promise = written.promise();
          Task task = written.task();
          Promise kept = before == null ? null : before.promise();
          Promise now = promise == null ? kept : promise;
          if (now != null) {
            promises.put(
                id, new PromiseRow(now, task == null && before != null ? before.task() : task));
          }
        });
    writes
        .callbacks()
        .forEach((pair, fired) -> {
          if (fired == null) {
            callbacks.remove(pair);
          } else {
            callbacks.put(pair, fired);
          }
        });
    writes
        .listeners()
        .forEach((pair, isThere) -> {
          if (isThere) {
            listeners.add(pair);
          } else {
            listeners.remove(pair);
          }
        });
    writes
        .schedules()
        .forEach((id, schedule) -> {
          if (schedule == null) {
            schedules.remove(id);
          } else {
            schedules.put(id, schedule);
          }
        });
  }

  /** A server becomes the owner, if nobody has since that epoch; null if somebody has. */
  public @Nullable Claim claim(long seen, boolean isAfterGoodEnd) {
    if (epoch != seen) {
      return null;
    }
    Shard shard = new Shard(null);
    epoch++;
    owner = shard.owner();
    boolean wasGood = isAfterGoodEnd || isReleased;
    isReleased = false;
    shard.won(epoch);
    return new Claim(shard, wasGood);
  }

  /** Who a claim belongs to, as {@link #owner} says it. */
  public static String nameOf(Claim claim) {
    return claim.shard().owner();
  }

  /** An owner begins another epoch; 0 if it is none. */
  long renew(String who) {
    return who.equals(owner) ? ++epoch : 0;
  }

  void release(String who) {
    isReleased |= who.equals(owner);
  }

  // What a server reads.

  record Image(
      List<PromiseRow> promises,
      Map<Batch.Pair, Boolean> callbacks,
      Set<Batch.Pair> listeners,
      List<Schedule> schedules) {}

  Image image() {
    return new Image(
        rows(),
        new LinkedHashMap<>(callbacks),
        new LinkedHashSet<>(listeners),
        List.copyOf(schedules.values()));
  }

  /** Settled rows of a branch, without its root. */
  List<Promise> settledOf(String branch) {
    List<Promise> found = new ArrayList<>();
    for (PromiseRow row : promises.values()) {
      if (branch.equals(row.promise().branch()) && !row.promise().isPending()) {
        found.add(row.promise());
      }
    }
    return found;
  }

  /** Fills a state as the real loader does; answers when the youngest lease was granted. */
  static long load(Image image, MemoryState state, Fetched fetched) {
    long lastAcquiredAt = 0;
    for (PromiseRow row : image.promises()) {
      Task task = row.task();
      if (row.promise().isPending()) {
        state.apply(new Change.PutPromise(null, row.promise()));
        if (task != null) {
          state.apply(new Change.PutTask(null, task));
          if (task.state() instanceof TaskState.Acquired held) {
            lastAcquiredAt = Math.max(lastAcquiredAt, held.acquiredAt());
          }
        }
      }
    }
    image
        .callbacks()
        .forEach((pair, fired) ->
            state.apply(new Change.PutCallback(pair.awaited(), pair.other(), fired)));
    for (Batch.Pair pair : image.listeners()) {
      state.apply(new Change.PutListener(pair.awaited(), pair.other()));
    }
    for (PromiseRow row : image.promises()) {
      String id = row.promise().id();
      if (!row.promise().isPending()
          && image.listeners().stream().anyMatch(pair -> pair.awaited().equals(id))) {
        fetched.found(row);
      }
    }
    image.schedules().forEach(schedule -> state.apply(new Change.PutSchedule(schedule)));
    fetched.endOfTransaction();
    return lastAcquiredAt;
  }

  /** Reads again what has been touched, as the real one does. */
  static void refresh(Image image, Touched touched, MemoryState state, Fetched fetched) {
    List<String> settled = new ArrayList<>();
    for (PromiseRow row : image.promises()) {
      String id = row.promise().id();
      if (!touched.promises().contains(id)) {
        continue;
      }
      if (!row.promise().isPending()) {
        fetched.settled(row.promise(), row.task());
        if (!state.isPending(id)) {
          continue;
        }
        settled.add(id);
      }
      state.apply(new Change.PutPromise(null, row.promise()));
      Task task = row.task();
      if (task != null) {
        state.apply(new Change.PutTask(null, task));
      }
    }
    for (Batch.Pair pair : touched.callbacks()) {
      Boolean fired = image.callbacks().get(pair);
      state.apply(
          fired == null
              ? new Change.DeleteCallback(pair.awaited(), pair.other())
              : new Change.PutCallback(pair.awaited(), pair.other(), fired));
    }
    for (Batch.Pair pair : touched.listeners()) {
      state.apply(
          image.listeners().contains(pair)
              ? new Change.PutListener(pair.awaited(), pair.other())
              : new Change.DeleteListener(pair.awaited(), pair.other()));
    }
    settled.forEach(state::evictSettled);
    fetched.endOfTransaction();
  }
}
