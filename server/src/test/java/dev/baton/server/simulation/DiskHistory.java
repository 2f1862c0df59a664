package dev.baton.server.simulation;

import dev.baton.core.History;
import dev.baton.core.Promise;
import dev.baton.core.Task;
import dev.baton.core.TaskState;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where settled promises are looked up that have left memory. */
record DiskHistory(Disk disk) implements History {

  @Override
  public @Nullable Promise promise(String id) {
    Promise promise = disk.promises.get(id);
    return promise == null || promise.isPending() ? null : promise.withoutPayload();
  }

  @Override
  public @Nullable Task task(String id) {
    Task task = disk.tasks.get(id);
    return task != null && task.state() instanceof TaskState.Fulfilled ? task : null;
  }

  @Override
  public @Nullable Promise whole(String id) {
    return disk.promises.get(id);
  }

  @Override
  public List<Promise> branch(String branch, boolean withRoot, String except, long room) {
    return disk.promises.values().stream()
        .filter(promise -> !promise.isPending() && branch.equals(promise.branch()))
        .filter(promise -> withRoot || !promise.id().equals(branch))
        .filter(promise -> !promise.id().equals(except))
        .toList();
  }
}
