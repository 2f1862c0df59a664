package dev.baton.sdk.internal;

import dev.baton.sdk.Context;
import dev.baton.sdk.Functions;
import org.jspecify.annotations.Nullable;

/** The durable function that runs on a thread. */
public final class Current {

  private static final ThreadLocal<@Nullable Context> CONTEXT = new ThreadLocal<>();

  private Current() {}

  /**
   * @throws IllegalStateException if none runs on this thread
   */
  public static Context context() {
    var context = CONTEXT.get();
    if (context == null) {
      throw new IllegalStateException("no durable function runs on this thread");
    }
    return context;
  }

  /** Runs a function on this thread. */
  public static @Nullable Object run(
      Context context, Functions.Untyped function, @Nullable Object[] arguments) throws Exception {
    var around = CONTEXT.get();
    CONTEXT.set(context);
    try {
      return function.apply(context, arguments);
    } finally {
      if (around == null) {
        CONTEXT.remove();
      } else {
        CONTEXT.set(around);
      }
    }
  }
}
