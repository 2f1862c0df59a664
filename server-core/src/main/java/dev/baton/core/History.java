package dev.baton.core;

import dev.baton.protocol.PromiseRecord;
import dev.baton.protocol.TaskRecord;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where settled promises and their fulfilled tasks live after they have left memory. It may also
 * hold, and answer with, what is still in memory: memory is newer and wins. Lists are in the order
 * of {@link IdOrder}.
 */
public interface History {

  /** Nothing ever leaves memory. */
  History NONE = new NoHistory();

  @Nullable Promise promise(String id);

  @Nullable Task task(String id);

  /**
   * All promises of a branch.
   *
   * @param withRoot whether the one whose id is the branch's name is wanted, too
   */
  List<Promise> branch(String branch, boolean withRoot);

  /** At most limit promises whose id is greater than after. */
  List<Promise> searchPromises(
      PromiseRecord.@Nullable State state,
      Map<String, String> tags,
      @Nullable String after,
      int limit);

  /** At most limit tasks whose id is greater than after. */
  List<Task> searchTasks(TaskRecord.@Nullable State state, @Nullable String after, int limit);
}
