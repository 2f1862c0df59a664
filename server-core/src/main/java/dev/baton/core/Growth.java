package dev.baton.core;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * By how many bytes changes make what is live larger, about: held against a budget before they are
 * made. A promise that settles counts as one that leaves memory.
 */
public final class Growth {

  private Growth() {}

  /** Negative if what is live becomes smaller. */
  public static long of(List<Change> changes) {
    long bytes = 0;
    for (var change : changes) {
      bytes += of(change);
    }
    return bytes;
  }

  private static long of(Change change) {
    return switch (change) {
      case Change.PutPromise(var before, var after) -> live(after) - live(before);
      case Change.PutTask(var before, var after) ->
          Sizes.of(after) - (before == null ? 0 : Sizes.of(before));
      // One that fires waited before.
      case Change.PutCallback(var awaited, var awaiter, var fired) -> fired ? 0 : Sizes.CALLBACK;
      case Change.DeleteCallback ignored -> -Sizes.CALLBACK;
      case Change.PutListener(var awaited, var address) -> Sizes.ofListener(address);
      case Change.DeleteListener(var awaited, var address) -> -Sizes.ofListener(address);
      case Change.PutSchedule(var before, var after) ->
          Sizes.of(after) - (before == null ? 0 : Sizes.of(before));
      case Change.DeleteSchedule deleteSchedule -> 0;
      case Change.Clear ignored -> 0;
    };
  }

  private static long live(@Nullable Promise promise) {
    return promise == null || !promise.isPending() ? 0 : Sizes.of(promise);
  }
}
