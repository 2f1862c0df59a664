package dev.baton.core;

import dev.baton.protocol.PromiseRecord;
import dev.baton.protocol.TaskRecord;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An empty one. */
final class NoHistory implements History {

  @Override
  public @Nullable Promise promise(String id) {
    return null;
  }

  @Override
  public @Nullable Task task(String id) {
    return null;
  }

  @Override
  public List<Promise> branch(String branch, boolean withRoot) {
    return List.of();
  }

  @Override
  public List<Promise> searchPromises(
      PromiseRecord.@Nullable State state,
      Map<String, String> tags,
      @Nullable String after,
      int limit) {
    return List.of();
  }

  @Override
  public List<Task> searchTasks(
      TaskRecord.@Nullable State state, @Nullable String after, int limit) {
    return List.of();
  }
}
