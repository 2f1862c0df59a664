package dev.baton.server.live;

import dev.baton.core.Task;
import dev.baton.server.auth.Grant;
import dev.baton.server.auth.Tenures;
import dev.baton.server.dispatch.Dispatcher;
import dev.baton.server.dispatch.Dispatcher.InFlight;
import dev.baton.server.groups.GroupBoard;
import dev.baton.server.groups.Groups;
import dev.baton.server.http.Body;
import dev.baton.server.http.EventStream;
import dev.baton.server.http.HttpEdge;
import dev.baton.server.http.Intake;
import dev.baton.server.http.JsonAnswers;
import dev.baton.server.http.Parameters;
import dev.baton.server.http.Path;
import dev.baton.server.memory.Account;
import dev.baton.server.process.Engine;
import dev.baton.server.record.Ring;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** {@code /live}: opens streams, and lets each follow what it looks at. */
public final class LiveEndpoint {

  private static final long MOST_GAP_MS = 5_000;
  private static final int MOST_BODY = 1 << 20;

  /** As long as the board rests at most. */
  private static final long LATELY_NANOS = 2_000_000_000L;

  /** The engine is asked this seldom what the workers of one group do. */
  private static final long ASK_MS = 1_000;

  /**
   * How it is done.
   *
   * @param boot another one after each start
   * @param keepAlive the longest silence; a shorter one is kept where it is a matter of seconds
   * @param most how many streams may be open
   */
  public record Settings(String boot, Duration keepAlive, int most) {}

  private final Vertx vertx;
  private final Engine engine;
  private final Dispatcher dispatcher;
  private final GroupBoard board;
  private final Ring ring;
  private final Tenures tenures;
  private final Account memory;
  private final Intake intake;
  private final Function<String, @Nullable Task> tasks;
  private final Settings settings;
  private final Duration keepAlive;
  private final SecureRandom names = new SecureRandom();
  private final Map<String, LiveStream> streams = new ConcurrentHashMap<>();
  private volatile boolean isClosed;

  // Of the board's thread.
  private final LiveViews views;
  private final Map<Follower, LiveStream> following = new IdentityHashMap<>();
  private final Map<String, Long> askedAt = new HashMap<>();
  private final LiveViews.Sender sender = new Streams();
  private final LiveViews.Sender inTurn = new InTurn();
  private Groups shown = Groups.NONE;
  private long shownAt = System.nanoTime() - LATELY_NANOS;

  /**
   * An endpoint; before the engine starts.
   *
   * @param memory what all streams together hold
   * @param tasks finds a task that is held; asked in a step of the engine
   */
  public LiveEndpoint(
      Vertx vertx,
      Engine engine,
      Dispatcher dispatcher,
      GroupBoard board,
      Ring ring,
      Tenures tenures,
      Account memory,
      Intake intake,
      Function<String, @Nullable Task> tasks,
      Settings settings) {
    this.vertx = vertx;
    this.engine = engine;
    this.dispatcher = dispatcher;
    this.board = board;
    this.ring = ring;
    this.tenures = tenures;
    this.memory = memory;
    this.intake = intake;
    this.tasks = tasks;
    this.settings = settings;
    this.keepAlive = Duration.ofMillis(Math.min(settings.keepAlive().toMillis(), MOST_GAP_MS));
    this.views = new LiveViews(ring, settings.boot());
    board.follow(this::show, () -> !streams.isEmpty());
    vertx.setPeriodic(MOST_GAP_MS, _ -> look());
  }

  /** How many streams are open. */
  public int streamCount() {
    return streams.size();
  }

  /** Handles a path that starts with {@code live}. */
  public void handle(HttpServerRequest request, List<String> path, Grant grant) {
    if (path.size() == 1) {
      if (HttpEdge.allows(request, HttpMethod.GET)
          && Parameters.areKnown(request, "view", "lastEventId")) {
        open(request, grant);
      }
    } else if (path.size() == 2 && streams.get(path.get(1)) instanceof LiveStream stream) {
      if (HttpEdge.allows(request, HttpMethod.POST)) {
        lanes(request, stream, grant);
      }
    } else {
      JsonAnswers.refuse(request, 404, "There is no such stream, or it has ended");
    }
  }

  private void open(HttpServerRequest request, Grant grant) {
    HttpServerResponse response = request.response();
    String asked = Path.parameter(request, "view");
    View view = View.of(asked);
    if (view == null) {
      JsonAnswers.refuse(
          request,
          400,
          "view must be groups, group:NAME or call:ID"
              + (asked == null ? "" : ", not '" + asked + "'"));
    } else if (!view.isOpenTo(grant.access())) {
      JsonAnswers.refuse(request, 403, "Forbidden: the token does not reach this view");
    } else if (isClosed) {
      JsonAnswers.retryLater(response, 503, "The server is stopping");
    } else if (streams.size() >= settings.most()) {
      JsonAnswers.retryLater(
          response, 503, "as many streams are open as console.streams allows: " + settings.most());
    } else {
      begin(request, view, grant);
    }
  }

