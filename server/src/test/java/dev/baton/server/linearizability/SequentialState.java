package dev.baton.server.linearizability;

import dev.baton.core.Change;
import dev.baton.core.IdOrder;
import dev.baton.core.Promise;
import dev.baton.core.Query;
import dev.baton.core.Schedule;
import dev.baton.core.State;
import dev.baton.core.Task;
import dev.baton.core.TaskState;
import dev.baton.protocol.PromiseRequest;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A small state that never changes: applying changes makes another. Equal if all in it is equal.
 */
record SequentialState(
    Map<String, Promise> promises, Map<String, Task> tasks, Set<Callback> callbacks)
    implements State {

  static final SequentialState EMPTY = new SequentialState(Map.of(), Map.of(), Set.of());

  /** A task that waits, or has waited, for a promise. */
  record Callback(String awaited, String awaiter, boolean fired) {}

  SequentialState with(List<Change> changes) {
    if (changes.isEmpty()) {
      return this;
    }
    Map<String, Promise> newPromises = new TreeMap<>(IdOrder.INSTANCE);
    newPromises.putAll(promises);
    Map<String, Task> newTasks = new HashMap<>(tasks);
    Set<Callback> newCallbacks = new HashSet<>(callbacks);
    for (Change change : changes) {
      switch (change) {
        case Change.PutPromise(_, Promise after) -> newPromises.put(after.id(), after);
        case Change.PutTask(_, Task after) -> newTasks.put(after.id(), after);
        case Change.PutCallback(String awaited, String awaiter, boolean fired) -> {
          newCallbacks.remove(new Callback(awaited, awaiter, !fired));
          newCallbacks.add(new Callback(awaited, awaiter, fired));
        }
        case Change.DeleteCallback(String awaited, String awaiter) -> {
          newCallbacks.remove(new Callback(awaited, awaiter, true));
          newCallbacks.remove(new Callback(awaited, awaiter, false));
        }
        default -> throw new IllegalArgumentException("not in these histories: " + change);
      }
    }
    return new SequentialState(newPromises, newTasks, newCallbacks);
  }

  @Override
  public @Nullable Promise promise(String id) {
    return promises.get(id);
  }

  @Override
  public @Nullable Task task(String id) {
    return tasks.get(id);
  }

  @Override
  public @Nullable Schedule schedule(String id) {
    return null;
  }

  @Override
  public Set<String> awaitersOf(String awaited) {
    return select(
        callback -> callback.awaited().equals(awaited) && !callback.fired(), Callback::awaiter);
  }

  @Override
  public Set<String> awaitedBy(String awaiter) {
    return select(
        callback -> callback.awaiter().equals(awaiter) && !callback.fired(), Callback::awaited);
  }

  @Override
  public Set<String> firedFor(String awaiter) {
    return select(
        callback -> callback.awaiter().equals(awaiter) && callback.fired(), Callback::awaited);
  }

  private Set<String> select(Predicate<Callback> which, Function<Callback, String> what) {
    Set<String> selected = new LinkedHashSet<>();
    for (Callback callback : callbacks) {
      if (which.test(callback)) {
        selected.add(what.apply(callback));
      }
    }
    return selected;
  }

  @Override
  public Set<String> listenersOf(String awaited) {
    return Set.of();
  }

  @Override
  public List<Promise> branch(String branch, String except, long room) {
    return promises.values().stream()
        .filter(p -> branch.equals(p.branch()) && !except.equals(p.id()))
        .toList();
  }

  @Override
  public Set<String> heldBy(String pid) {
    Set<String> held = new LinkedHashSet<>();
    for (Task task : tasks.values()) {
      if (task.state() instanceof TaskState.Acquired acquired && acquired.pid().equals(pid)) {
        held.add(task.id());
      }
    }
    return held;
  }

  @Override
  public List<String> held() {
    return tasks.values().stream()
        .filter(task -> task.state() instanceof TaskState.Acquired)
        .map(Task::id)
        .toList();
  }

  @Override
  public Due due(long now, boolean withRetries, int limit) {
    return new Due(List.of(), List.of(), List.of(), List.of());
  }

  /** What a search of promises finds. */
  List<Promise> search(PromiseRequest.Search search) {
    Query.Promises query = Query.Promises.of(search);
    return promises.values().stream().filter(query::matches).toList();
  }
}
