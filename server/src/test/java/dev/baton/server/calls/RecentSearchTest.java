package dev.baton.server.calls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.core.MemoryState;
import dev.baton.core.Reader;
import dev.baton.core.RuleSet.Profile;
import dev.baton.server.record.Event.Kind;
import dev.baton.server.record.Event.State;
import dev.baton.server.record.Ring;
import dev.baton.server.record.SealedPlaces;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecentSearchTest {

  /** A page that ends, empty, because much was looked at would say how much there is of others. */
  @ParameterizedTest
  @ValueSource(ints = {0, 4_000, 20_000})
  void aPageEndsWhereItWouldWithoutTheEventsOfOthers(int others) {
    Ring ring = new Ring(30_000);
    for (int i = 0; i < others; i++) {
      ring.record(i, Kind.SETTLED, "theirs." + i, null, null, 0, null, State.RESOLVED);
    }
    Reader nothing = new MemoryState(Profile.RELEASE).reader();
    List<Found> pages = new ArrayList<>();
    RecentSearch search =
        new RecentSearch(
            ring,
            new SealedPlaces(),
            new Wanted(true, null, null, null, "mine.", 0, 50, null),
            1 << 20,
            pages::add,
            (status, text) -> {
              throw new AssertionError(text);
            });
    while (search.step(nothing)) {}
    assertThat(pages).containsExactly(Found.NOTHING);
  }
}
