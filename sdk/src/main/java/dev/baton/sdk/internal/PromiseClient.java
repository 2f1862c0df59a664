package dev.baton.sdk.internal;

import dev.baton.protocol.PromiseRecord;
import dev.baton.protocol.PromiseRecord.State;
import dev.baton.protocol.PromiseRequest;
import dev.baton.protocol.Value;
import dev.baton.sdk.Promises;
import dev.baton.sdk.Settings;
import dev.baton.sdk.internal.value.Failures;
import dev.baton.sdk.internal.value.Values;
import dev.baton.sdk.internal.wire.Bodies;
import dev.baton.sdk.internal.wire.Cancellation;
import dev.baton.sdk.internal.wire.Requests;
import dev.baton.sdk.internal.wire.Times;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Promises by their ids, one request each. */
public record PromiseClient(
    Requests requests, Values values, Settings settings, InstantSource clock) implements Promises {

  @Override
  public PromiseRecord create(String id, Duration timeout) {
    long timeoutAt = Times.after(clock.millis(), timeout);
    return send(new PromiseRequest.Create(id, timeoutAt, Value.EMPTY, Map.of()));
  }

  @Override
  public PromiseRecord get(String id) {
    return send(new PromiseRequest.Get(id));
  }

  @Override
  public PromiseRecord resolve(String id, @Nullable Object value) {
    return settle(id, State.RESOLVED, values.encode(value, "the value of " + id));
  }

  @Override
  public PromiseRecord reject(String id, Throwable failure) {
    return settle(id, State.REJECTED, Failures.encode(values, failure));
  }

  @Override
  public PromiseRecord cancel(String id) {
    return new Cancellation(requests, settings.requestTimeout()).cancel(id);
  }

  private PromiseRecord settle(String id, State state, Value value) {
    return send(new PromiseRequest.Settle(id, state, value));
  }

  private PromiseRecord send(PromiseRequest request) {
    return Bodies.promise(request, requests.send(request, settings.requestTimeout()));
  }
}
