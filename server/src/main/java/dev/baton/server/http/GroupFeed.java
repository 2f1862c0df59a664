package dev.baton.server.http;

import dev.baton.server.auth.Grant;
import dev.baton.server.auth.Tenures;
import dev.baton.server.dispatch.GroupSnapshot;
import dev.baton.server.dispatch.GroupView;
import dev.baton.server.groups.GroupBoard;
import dev.baton.server.groups.Groups;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Groups as live streams, of one or of all: an event when a group has changed, at most a few a
 * second, and one every few seconds while tasks wait in it, because their age is part of it. All
 * but the writing happens on the board's thread.
 */
final class GroupFeed {

  private static final long LEAST_GAP_MS = 200;
  private static final long MOST_GAP_MS = 5_000;

  /** What many groups or followers cost is bounded by looking at them less often. */
  private static final long SHARE = 20;

  private static final long LARGEST_GAP_MS = 2_000;
  private static final byte[] DATA = "data: ".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] END = "\n\n".getBytes(StandardCharsets.US_ASCII);
  private static final Buffer KEEP_ALIVE = Buffer.buffer(":\n\n");

  private final Vertx vertx;
  private final GroupBoard board;
  private final GroupTexts texts;
  private final Tenures tenures;
  private final Answers answers;
  private final Duration keepAlive;
  private final long aging;
  private volatile boolean isClosed;
  private final Set<Follower> followers = ConcurrentHashMap.newKeySet();
  private long notBefore;
  private boolean isPostponed;

  private record Sent(GroupSnapshot snapshot, GroupView view) {}

  private static final class Follower {
    /** Null follows all. */
    final @Nullable String group;

    final Grant grant;
    final HttpServerResponse response;
    final Context context;

    /** For the one event that may be on its way beside what the connection holds itself. */
    final Answers.Room room;

    final Map<String, Sent> sent = new HashMap<>();
    boolean hasBegun;
    long agedAt;

    /** Whether it did not read fast enough for something: it is to get everything again. */
    volatile boolean isBehind;

    Follower(
        @Nullable String group,
        Grant grant,
        HttpServerResponse response,
        Context context,
        Answers.Room room) {
      this.room = room;
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
      Vertx vertx,
      GroupBoard board,
      GroupTexts texts,
      Tenures tenures,
      Answers answers,
      Duration keepAlive) {
    this.vertx = vertx;
    this.keepAlive = Duration.ofMillis(Math.min(keepAlive.toMillis(), MOST_GAP_MS));
    this.board = board;
    this.texts = texts;
    this.tenures = tenures;
    this.answers = answers;
    board.follow(this::show, () -> !followers.isEmpty());
    this.aging = vertx.setPeriodic(MOST_GAP_MS, _ -> age());
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
    if (isClosed) {
      request.response().putHeader("retry-after", "1");
      GroupsEndpoint.refuse(request, 503, "The server is stopping");
      return;
    }
    if (!EventStream.begin(request, keepAlive)) {
      return;
    }
    HttpServerResponse response = request.response();
    Follower follower =
        new Follower(group, grant, response, vertx.getOrCreateContext(), answers.roomFor(request));
    long alive = vertx.setPeriodic(keepAlive.toMillis(), _ -> write(follower, KEEP_ALIVE));
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
    board.look(groups -> show(follower, groups));
  }

  /** Groups that wait look older, though nothing has happened. */
  private void age() {
    if (!followers.isEmpty()) {
      board.look(_ -> {});
    }
  }

  /** Shows every follower what is new. */
  private void show(Groups groups) {
    long began = System.nanoTime();
    long early = TimeUnit.NANOSECONDS.toMillis(notBefore - began);
    if (early > 0) {
      if (!isPostponed) {
        isPostponed = true;
        board.later(
            early,
            () -> {
              isPostponed = false;
              show(board.latest());
            });
      }
      return;
    }
    followers.forEach(follower -> show(follower, groups));
    long end = System.nanoTime();
    notBefore =
        end
            + Math.clamp(
                (end - began) * SHARE,
                TimeUnit.MILLISECONDS.toNanos(LEAST_GAP_MS),
                TimeUnit.MILLISECONDS.toNanos(LARGEST_GAP_MS));
  }

  private void show(Follower follower, Groups groups) {
    texts.begin(groups);
    if (follower.isBehind) {
      follower.isBehind = false;
      follower.hasBegun = false;
      follower.sent.clear();
    }
    boolean isFirst = !follower.hasBegun;
    boolean isList = isFirst && follower.group == null;
    follower.hasBegun = true;
    boolean isAging = groups.at() - follower.agedAt >= MOST_GAP_MS;
    follower.agedAt = isAging ? groups.at() : follower.agedAt;
    Buffer news = Buffer.buffer();
    Set<String> forgotten = new HashSet<>(follower.sent.keySet());
    if (follower.group == null) {
      for (GroupSnapshot snapshot : groups.all()) {
        if (!follower.grant.access().reaches(snapshot.group())) {
          continue;
        }
        forgotten.remove(snapshot.group());
        if (isNews(follower, snapshot, groups.at(), isAging) && !isList) {
          append(news, texts.of(snapshot, follower.grant.access()));
        }
      }
    } else {
      GroupSnapshot snapshot = groups.find(follower.group);
      if (snapshot != null) {
        forgotten.clear();
        if (isNews(follower, snapshot, groups.at(), isAging)) {
          append(news, texts.of(snapshot, follower.grant.access()));
        }
      } else if (isFirst) {
        forgotten.add(follower.group);
      }
    }
    for (String group : forgotten) { // Nothing is left of them: zeros.
      follower.sent.remove(group);
      append(news, GroupsJson.group(GroupView.nothing(group)));
    }
    if (isList) {
      append(news, texts.list(follower.grant.access()));
    }
    if (news.length() > 0) {
      follower.context.runOnContext(_ -> follower.isBehind |= !write(follower, news));
    }
  }

  private static boolean isNews(
      Follower follower, GroupSnapshot snapshot, long now, boolean isAging) {
    Sent last = follower.sent.get(snapshot.group());
    boolean isSame = last != null && last.snapshot() == snapshot;
    if (isSame && !(isAging && snapshot.ready() > 0)) {
      return false;
    }
    GroupView view = snapshot.at(now).naming(follower.grant.access()::covers);
    follower.sent.put(snapshot.group(), new Sent(snapshot, view));
    return last == null || isSame || !last.view().isSameAtAnotherTime(view);
  }

  private static void append(Buffer events, byte[] json) {
    events.appendBytes(DATA).appendBytes(json).appendBytes(END);
  }

  /** Whether it was written, or there is nobody any more to write to. On its event loop. */
  private static boolean write(Follower follower, Buffer text) {
    if (follower.response.ended() || follower.response.closed()) {
      return true;
    }
    if (follower.response.writeQueueFull()
        || follower.room.isHeld()
        || !follower.room.tryReserve(text.length(), false)) {
      return false;
    }
    follower.room.releaseWith(follower.response.write(text));
    return true;
  }

  void close() {
    isClosed = true;
    vertx.cancelTimer(aging);
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
