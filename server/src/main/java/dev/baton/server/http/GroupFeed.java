package dev.baton.server.http;

import static java.util.stream.Collectors.joining;

import dev.baton.server.auth.Grant;
import dev.baton.server.auth.Tenures;
import dev.baton.server.dispatch.Dispatcher;
import dev.baton.server.dispatch.GroupView;
import dev.baton.server.process.Engine;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Groups as live streams, of one or of all: an event when a group has changed, at most a few a
 * second, and one every few seconds while tasks wait in it, because their age is part of it.
 */
final class GroupFeed {

  private static final long LEAST_GAP_MS = 200;
  private static final long MOST_GAP_MS = 5_000;

  /**
   * Large groups are looked at less often: a look, and the writing of what was found, may each take
   * a hundredth of the time.
   */
  private static final long SHARE = 100;

  private static final long LARGEST_GAP_MS = 2_000;
  private static final String KEEP_ALIVE = ":\n\n";

  private final Vertx vertx;
  private final Engine engine;
  private final Dispatcher dispatcher;
  private final Tenures tenures;
  private final Duration keepAlive;
  private final Set<Follower> followers = ConcurrentHashMap.newKeySet();

  private record Sent(GroupView view, long at) {}

  private static final class Follower {
    /** Null follows all. */
    final @Nullable String group;

    final Grant grant;
    final HttpServerResponse response;
    final Context context;
    final Map<String, Sent> sent = new HashMap<>();
    boolean hasBegun;
    long lookedAt;
    long gapMs = LEAST_GAP_MS;
    boolean isPostponed;

    /** How long it took to write what was last found. */
    volatile long writingNanos;

    /** Whether it did not read fast enough for something: it is to get everything again. */
    volatile boolean isBehind;

    Follower(@Nullable String group, Grant grant, HttpServerResponse response, Context context) {
      this.group = group;
      this.grant = grant;
      this.response = response;
      this.context = context;
    }
  }

  /**
   * @param keepAlive the longest silence; a shorter one is kept where it is a matter of seconds
   */
  GroupFeed(
      Vertx vertx, Engine engine, Dispatcher dispatcher, Tenures tenures, Duration keepAlive) {
    this.vertx = vertx;
    this.keepAlive = Duration.ofMillis(Math.min(keepAlive.toMillis(), MOST_GAP_MS));
    this.engine = engine;
    this.dispatcher = dispatcher;
    this.tenures = tenures;
  }

  /** Streams one group. */
  void follow(HttpServerRequest request, String group, Grant grant) {
    begin(request, group, grant);
  }

  /** Streams all groups in reach: first the list of them, then each that has changed. */
  void followAll(HttpServerRequest request, Grant grant) {
    begin(request, null, grant);
  }

  private void begin(HttpServerRequest request, @Nullable String group, Grant grant) {
    if (!EventStream.begin(request, keepAlive)) {
      return;
    }
    HttpServerResponse response = request.response();
    Follower follower = new Follower(group, grant, response, vertx.getOrCreateContext());
    long alive =
        vertx.setPeriodic(
            keepAlive.toMillis(),
            _ -> {
              write(follower, KEEP_ALIVE);
              engine.execute(() -> look(follower));
            });
    Tenures.Tenure tenure =
        tenures.begin(grant, _ -> follower.context.runOnContext(_ -> end(follower)));
    Runnable end =
        () -> {
          vertx.cancelTimer(alive);
          tenure.over();
          followers.remove(follower);
        };
    response.closeHandler(_ -> end.run());
    response.exceptionHandler(_ -> end.run());
    response.endHandler(_ -> end.run());
    followers.add(follower);
    response.write(KEEP_ALIVE); // Sends the head.
    engine.execute(() -> look(follower));
  }

  /** Shows every follower what is new. Only in a step of the engine. */
  void publish() {
    followers.forEach(this::look);
  }

  private void look(Follower follower) {
    long now = engine.now();
    long tooEarlyMs = follower.hasBegun ? follower.lookedAt + follower.gapMs - now : 0;
    if (tooEarlyMs > 0) {
      if (!follower.isPostponed) {
        follower.isPostponed = true;
        vertx.setTimer(tooEarlyMs, _ -> engine.execute(() -> look(follower)));
      }
      return;
    }
    follower.isPostponed = false;
    follower.lookedAt = now;
    if (follower.isBehind) {
      follower.isBehind = false;
      follower.hasBegun = false;
      follower.sent.clear();
    }
    long began = System.nanoTime();
    boolean isList = !follower.hasBegun && follower.group == null;
    List<GroupView> news = news(follower, now);
    follower.hasBegun = true;
    long longerNanos = Math.max(System.nanoTime() - began, follower.writingNanos);
    follower.writingNanos = 0; // One slow writing is no reason to look rarely for ever.
    follower.gapMs = Math.clamp(longerNanos * SHARE / 1_000_000, LEAST_GAP_MS, LARGEST_GAP_MS);
    if (isList || !news.isEmpty()) {
      follower.context.runOnContext(_ -> tell(follower, isList, news));
    }
  }

  private List<GroupView> news(Follower follower, long now) {
    List<GroupView> views =
        follower.group == null
            ? GroupsEndpoint.reached(follower.grant, dispatcher.views(now))
            : List.of(dispatcher.view(follower.group, now));
    List<GroupView> news = new ArrayList<>();
    Set<String> forgotten = new HashSet<>(follower.sent.keySet());
    for (GroupView view : views) {
      forgotten.remove(view.group());
      addIfNews(follower, view, now, news);
    }
    for (String group : forgotten) { // nothing is left of them: zeros
      addIfNews(follower, dispatcher.view(group, now), now, news);
      follower.sent.remove(group);
    }
    return news;
  }

  private static void addIfNews(Follower follower, GroupView view, long now, List<GroupView> news) {
    Sent last = follower.sent.get(view.group());
    boolean isAging = last != null && view.ready() > 0 && now - last.at() >= MOST_GAP_MS;
    if (last == null || isAging || !last.view().isSameAtAnotherTime(view)) {
      follower.sent.put(view.group(), new Sent(view, now));
      news.add(view);
    }
  }

  /**
   * Writes what was found: of large groups that is more work than to find it. On the event loop.
   */
  private static void tell(Follower follower, boolean isList, List<GroupView> news) {
    long began = System.nanoTime();
    String events =
        isList
            ? event(GroupsJson.groups(news))
            : news.stream().map(view -> event(GroupsJson.group(view))).collect(joining());
    if (!write(follower, events)) {
      follower.isBehind = true;
    }
    follower.writingNanos = System.nanoTime() - began;
  }

  private static String event(String json) {
    return "data: " + json + "\n\n";
  }

  /** Whether it was written, or there is nobody any more to write to. */
  private static boolean write(Follower follower, String text) {
    if (follower.response.ended() || follower.response.closed()) {
      return true;
    }
    if (follower.response.writeQueueFull()) {
      return false;
    }
    follower.response.write(text);
    return true;
  }

  void close() {
    for (Follower follower : followers) {
      follower.context.runOnContext(_ -> end(follower));
    }
  }

  /** On the follower's event loop. */
  private static void end(Follower follower) {
    if (!follower.response.ended() && !follower.response.closed()) {
      follower.response.end();
    }
  }
}