  private void begin(HttpServerRequest request, View view, Grant grant) {
    HttpServerResponse response = request.response();
    String name = Long.toString(names.nextLong() >>> 1, 36);
    Follower follower = new Follower(view, grant.access(), name);
    resume(follower, request);
    if (!EventStream.begin(request, keepAlive)) {
      return;
    }
    LiveStream stream = new LiveStream(follower, response, vertx.getOrCreateContext(), memory);
    long alive = vertx.setPeriodic(keepAlive.toMillis(), _ -> stream.keepAlive());
    Tenures.Tenure tenure = tenures.begin(grant, _ -> stream.end());
    Runnable end =
        () -> {
          vertx.cancelTimer(alive);
          tenure.over();
          if (streams.remove(name) != null) {
            board.later(0, () -> forget(follower));
          }
        };
    response.closeHandler(_ -> end.run());
    response.exceptionHandler(_ -> end.run());
    response.endHandler(_ -> end.run());
    streams.put(name, stream);
    stream.keepAlive(); // Sends the head.
    board.later(
        0,
        () -> {
          following.put(follower, stream);
          views.add(follower);
          // Nobody waits for the board's rest: what was shown lately does, or what the engine says.
          if (System.nanoTime() - shownAt < LATELY_NANOS) {
            views.welcome(follower, shown, sender);
          }
          askOfUnknown(board.latest().at());
          look();
        });
  }

  /** Where the stream before this one ended. */
  private void resume(Follower follower, HttpServerRequest request) {
    String header = request.getHeader("last-event-id");
    String last = header == null ? Path.parameter(request, "lastEventId") : header;
    if (last != null && !last.isEmpty()) {
      views.resume(follower, last);
    }
  }

  private void forget(Follower follower) {
    following.remove(follower);
    views.remove(follower);
  }

  private void look() {
    if (!streams.isEmpty()) {
      board.look(_ -> {});
    }
  }

  // On the board's thread.

  private class Streams implements LiveViews.Sender {
    @Override
    public boolean isReady(Follower follower) {
      return following.get(follower) instanceof LiveStream stream && stream.isReady();
    }

    @Override
    public boolean send(Follower follower, byte[] message) {
      return following.get(follower) instanceof LiveStream stream && stream.send(message);
    }
  }

  /** One after the other, where many are sent something at once. */
  private final class InTurn extends Streams {
    @Override
    public boolean send(Follower follower, byte[] message) {
      boolean isSent = super.send(follower, message);
      board.pauseAmong(following.size());
      return isSent;
    }
  }

  private void show(Groups groups) {
    views.show(groups, inTurn);
    shown = groups;
    shownAt = System.nanoTime();
    askOfUnknown(groups.at());
    askedAt.values().removeIf(at -> Math.abs(groups.at() - at) > ASK_MS);
  }

  private void askOfUnknown(long now) {
    views.unknown().forEach(group -> ask(group, now));
  }

  /** Asks the engine how a group stands, and what its workers do. */
  private void ask(String group, long now) {
    if (askedAt.putIfAbsent(group, now) != null) {
      board.later(ASK_MS, this::look);
      return;
    }
    engine.execute(() -> {
      List<InFlight> inFlight = dispatcher.inFlight(group, tasks);
      Groups standing = new Groups(List.of(dispatcher.snapshot(group)), engine.now(), ring.next());
      board.later(0, () -> views.opened(group, inFlight, standing, sender));
    });
  }

  // Lanes.

  private void lanes(HttpServerRequest request, LiveStream stream, Grant grant) {
    if (!stream.follower.view.isOpenTo(grant.access())) {
      JsonAnswers.refuse(request, 403, "Forbidden: the token does not reach this view");
      return;
    }
    Body.read(
        request,
        intake,
        MOST_BODY,
        body -> lanes(request, stream, body),
        () -> JsonAnswers.refuse(request, 413, "the body is larger than " + MOST_BODY + " bytes"));
  }

  private void lanes(HttpServerRequest request, LiveStream stream, byte[] body) {
    Set<String> lanes = Lanes.read(body);
    if (lanes == null) {
      JsonAnswers.refuse(
          request,
          400,
          "the body must be an object with lanes: an array of " + Lanes.MOST + " pids at most");
      return;
    }
    board.later(
        0,
        () -> {
          stream.follower.see(lanes);
          look();
        });
    JsonAnswers.write(request.response(), 200, Buffer.buffer("{\"lanes\":" + lanes.size() + "}"));
  }

  /** Ends the streams, and opens none. */
  public void close() {
    isClosed = true;
    streams.values().forEach(LiveStream::end);
  }
}
