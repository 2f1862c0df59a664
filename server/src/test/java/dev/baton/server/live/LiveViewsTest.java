package dev.baton.server.live;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.server.auth.Access;
import dev.baton.server.dispatch.Dispatcher.InFlight;
import dev.baton.server.groups.Groups;
import dev.baton.server.record.Event.Kind;
import dev.baton.server.record.Event.State;
import dev.baton.server.record.Ring;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
    newcomer.resume(2);
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
