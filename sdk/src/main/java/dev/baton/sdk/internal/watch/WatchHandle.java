package dev.baton.sdk.internal.watch;

import dev.baton.sdk.Handle;
import dev.baton.sdk.internal.value.Outcomes;
import java.lang.reflect.Type;
import java.time.Duration;

/** A handle of a watched promise. */
public record WatchHandle<T>(Watch watch, Type type, Duration patience) implements Handle<T> {

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
