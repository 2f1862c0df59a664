package dev.baton.sdk.internal.wire;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;

/** Where a process does what keeps it in touch with its server, beside its functions. */
public interface Control extends Executor, AutoCloseable {

  /** A few platform threads. */
  static Control ofThreads() {
    return new ControlThreads();
  }

  /** Daemon threads of that name and a number. */
  static ThreadFactory factory(String name) {
    return Thread.ofPlatform().daemon().name(name, 0).factory();
  }

  /** A daemon thread of that name, not started yet. */
  static Thread thread(String name, Runnable body) {
    return Thread.ofPlatform().daemon().name(name).unstarted(body);
  }

  /** Runs something soon; after the end nothing. What it throws is logged. */
  @Override
  default void execute(Runnable action) {
    after(Duration.ZERO, action);
  }

  /** Runs something later; after the end nothing. What it throws is logged. */
  void after(Duration delay, Runnable action);

  @Override
  void close();
}
