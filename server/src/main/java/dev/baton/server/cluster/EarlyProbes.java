package dev.baton.server.cluster;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * Signs of life that are asked of an owner that has claimed the store and is still loading it: they
 * are answered as soon as it serves, so that whoever waits for it knows. Thread-safe.
 */
final class EarlyProbes {

  /** As often as others ask. */
  private static final long MOST_MS = 500;

  private final Vertx vertx;
  private final Ownership ownership;
  private final Consumer<HttpServerRequest> answer;
  private final Set<Early> waiting = ConcurrentHashMap.newKeySet();

  /**
   * Before the first change of ownership.
   *
   * @param answer answers by who the owner is now
   */
  EarlyProbes(Vertx vertx, Ownership ownership, Consumer<HttpServerRequest> answer) {
    this.vertx = vertx;
    this.ownership = ownership;
    this.answer = answer;
    ownership.follow(() -> waiting.forEach(this::over));
  }

  private record Early(HttpServerRequest request, Context loop) {}

  /** Keeps one, on its event loop, until there is an owner, or for so long. */
  void add(HttpServerRequest request) {
    Early early = new Early(request, vertx.getOrCreateContext());
    waiting.add(early);
    vertx.setTimer(MOST_MS, _ -> over(early));
    if (ownership.owner() instanceof Owner owner && owner.isHere()) {
      over(early); // It may have begun before this was seen to wait for it.
    }
  }

  private void over(Early early) {
    if (waiting.remove(early)) {
      early
          .loop()
          .runOnContext(_ -> {
            if (!early.request().response().closed()) {
              answer.accept(early.request());
            }
          });
    }
  }
}
