package dev.baton.server.http;

import dev.baton.server.dispatch.Dispatcher;
import dev.baton.server.dispatch.GroupView;
import dev.baton.server.process.Engine;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Groups as live streams: an event when a group has changed, at most a few a second, and one every
 * few seconds while tasks wait in it, because their age is part of it.
 */
final class GroupFeed {

  private static final long LEAST_GAP_MS = 200;
  private static final long MOST_GAP_MS = 5_000;
  private static final String KEEP_ALIVE = ":\n\n";

  private final Vertx vertx;
  private final Engine engine;
  private final Dispatcher dispatcher;
  private final Set<Follower> followers = ConcurrentHashMap.newKeySet();

  private static final class Follower {
    final String group;
    final HttpServerResponse response;
    final Context context;
    @Nullable GroupView last;
    long sentAt;
    boolean isPostponed;

    Follower(String group, HttpServerResponse response, Context context) {
      this.group = group;
      this.response = response;
      this.context = context;
    }
  }

  GroupFeed(Vertx vertx, Engine engine, Dispatcher dispatcher) {
    this.vertx = vertx;
    this.engine = engine;
    this.dispatcher = dispatcher;
  }

  void follow(HttpServerRequest request, String group) {
    HttpServerResponse response = request.response();
    response
        .setChunked(true)
        .putHeader("content-type", "text/event-stream")
        .putHeader("cache-control", "no-cache");
    Follower follower = new Follower(group, response, vertx.getOrCreateContext());
    long alive =
        vertx.setPeriodic(
            MOST_GAP_MS,
            _ -> {
              write(follower, KEEP_ALIVE);
              engine.execute(() -> look(follower));
            });
    Runnable end =
        () -> {
          vertx.cancelTimer(alive);
          followers.remove(follower);
        };
    response.closeHandler(_ -> end.run());
    response.exceptionHandler(_ -> end.run());
    response.endHandler(_ -> end.run());
    followers.add(follower);
    engine.execute(() -> look(follower));
  }

  /** Shows every follower what is new. Only on the engine's thread. */
  void publish() {
    followers.forEach(this::look);
  }

  private void look(Follower follower) {
    long now = engine.now();
    long tooEarlyMs = follower.last == null ? 0 : follower.sentAt + LEAST_GAP_MS - now;
    if (tooEarlyMs > 0) {
      if (!follower.isPostponed) {
        follower.isPostponed = true;
        vertx.setTimer(tooEarlyMs, _ -> engine.execute(() -> look(follower)));
      }
      return;
    }
    follower.isPostponed = false;
    GroupView view = dispatcher.view(follower.group, now);
    boolean isAging = view.ready() > 0 && now - follower.sentAt >= MOST_GAP_MS;
    if (follower.last == null || isAging || !isSame(follower.last, view)) {
      follower.last = view;
      follower.sentAt = now;
      String event = "data: " + GroupsJson.group(view) + "\n\n";
      follower.context.runOnContext(_ -> write(follower, event));
    }
  }

  /** Whether nothing has changed but the clock. */
  private static boolean isSame(GroupView one, GroupView other) {
    return one.ready() == other.ready()
        && one.inFlight() == other.inFlight()
        && one.suspended() == other.suspended()
        && Objects.equals(one.slotsPerWorker(), other.slotsPerWorker())
        && one.workers().equals(other.workers());
  }

  private static void write(Follower follower, String text) {
    if (!follower.response.ended()
        && !follower.response.closed()
        && !follower.response.writeQueueFull()) {
      follower.response.write(text);
    }
  }

  void close() {
    for (Follower follower : followers) {
      follower.context.runOnContext(_ -> {
        if (!follower.response.ended() && !follower.response.closed()) {
          follower.response.end();
        }
      });
    }
  }
}
