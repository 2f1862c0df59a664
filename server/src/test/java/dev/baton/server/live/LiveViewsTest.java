package dev.baton.server.live;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.baton.server.auth.Access;
import dev.baton.server.auth.Names;
import dev.baton.server.dispatch.Dispatcher.InFlight;
import dev.baton.server.groups.Groups;
import dev.baton.server.record.Event.Kind;
import dev.baton.server.record.Event.State;
import dev.baton.server.record.Ring;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LiveViewsTest {

  private static final long NOW = 1_795_875_600_000L;

  private final Ring ring = new Ring(64);
  private final LiveViews views = new LiveViews(ring, "boot");
  private final Page page = new Page();

  private final LiveViews.Sender sender = to(page::receive);

  /** Shows it to nobody, and says that it has. */
  private final LiveViews.Sender nobody = to(_ -> {});

  private static LiveViews.Sender to(Consumer<byte[]> receiver) {
    return new LiveViews.Sender() {
      @Override
      public boolean isReady(Follower follower) {
        return true;
      }

      @Override
      public boolean send(Follower follower, byte[] message) {
        receiver.accept(message);
        return true;
      }
    };
  }

  @Test
  void aGroupIsShownAsSoonAsTheEngineHasSaidHowItStands() {
    add("group:a");
    assertThat(views.unknown()).containsExactly("a");
    show(standing());
    assertThat(page.snapshots).isZero();

    views.opened("a", List.of(), standing(), sender);
    assertThat(page.snapshots).isOne();
    assertThat(page.groups).containsKey("a");
    show(standing());
    assertThat(page.snapshots).isOne();
  }

  @Test
  void aLookFromBeforeTheSnapshotTakesNothingBack() {
    Groups before = standing();
    happen(Kind.SENT, State.SENT);
    add("group:a");
    views.opened("a", List.of(new InFlight("t", "w", 1, false, NOW)), standing(), sender);
    assertThat(page.tasks).containsKey("t");
    show(before);
    happen(Kind.SETTLED, State.RESOLVED);
    show(standing());
    assertThat(page.tasks).isEmpty();
    assertThat(page.snapshots).isOne();
  }

  @ParameterizedTest
  @ValueSource(strings = {"groups", "group:a", "call:t"})
  void aNewcomerIsShownWhatOthersWereShownLast(String view) {
    views.add(follower(view)); // Somebody else.
    Groups last = standing();
    views.opened("a", List.of(), last, nobody);
    views.show(last, nobody);
    happen(Kind.RETURNED, State.READY);

    Follower newcomer = follower(view);
    views.add(newcomer);
    views.welcome(newcomer, last, sender);
    assertThat(page.snapshots).isOne();
    assertThat(page.events).isEmpty();
    show(standing());
    assertThat(page.events).as("each is told by two pages").hasSize(2);
    assertThat(page.snapshots).isOne();
  }

  @Test
  void whoHasSeenMoreThanOthersIsNotTakenBack() {
    Groups last = standing();
    views.show(last, nobody);
    happen(Kind.RETURNED, State.READY);
    Follower newcomer = follower("groups");
    views.resume(newcomer, "boot-1");
    views.add(newcomer);
    views.welcome(newcomer, last, sender);
    assertThat(page.snapshots).isZero();
    show(standing());
    assertThat(page.snapshots).isOne();
  }

  @Test
  void nobodyIsShownWhatCannotBeGoneOnFrom() {
    Groups last = standing();
    views.show(last, nobody);
    for (int i = 0; i <= ring.size(); i++) {
      happen(Kind.RETURNED, State.READY);
    }
    Follower newcomer = follower("groups");
    views.add(newcomer);
    views.welcome(newcomer, last, sender);
    show(standing());
    assertThat(page.snapshots).isOne();
    assertThat(page.gaps).isEmpty();
  }

  /** Who has said which lanes it sees is told of those, and by a message of its own. */
  @ParameterizedTest
  @CsvSource({"100, all", "2, lanes"})
  void whoLooksAtTheSameIsSentTheSameBytes(int many, String mode) {
    LiveViews crowded = new LiveViews(ring, "boot", many);
    List<Follower> followers =
        List.of(follower("group:a", "0"), follower("group:a", "1"), follower("group:a", "2"));
    followers.forEach(crowded::add);
    Map<String, byte[]> last = new HashMap<>();
    LiveViews.Sender each =
        new LiveViews.Sender() {
          @Override
          public boolean isReady(Follower follower) {
            return true;
          }

          @Override
          public boolean send(Follower follower, byte[] message) {
            last.put(follower.stream, message);
            return true;
          }
        };
    crowded.opened("a", List.of(), standing(), each);
    followers.getLast().see(Set.of("another"));
    for (int i = 0; i < 5; i++) {
      happen(Kind.SENT, State.SENT);
      happen(Kind.SETTLED, State.RESOLVED);
      crowded.show(standing(), each);
    }
    assertThat(new String(requireNonNull(last.get("0")), UTF_8)).contains("\"mode\":\"" + mode);
    assertThat(last.get("1")).isSameAs(last.get("0"));
    assertThat(last.get("2") == last.get("0")).isEqualTo(mode.equals("all"));
  }

  /** All but the ids of the messages is as if the others were not there. */
  @ParameterizedTest
  @ValueSource(strings = {"groups", "group:a", "call:mine.1"})
  void whoSeesSomeIsToldNothingOfHowManyEventsThereAre(String view) {
    List<JsonNode> alone = new ArrayList<>();
    Set<String> ids = new HashSet<>();
    follow(view, 0, (id, data) -> alone.add(data));
    List<JsonNode> among = new ArrayList<>();
    follow(
        view,
        30,
        (id, data) -> {
          among.add(data);
          assertThat(ids.add(id)).as("ids are alike").isTrue();
          assertThat(id).matches("boot-[0-9a-f]{88}");
        });
    assertThat(among).isEqualTo(alone).hasSizeGreaterThan(3);
    SortedMap<Long, Long> versions = new TreeMap<>();
    for (JsonNode data : alone) {
      for (JsonNode event : data.path("events")) {
        long version = event.path("version").longValue();
        assertThat(versions.put(event.path("seq").longValue(), version)).isIn(null, version);
      }
    }
    assertThat(versions.values())
        .as("each has one number")
        .containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L);
    assertThat(alone.getLast().path("seq").longValue()).isEqualTo(versions.lastKey());
  }

  /** Somebody comes, goes on elsewhere, and falls behind, while others have events, too. */
  private void follow(String view, int others, BiConsumer<String, JsonNode> page) {
    Ring events = new Ring(1_000);
    LiveViews shown = new LiveViews(events, "boot");
    LiveViews.Sender to =
        to(message -> {
          String[] lines = new String(message, UTF_8).split("\n");
          lastId = lines[1].substring("id: ".length());
          page.accept(lastId, Page.data(lines[2].substring("data: ".length())));
        });
    Follower first = limited(view);
    shown.add(first);
    AtomicInteger version = new AtomicInteger();
    Runnable look =
        () -> {
          for (int i = 0; i < others; i++) {
            events.record(NOW, Kind.SENT, "theirs." + i, "b", "x", 1, null, State.SENT);
          }
          events.record(
              NOW, Kind.RETURNED, "mine.1", "a", "w", version.incrementAndGet(), null, State.READY);
          for (int i = 0; i < others; i++) {
            events.record(NOW, Kind.RETURNED, "theirs." + i, "b", "x", 1, null, State.READY);
          }
          events.record(
              NOW, Kind.RETURNED, "mine.1", "a", "w", version.incrementAndGet(), null, State.READY);
          shown.show(new Groups(List.of(), NOW, events.next()), to);
        };
    shown.opened("a", List.of(), new Groups(List.of(), NOW, events.next()), to);
    look.run();
    look.run();
    shown.remove(first);
    Follower second = limited(view);
    shown.resume(second, lastId);
    shown.add(second);
    look.run();
    second.fellBehind("slow", second.next());
    look.run();
  }

  private String lastId = "";

  private static Follower limited(String view) {
    return new Follower(
        requireNonNull(View.of(view)),
        new Access.Limited(
            new Names(List.of(), List.of("mine.")), new Names(List.of("a"), List.of())),
        "stream");
  }

  @Test
  void nothingIsAskedForAListOfGroups() {
    add("groups");
    assertThat(views.unknown()).isEmpty();

    show(standing());
    assertThat(page.snapshots).isOne();
  }

  private void add(String view) {
    views.add(follower(view));
  }

  private static Follower follower(String view) {
    return follower(view, "stream");
  }

  private static Follower follower(String view, String stream) {
    return new Follower(
        requireNonNull(View.of(view)), new Access.Viewer(new Access.Unlimited()), stream);
  }

  private Groups standing() {
    return new Groups(List.of(), NOW, ring.next());
  }

  private void show(Groups groups) {
    views.show(groups, sender);
  }

  private void happen(Kind kind, State state) {
    ring.record(NOW, kind, "t", "a", "w", 1, null, state);
  }
}
