package dev.baton.operator.pods;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.operator.server.GroupAddress;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class WithheldTest {

  private Instant now = Instant.parse("2026-01-01T00:00:00Z");
  private final Withheld withheld =
      new Withheld(
          new Clock() {
            @Override
            public Instant instant() {
              return now;
            }

            @Override
            public ZoneId getZone() {
              throw new UnsupportedOperationException();
            }

            @Override
            public Clock withZone(ZoneId zone) {
              throw new UnsupportedOperationException();
            }
          });
  private final List<PodSignal> out = new ArrayList<>();

  @Test
  void whoStandsByTellsNothing() {
    assertThat(withheld.take(gone("a"))).isTrue();
    assertThat(out).isEmpty();
  }

  @Test
  void whoGetsToLeadTellsWhatIsRecentInOrder() {
    withheld.take(gone("long ago"));
    now = now.plusSeconds(10);
    withheld.take(gone("a"));
    withheld.take(gone("b"));
    now = now.plusSeconds(14);
    withheld.release(out::add);
    assertThat(out).containsExactly(gone("a"), gone("b"));
  }

  @Test
  void whoLeadsKeepsNothingBack() {
    withheld.release(out::add);
    assertThat(withheld.take(gone("a"))).isFalse();
    withheld.release(out::add);
    assertThat(out).isEmpty();
  }

  @Test
  void whatIsKeptIsBounded() {
    for (int i = 0; i < 2_000; i++) {
      withheld.take(gone("p" + i));
    }
    withheld.release(out::add);
    assertThat(out).hasSize(1_000).last().isEqualTo(gone("p1999"));
  }

  private static PodSignal gone(String pod) {
    var address = new GroupAddress("http://baton:8001", "g", null);
    return new PodSignal.Gone(
        new PodWorker("uid", "ns", pod, List.of(), "workers", address),
        "has ended",
        false,
        false,
        null);
  }
}
