package dev.baton.operator.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.baton.operator.server.ServerUnavailableException.Kind;
import java.time.Duration;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GroupWatchesIT {

  private static final WatchTimings FAST = timings(Duration.ofSeconds(30));

  private static WatchTimings timings(Duration silence) {
    return new WatchTimings(
        silence, Duration.ofMillis(50), Duration.ofMillis(20), Duration.ofMillis(100));
  }

  private final FakeServer server = new FakeServer();
  private final GroupsApi api = new GroupsApi(_ -> "t", Duration.ofSeconds(5));
  private final Queue<String> changed = new ConcurrentLinkedQueue<>();
  private final GroupWatches<String> watches = new GroupWatches<>(api, FAST, changed::add);

  @AfterEach
  void close() {
    watches.close();
    api.close();
    server.close();
  }

  @Test
  void theFirstLookSaysNothingAndTheNextWhatTheServerSays() {
    assertThat(sighting()).isInstanceOf(Sighting.NotYet.class);
    await().until(() -> sighting() instanceof Sighting.Seen);
    await().untilAsserted(() -> assertThat(changed).containsExactly("k"));
  }

  @Test
  void aChangeIsToldAsItHappensOverOneConnection() {
    awaitReady(0);
    server.show(FakeServer.figures(5, 1, 1, null));
    awaitReady(5);
    server.show(FakeServer.figures(6, 1, 1, null));
    awaitReady(6);
    assertThat(server.lines("GET")).hasSize(1);
  }

  @Test
  void theSameFiguresAgainAreNoChange() {
    awaitReady(0);
    server.show(FakeServer.figures(0, 0, 0, null));
    server.show(FakeServer.figures(1, 0, 0, null));
    awaitReady(1);
    await().untilAsserted(() -> assertThat(changed).hasSize(2));
  }

  @Test
  void aServerThatDoesNotStreamIsAskedAgainAndAgain() {
    server.setStreaming(false);
    awaitReady(0);
    server.show(FakeServer.figures(7, 0, 0, null));
    awaitReady(7);
  }

  @Test
  void aServerThatGoesIsUnseenAndOneThatComesBackIsSeen() {
    awaitReady(0);
    server.stop();
    await()
        .until(() ->
            sighting() instanceof Sighting.Unseen(Kind kind, String _)
                && kind == Kind.NO_CONNECTION);
    server.start();
    awaitReady(0);
  }

  @Test
  void aStreamThatHasDiedWithoutAWordIsRenewed() {
    try (var impatient =
        new GroupWatches<String>(api, timings(Duration.ofMillis(200)), changed::add)) {
      Supplier<Sighting> sighting = () -> impatient.sighting("k", server.group("g"));
      await().until(() -> sighting.get() instanceof Sighting.Seen);
      server.fallSilent();
      await()
          .until(
              () -> server.lines("GET").size() >= 3); // the stream, the question, the next stream
      server.show(FakeServer.figures(4, 0, 0, null));
      await()
          .until(() ->
              sighting.get() instanceof Sighting.Seen(GroupFigures figures)
                  && figures.ready() == 4);
    }
  }

  @Test
  void secretsThatHoldOneTokenShareAStreamAndANewTokenTakesOverWithoutAGap() {
    Map<String, String> secrets = new ConcurrentHashMap<>(Map.of("a", "one", "b", "one"));
    try (var tokened =
            new GroupsApi(key -> secrets.getOrDefault(key.name(), ""), Duration.ofSeconds(5));
        var shared = new GroupWatches<String>(tokened, FAST, changed::add)) {
      Function<String, Sighting> sighting =
          name ->
              shared.sighting(
                  name,
                  new GroupAddress(
                      server.url(), "g", new GroupAddress.SecretKey("ns", name, "token")));
      await().until(() -> sighting.apply("a") instanceof Sighting.Seen);
      assertThat(sighting.apply("b")).isInstanceOf(Sighting.Seen.class);
      assertThat(server.lines("GET /groups")).hasSize(1);
      secrets.put("a", "two");
      await()
          .until(() -> {
            assertThat(sighting.apply("a")).isInstanceOf(Sighting.Seen.class);
            return server.lines("GET /groups").size() == 2;
          });
      assertThat(server.calls().getLast().token()).isEqualTo("Bearer two");
    }
  }

  @Test
  void aTokenThatWasGoodAndIsRefusedIsReadAgainBeforeItCounts() {
    var unhurried =
        new WatchTimings(
            Duration.ofSeconds(30),
            Duration.ofMillis(50),
            Duration.ofMillis(20),
            Duration.ofSeconds(10));
    try (var rotated = new GroupsApi(new ReadBefore("one", "two"), Duration.ofSeconds(5));
        var watched = new GroupWatches<String>(rotated, unhurried, changed::add)) {
      Supplier<Sighting> sighting =
          () ->
              watched.sighting(
                  "k",
                  new GroupAddress(
                      server.url(), "g", new GroupAddress.SecretKey("ns", "s", "token")));
      await().until(() -> sighting.get() instanceof Sighting.Seen);
      changed.clear();
      server.acceptOnly("two");
      await().until(() -> !changed.isEmpty());
      await()
          .pollInterval(Duration.ofMillis(5))
          .until(() -> {
            assertThat(sighting.get()).isInstanceOf(Sighting.Seen.class);
            return "Bearer two".equals(server.calls().getLast().token());
          });
      server.show(FakeServer.figures(3, 0, 0, null));
      await()
          .until(() ->
              sighting.get() instanceof Sighting.Seen(GroupFigures figures)
                  && figures.ready() == 3);
    }
  }

  @Test
  void aTokenThatIsRefusedTwiceIsUnseen() {
    awaitReady(0);
    server.acceptOnly("another");
    await()
        .until(() ->
            sighting() instanceof Sighting.Unseen(Kind kind, String _)
                && kind == Kind.UNAUTHORIZED);
    server.acceptOnly(null);
    awaitReady(0);
  }

  /** A token that was read before it was replaced, and is kept until it is refused. */
  private static final class ReadBefore implements Tokens {
    private final String next;
    private volatile String known;

    ReadBefore(String known, String next) {
      this.known = known;
      this.next = next;
    }

    @Override
    public String read(GroupAddress.SecretKey key) {
      return known;
    }

    @Override
    public void refused() {
      known = next;
    }
  }

  @Test
  void whereOnlyTasksBeginAndEndItIsNoNews() {
    Map<String, Boolean> news = new ConcurrentHashMap<>();
    try (var watched = new GroupWatches<String>(api, FAST, news::put)) {
      server.connect("w", "10.0.0.1", 0);
      await().until(() -> watched.sighting("k", server.group("g")) instanceof Sighting.Seen);
      await().until(() -> Boolean.TRUE.equals(news.get("k")));
      server.connect("w", "10.0.0.1", 1);
      await().until(() -> Boolean.FALSE.equals(news.get("k")));
      server.show(FakeServer.figures(1, 0, 1, null));
      await().until(() -> Boolean.TRUE.equals(news.get("k")));
    }
  }

  @Test
  void whatWasSetIsTakenAndWhatTheStreamHasShownStays() {
    server.connect("w", "10.0.0.1", 0);
    await()
        .until(() ->
            sighting() instanceof Sighting.Seen(GroupFigures figures)
                && figures.workers().size() == 1);
    watches.noteSlots("k", 7);
    assertThat(sighting())
        .isInstanceOfSatisfying(
            Sighting.Seen.class,
            seen -> {
              assertThat(seen.figures().slotsPerWorker()).isEqualTo(7);
              assertThat(seen.figures().workers()).hasSize(1);
            });
  }

  @Test
  void aSilentStreamIsCheckedByAQuestion() {
    try (var impatient =
        new GroupWatches<String>(api, timings(Duration.ofMillis(200)), changed::add)) {
      Supplier<Sighting> sighting = () -> impatient.sighting("k", server.group("g"));
      await().until(() -> sighting.get() instanceof Sighting.Seen);
      await().until(() -> server.lines("GET").size() >= 3);
      assertThat(sighting.get()).isInstanceOf(Sighting.Seen.class);
      server.setStatus(500); // the stream stays open, but the questions fail
      await()
          .until(() ->
              sighting.get() instanceof Sighting.Unseen(Kind kind, String _)
                  && kind == Kind.UNEXPECTED_ANSWER);
    }
  }

  @Test
  void manyGroupsOfAServerShareOneStream() {
    server.knows("h");
    for (int i = 0; i < 20; i++) {
      watches.sighting("h" + i, server.group("h"));
    }
    awaitReady(0);
    server.show(FakeServer.figures(4, 0, 0, null));
    await()
        .until(() ->
            watches.sighting("h7", server.group("h")) instanceof Sighting.Seen(GroupFigures figures)
                && figures.ready() == 4
                && figures.group().equals("h"));
    assertThat(server.lines("GET")).containsExactly("GET /groups");
  }

  @Test
  void aGroupOfWhichTheServerKnowsNothingHasNothing() {
    await()
        .until(
            () -> watches.sighting("n", server.group("nowhere")),
            new Sighting.Seen(GroupFigures.none("nowhere"))::equals);
  }

  @Test
  void theStreamEndsWithTheLastWhoCares() {
    awaitReady(0);
    watches.sighting("second", server.group("g"));
    watches.forget("k");
    server.show(FakeServer.figures(2, 0, 0, null));
    await().until(() -> changed.contains("second"));
    watches.forget("second");
    assertThat(watches.all()).isEmpty();
  }

  @Test
  void aMissingTokenIsUnseen() {
    var tokenless =
        new GroupWatches<String>(
            new GroupsApi(
                key -> {
                  throw new ServerUnavailableException(Kind.TOKEN_MISSING, key + " does not exist");
                },
                Duration.ofSeconds(5)),
            FAST,
            changed::add);
    var address =
        new GroupAddress(server.url(), "g", new GroupAddress.SecretKey("ns", "s", "token"));
    await()
        .until(() ->
            tokenless.sighting("k", address) instanceof Sighting.Unseen(Kind _, String message)
                && message.equals("key token of Secret ns/s does not exist"));
    tokenless.close();
  }

  @Test
  void anotherAddressOfTheSameKeyIsWatchedInstead() {
    awaitReady(0);
    try (FakeServer other = new FakeServer()) {
      other.show(FakeServer.figures(9, 0, 0, null));
      await()
          .until(() ->
              watches.sighting("k", other.group("g")) instanceof Sighting.Seen(GroupFigures figures)
                  && figures.ready() == 9);
    }
  }

  @Test
  void whatIsForgottenIsNotWatchedAnyMore() {
    awaitReady(0);
    await().until(() -> changed.contains("k"));
    watches.forget("k");
    int before = changed.size();
    server.show(FakeServer.figures(3, 0, 0, null));
    watches.sighting("other", server.group("g"));
    await().until(() -> changed.contains("other"));
    assertThat(changed).hasSize(before + 1);
  }

  private Sighting sighting() {
    return watches.sighting("k", server.group("g"));
  }

  private void awaitReady(int ready) {
    await()
        .until(() ->
            sighting() instanceof Sighting.Seen(GroupFigures figures) && figures.ready() == ready);
  }
}
