package dev.baton.server.linearizability;

import dev.baton.protocol.PromiseRecord;
import dev.baton.protocol.Response;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * Takes the times out of answers, so that they can be compared with those of rules that live at one
 * instant. The times themselves must always be the same for a promise; where they are not is noted.
 */
final class Timeless {

  private final Map<String, Long> createdAt = new ConcurrentHashMap<>();
  private final Map<String, Long> settledAt = new ConcurrentHashMap<>();
  private final List<String> differences = new CopyOnWriteArrayList<>();

  Response of(Response response) {
    return new Response(response.status(), of(response.body()));
  }

  private Response.Body of(Response.Body body) {
    return switch (body) {
      case Response.OfPromise(PromiseRecord promise) -> new Response.OfPromise(of(promise));
      case Response.Acquired(var task, PromiseRecord promise, List<PromiseRecord> preload) ->
          new Response.Acquired(task, of(promise), of(preload));
      case Response.Preload(List<PromiseRecord> preload) -> new Response.Preload(of(preload));
      case Response.Fenced(String kind, Response action, List<PromiseRecord> preload) ->
          new Response.Fenced(kind, of(action), of(preload));
      case Response.PromisePage(List<PromiseRecord> promises, String cursor) ->
          new Response.PromisePage(of(promises), cursor);
      default -> body;
    };
  }

  private List<PromiseRecord> of(List<PromiseRecord> promises) {
    return promises.stream().map(this::of).toList();
  }

  private PromiseRecord of(PromiseRecord promise) {
    same(createdAt, promise.id(), promise.createdAt());
    Long settled = promise.settledAt();
    if (settled != null) {
      same(settledAt, promise.id(), settled);
    }
    return new PromiseRecord(
        promise.id(),
        promise.state(),
        promise.param(),
        promise.value(),
        promise.tags(),
        promise.timeoutAt(),
        0,
        settled == null ? null : 0L);
  }

  private void same(Map<String, Long> times, String id, long time) {
    @Nullable Long before = times.putIfAbsent(id, time);
    if (before != null && before != time) {
      differences.add("a time of " + id + " was " + before + " and is " + time);
    }
  }

  /** Which promises had other times later. */
  List<String> differences() {
    return List.copyOf(differences);
  }
}
