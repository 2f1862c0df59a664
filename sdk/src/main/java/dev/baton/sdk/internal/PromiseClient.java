package dev.baton.sdk.internal;

import dev.baton.protocol.PromiseRecord;
import dev.baton.protocol.PromiseRecord.State;
import dev.baton.protocol.PromiseRequest;
import dev.baton.protocol.Response;
import dev.baton.protocol.Value;
import dev.baton.sdk.Promises;
import dev.baton.sdk.Settings;
import dev.baton.sdk.Settlement;
import dev.baton.sdk.internal.value.Failures;
import dev.baton.sdk.internal.value.Values;
import dev.baton.sdk.internal.wire.Bodies;
import dev.baton.sdk.internal.wire.Cancellation;
import dev.baton.sdk.internal.wire.Requests;
import dev.baton.sdk.internal.wire.Times;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Promises by their ids, one request each. */
public record PromiseClient(
    Requests requests, Values values, Settings settings, InstantSource clock) implements Promises {

  /** The header of a value that says who has settled its promise. */
  private static final String SETTLED_BY = "baton:settled-by";

  private static final long PAGE = 200;

  /**
   * Settles a promise.
   *
   * @param signature of who does, and of this time only
   */
  Settlement settle(String id, State state, Value value, String signature) {
    var headers = new LinkedHashMap<String, String>();
    headers.put(SETTLED_BY, signature);
    var settled = settle(id, state, new Value(headers, value.data()));
    var found = settled.value().headers();
    String settledBy = found == null ? "" : found.getOrDefault(SETTLED_BY, "");
    return new Settlement(settledBy.equals(signature), settledBy, settled);
  }

  @Override
  public Stream<PromiseRecord> search(@Nullable State state, Map<String, String> tags) {
    return Stream.iterate(
            Optional.of(page(state, tags, null)),
            Optional::isPresent,
            page -> {
              String cursor = page.orElseThrow().cursor();
              return cursor == null ? Optional.empty() : Optional.of(page(state, tags, cursor));
            })
        .flatMap(page -> page.orElseThrow().promises().stream());
  }

  private Response.PromisePage page(
      @Nullable State state, Map<String, String> tags, @Nullable String cursor) {
    var search = new PromiseRequest.Search(state, tags.isEmpty() ? null : tags, PAGE, cursor);
    var body = requests.call(search, settings.requestTimeout());
    if (body instanceof Response.PromisePage page) {
      return page;
    }
    throw Bodies.unexpected(search, body);
  }

  @Override
  public PromiseRecord create(String id, Duration timeout) {
    long timeoutAt = Times.after(clock.millis(), Times.positive("timeout", timeout));
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
