package dev.baton.server.live;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.server.auth.Access;
import dev.baton.server.groups.Groups;
import dev.baton.server.record.Ring;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class LiveViewsTest {

  private static final long NOW = 1_795_875_600_000L;

  private final Ring ring = new Ring(64);
  private final LiveViews views = new LiveViews(ring, "boot");
  private final Page page = new Page();

  @Test
  void aGroupIsAskedForBeforeTheFirstLookAndShownByIt() {
    add("group:a");
    assertThat(views.unknown()).containsExactly("a");

    views.opened("a", List.of(), ring.next());
    show();
    assertThat(page.snapshots).isOne();
    assertThat(page.groups).containsKey("a");
  }

  @Test
  void nothingIsAskedForAListOfGroups() {
    add("groups");
    assertThat(views.unknown()).isEmpty();

    show();
    assertThat(page.snapshots).isOne();
  }

  private void add(String view) {
    views.add(
        new Follower(
            Objects.requireNonNull(View.of(view)),
            new Access.Viewer(new Access.Unlimited()),
            "stream"));
  }

  private void show() {
    views.show(
        new Groups(List.of(), NOW, ring.next()),
        new LiveViews.Sender() {
          @Override
          public boolean isReady(Follower follower) {
            return true;
          }

          @Override
          public boolean send(Follower follower, byte[] message) {
            page.receive(message);
            return true;
          }
        });
  }
}
