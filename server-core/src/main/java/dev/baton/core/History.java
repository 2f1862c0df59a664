package dev.baton.core;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where settled promises and their fulfilled tasks live after they have left memory. It may also
 * hold, and answer with, what is still in memory: memory is newer and wins.
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
}
