package dev.baton.core;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** An empty one. */
final class NoHistory implements History {

  @Override
  public @Nullable Promise promise(String id) {
    return null;
  }

  @Override
  public @Nullable Promise whole(String id) {
    return null;
  }

  @Override
  public @Nullable Task task(String id) {
    return null;
  }

  @Override
  public List<Promise> branch(String branch, boolean withRoot, String except, long room) {
    return List.of();
  }
}
