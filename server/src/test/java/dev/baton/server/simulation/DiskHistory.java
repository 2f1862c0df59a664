package dev.baton.server.simulation;

import dev.baton.core.History;
import dev.baton.core.Promise;
import dev.baton.core.PromiseState;
import dev.baton.core.Task;
import dev.baton.core.TaskState;
import dev.baton.protocol.PromiseRecord;
import dev.baton.protocol.TaskRecord;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import org.jspecify.annotations.Nullable;

/** Where settled promises are looked up that have left memory. */
record DiskHistory(Disk disk) implements History {

  @Override
  public @Nullable Promise promise(String id) {
    Promise promise = disk.promises.get(id);
    return promise == null || promise.isPending() ? null : promise;
  }

  @Override
  public @Nullable Task task(String id) {
    Task task = disk.tasks.get(id);
    return task != null && task.state() instanceof TaskState.Fulfilled ? task : null;
  }

  @Override
  public List<Promise> branch(String branch, boolean withRoot) {
    return disk.promises.values().stream()
        .filter(promise -> !promise.isPending() && branch.equals(promise.branch()))
        .filter(promise -> withRoot || !promise.id().equals(branch))
        .toList();
  }

  @Override
  public List<Promise> searchPromises(
      PromiseRecord.@Nullable State state,
      Map<String, String> tags,
      @Nullable String after,
      int limit) {
    return after(disk.promises, after).values().stream()
        .filter(promise ->
            promise.state() instanceof PromiseState.Settled settled
                && (state == null || settled.as() == state)
                && promise.tags().entrySet().containsAll(tags.entrySet()))
        .limit(limit)
        .toList();
  }

  @Override
  public List<Task> searchTasks(
      TaskRecord.@Nullable State state, @Nullable String after, int limit) {
    if (state != null && state != TaskRecord.State.FULFILLED) {
      return List.of();
    }
    return after(disk.tasks, after).values().stream()
        .filter(task -> task.state() instanceof TaskState.Fulfilled)
        .limit(limit)
        .toList();
  }

  private static <T> NavigableMap<String, T> after(
      NavigableMap<String, T> rows, @Nullable String after) {
    return after == null ? rows : rows.tailMap(after, false);
  }
}
