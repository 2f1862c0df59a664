package dev.baton.operator.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.operator.plan.Sharing.Peer;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SharingTest {

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          # workers, weight, min, max, weight, min, max, one, other
          10,        3,      0,   100, 1,      0,   100, 8,   2
          8,         3,      0,   100, 1,      0,   100, 6,   2
          1,         3,      0,   100, 1,      0,   100, 1,   0
          0,         3,      0,   100, 1,      0,   100, 0,   0
          10,        1,      0,   3,   1,      0,   100, 3,   7
          10,        9,      0,   100, 1,      4,   100, 6,   4
          10,        1,      0,   3,   1,      0,   4,   3,   4
          1,         1,      2,   9,   1,      2,   9,   2,   2
          """)
  void theWorkIsSplitByWeightAsFarAsLimitsAllow(
      int workers, int w1, int min1, int max1, int w2, int min2, int max2, int one, int other) {
    List<Peer> peers = List.of(new Peer("b", w2, min2, max2), new Peer("a", w1, min1, max1));
    assertThat(Sharing.of(workers, peers, "a")).isEqualTo(one);
    assertThat(Sharing.of(workers, peers, "b")).isEqualTo(other);
  }

  @Test
  void whoIsAloneHasItAll() {
    assertThat(Sharing.of(7, List.of(new Peer("a", 5, 0, 3)), "a")).isEqualTo(7);
    assertThat(Sharing.of(7, List.of(), "a")).isEqualTo(7);
    assertThat(Sharing.of(7, List.of(new Peer("b", 1, 0, 3), new Peer("c", 1, 0, 3)), "a"))
        .as("one that only tells what it would do")
        .isEqualTo(7);
  }

  @Test
  void nothingIsLostAndNobodyIsBeyondItsLimits() {
    Random random = new Random(1);
    for (int round = 0; round < 2000; round++) {
      List<Peer> peers =
          random
              .ints(2 + random.nextInt(4), 1, 9)
              .mapToObj(it ->
                  new Peer(
                      "p" + random.nextInt(1 << 30), it, random.nextInt(4), 4 + random.nextInt(9)))
              .toList();
      int workers = random.nextInt(60);
      int sum = 0;
      for (Peer peer : peers) {
        int share = Sharing.of(workers, peers, peer.uid());
        assertThat(share).isBetween(peer.min(), peer.max());
        sum += share;
      }
      int least = peers.stream().mapToInt(Peer::min).sum();
      int most = peers.stream().mapToInt(Peer::max).sum();
      if (workers > most) {
        assertThat(sum).isEqualTo(most);
      } else if (workers < least) {
        assertThat(sum).isEqualTo(least);
      } else {
        assertThat(sum)
            .as("%d of %s", workers, peers)
            .isGreaterThanOrEqualTo(workers)
            .isLessThanOrEqualTo(workers + least);
      }
    }
  }
}
