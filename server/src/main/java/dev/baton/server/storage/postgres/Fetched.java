package dev.baton.server.storage.postgres;

import dev.baton.core.Promise;
import dev.baton.core.State;
import dev.baton.core.Task;
import dev.baton.core.TaskState;
import dev.baton.core.UnreadableException;
import dev.baton.server.storage.rows.PromiseRow;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is known of rows that are not in memory: for the transaction at hand what has been fetched
 * for it, and beyond it what can never change, as much as there is room for. Only one server
 * writes, so nothing of it is ever old.
 */
final class Fetched {

  /** What settled promises may take, bytes, about. */
  private static final long MOST_SETTLED = 16 << 20;

  /** One of them, at most. */
  private static final long MOST_OF_ONE = 64 << 10;

  private static final int MOST_EMPTY_BRANCHES = 100_000;

  /** What is known of an id. */
  sealed interface Known {

    /** The row; null if there is none. */
    @Nullable PromiseRow row();

    /** There is a row. */
    record There(PromiseRow row) implements Known {}

    /** There is none. */
    record Absent() implements Known {
      @Override
      public @Nullable PromiseRow row() {
        return null;
      }
    }

    /** There is one that cannot be read, which who asks is told. */
    record Unreadable(UnreadableException reason) implements Known {
      @Override
      public PromiseRow row() {
        throw reason;
      }
    }
  }

  private static final Known ABSENT = new Known.Absent();

  private final Map<String, Known> known = new HashMap<>();
  private final Map<String, List<Promise>> branches = new HashMap<>();

  private final Map<String, Known.There> settled = new LinkedHashMap<>(16, 0.75f, true);
  private long settledBytes;

  /** Those of which nothing but their roots may have been settled. */
  private final Set<String> emptyBranches =
      Collections.newSetFromMap(
          new LinkedHashMap<>() {
            @Override
            protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
              return size() > MOST_EMPTY_BRANCHES;
            }
          });

  /** The transaction is over: what it wrote is not what was fetched. */
  void endOfTransaction() {
    known.clear();
    branches.clear();
  }

  /** Forgets everything. */
  void clear() {
    endOfTransaction();
    settled.clear();
    settledBytes = 0;
    emptyBranches.clear();
  }

  /** What is known of an id; null if it has to be looked at. */
  @Nullable Known known(String id) {
    Known.There kept = settled.get(id);
    return kept == null ? known.get(id) : kept;
  }

  /** Whether it has been looked for and is not there. */
  boolean isAbsent(String id) {
    return known(id) instanceof Known.Absent;
  }

  /** Of all those that were asked for, some will be there. */
  void absent(List<String> ids) {
    for (String id : ids) {
      known.put(id, ABSENT);
    }
  }

  /** A row is there. */
  void found(PromiseRow row) {
    known.put(row.promise().id(), new Known.There(row));
    keep(row);
  }

  /** A row is there, and too large to be kept: who asks for it reads it. */
  void leftOut(String id) {
    known.remove(id);
  }

  /** A row is there and cannot be read. */
  void unreadable(String id, UnreadableException reason) {
    known.put(id, new Known.Unreadable(reason));
  }

  /** All promises of a branch that have been settled, without its root. */
  void branch(String branch, List<Promise> promises) {
    if (promises.isEmpty()) {
      emptyBranches.add(branch);
    } else {
      branches.put(branch, promises);
    }
  }

  /** All promises of a branch that have been settled, without its root; null if not known. */
  @Nullable List<Promise> branch(String branch) {
    return emptyBranches.contains(branch) ? List.of() : branches.get(branch);
  }

  /** A promise has been settled, and is durable. */
  void settled(Promise promise, @Nullable Task task) {
    String branch = promise.branch();
    if (branch != null && !branch.equals(promise.id())) {
      emptyBranches.remove(branch);
    }
    keep(new PromiseRow(promise, task));
  }

  private void keep(PromiseRow row) {
    Task task = row.task();
    boolean isFinal =
        !row.promise().isPending()
            && row.promise().isWhole()
            && (task == null || task.state() instanceof TaskState.Fulfilled);
    long bytes = bytes(row);
    if (!isFinal || bytes > MOST_OF_ONE) {
      return;
    }
    if (settled.put(row.promise().id(), new Known.There(row)) == null) {
      settledBytes += bytes;
    }
    for (Iterator<Known.There> each = settled.values().iterator();
        settledBytes > MOST_SETTLED && each.hasNext(); ) {
      settledBytes -= bytes(each.next().row());
      each.remove();
    }
  }

  private static long bytes(PromiseRow row) {
    return 600 + 2 * State.roomFor(row.promise());
  }

  /** A row has been removed. */
  void removed(String id) {
    Known.There kept = settled.remove(id);
    if (kept != null) {
      settledBytes -= bytes(kept.row());
    }
  }
}
