package dev.baton.sdk.internal;

import dev.baton.protocol.PromiseRecord.State;
import dev.baton.protocol.Value;
import dev.baton.sdk.ExternalPromise;
import dev.baton.sdk.Handle;
import dev.baton.sdk.Settlement;
import dev.baton.sdk.internal.value.Failures;
import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;

/** A promise that a function has made for somebody else to settle. */
record NamedPromise<T>(Engine engine, PromiseClient promises, String id, Type type)
    implements ExternalPromise<T> {

  @Override
  public Settlement resolve(@Nullable T value) {
    return settle(State.RESOLVED, engine.values().encode(value, "the value of " + id));
  }

  @Override
  public Settlement reject(Throwable failure) {
    return settle(State.REJECTED, Failures.encode(engine.values(), failure));
  }

  @Override
  public Settlement cancel() {
    return settle(State.REJECTED_CANCELED, Value.EMPTY);
  }

  private Settlement settle(State state, Value value) {
    return promises.settle(id, state, value, engine.identity().signature());
  }

  @Override
  @SuppressWarnings("unchecked") // Read as that type.
  public <D> @Nullable D data(Class<D> type) {
    var param = promises.get(id).param();
    return (D) engine.values().decode(param, type, "what is said with " + id);
  }

  @Override
  public Handle<T> handle() {
    return engine.handle(id, type);
  }
}
