package dev.baton.sdk.internal;

import dev.baton.sdk.Handle;
import java.lang.reflect.Type;
import java.time.Duration;

/** A handle of a watched promise. */
record WatchHandle<T>(Watch watch, Type type, Duration patience) implements Handle<T> {

  @Override
  public String id() {
    return watch.id();
  }

  @Override
  public boolean isDone() {
    return watch.isSettled(patience);
  }

  @Override
  public T result() {
    return Outcomes.of(watch.await(), type);
  }

  @Override
  public T result(Duration limit) {
    return Outcomes.of(watch.await(limit), type);
  }
}
