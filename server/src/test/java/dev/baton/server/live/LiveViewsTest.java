package dev.baton.server.live;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.server.auth.Access;
import dev.baton.server.dispatch.Dispatcher.InFlight;
import dev.baton.server.groups.Groups;
import dev.baton.server.record.Event.Kind;
import dev.baton.server.record.Event.State;
import dev.baton.server.record.Ring;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
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
    return new Follower(
        Objects.requireNonNull(View.of(view)), new Access.Viewer(new Access.Unlimited()), "stream");
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
