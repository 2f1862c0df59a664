package dev.baton.operator.pods;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.baton.operator.SteppedClock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class NodeLeasesTest {

  private final SteppedClock clock = new SteppedClock();
  private final Map<String, @Nullable String> renewed = new HashMap<>();
  private final Deque<Runnable> waiting = new ArrayDeque<>();
  private int reads;
  private final NodeLeases leases =
      new NodeLeases(
          node -> {
            reads++;
            return renewed.get(node);
          },
          waiting::add,
          clock);
  private int changes;

  NodeLeasesTest() {
    leases.onChange(() -> changes++);
  }

  @Test
  void aNodeWhoseLeaseStandsStillIsSilentHoweverItsClockGoes() {
    renewed.put("dead", "1999-01-01T00:00:00Z");
    renewed.put("alive", "2099-01-01T00:00:00Z");
    assertThat(silent()).isEmpty();
    for (int i = 0; i < 4; i++) {
      clock.step(NodeLeases.EVERY);
      renewed.put("alive", "2099-01-01T00:00:0" + (i + 1) + "Z");
      assertThat(silent()).isEqualTo(i < 3 ? Set.of() : Set.of("dead"));
    }
    renewed.put("dead", "1999-01-01T00:00:01Z");
    clock.step(NodeLeases.EVERY);
    assertThat(silent()).as("it is heard again").isEmpty();
    assertThat(changes).as("it fell silent and was heard again").isEqualTo(2);
  }

  @Test
  void anApiServerThatDoesNotAnswerHoldsUpNobody() {
    renewed.put("dead", "1");
    silent();
    for (int i = 0; i < 4; i++) {
      clock.step(NodeLeases.EVERY);
      silent();
    }
    int before = reads;
    clock.step(NodeLeases.EVERY);
    for (int i = 0; i < 3; i++) {
      assertThat(leases.silent(List.of("dead", "alive"))).as("the last answer").contains("dead");
      clock.step(NodeLeases.EVERY);
    }
    assertThat(reads).as("nothing is read by who asks").isEqualTo(before);
    assertThat(waiting).as("nor is a second read begun").hasSize(2);
    clock.step(Duration.ofMinutes(1));
    assertThat(leases.silent(List.of("dead"))).as("an old answer is none").isEmpty();
  }

  @Test
  void aLeaseThatWasNotReadForLongIsNotTakenToHaveStoodStill() {
    renewed.put("dead", "1");
    silent();
    clock.step(NodeLeases.SILENCE);
    assertThat(leases.silent(List.of("dead"))).as("it was read once").isEmpty();
    answer();
    assertThat(leases.silent(List.of("dead"))).as("twice, and had not moved").contains("dead");
  }

  @Test
  void aFirstReadThatTakesItsTimeCostsNoFurtherLook() {
    renewed.put("dead", "1");
    leases.silent(List.of("dead"));
    clock.step(Duration.ofMillis(50));
    answer();
    clock.step(NodeLeases.EVERY.minusMillis(50));
    for (int i = 0; i < 4; i++) {
      leases.silent(List.of("dead"));
      answer();
      clock.step(NodeLeases.EVERY);
    }
    assertThat(leases.silent(List.of("dead"))).containsExactly("dead");
  }

  @Test
  void aReaderThatFailsIsAskedAgain() {
    RuntimeException failure = new IllegalStateException("of the test");
    NodeLeases failing =
        new NodeLeases(
            _ -> {
              throw failure;
            },
            waiting::add,
            clock);
    failing.silent(List.of("node"));
    assertThatThrownBy(waiting.remove()::run).isSameAs(failure);
    clock.step(NodeLeases.EVERY);
    failing.silent(List.of("node"));
    assertThat(waiting).hasSize(1);
  }

  @Test
  void aLeaseIsReadNowAndThenHoweverOftenItIsAskedFor() {
    renewed.put("dead", "1");
    renewed.put("alive", "1");
    silent();
    silent();
    assertThat(reads).isEqualTo(2);
  }

  @Test
  void ofManyNodesNotAllAreReadAtOnce() {
    List<String> many = IntStream.range(0, 1000).mapToObj(it -> "node-" + it).toList();
    many.forEach(it -> renewed.put(it, "1"));
    leases.silent(many);
    answer();
    assertThat(reads).isEqualTo(NodeLeases.READS_PER_SECOND);
    clock.step(Duration.ofSeconds(1));
    leases.silent(many);
    answer();
    assertThat(reads).isEqualTo(2 * NodeLeases.READS_PER_SECOND);
  }

  @Test
  void whatCannotBeReadSaysNothing() {
    for (int i = 0; i < 10; i++) {
      assertThat(silent()).isEmpty();
      clock.step(NodeLeases.EVERY);
    }
  }

  @Test
  void aLeaseThatWasDeletedSaysNothing() {
    renewed.put("dead", "1");
    for (int i = 0; i < 6; i++) {
      silent();
      clock.step(NodeLeases.EVERY);
    }
    assertThat(silent()).containsExactly("dead");
    renewed.remove("dead");
    clock.step(NodeLeases.EVERY);
    assertThat(silent()).isEmpty();
  }

  @Test
  void whatWasSeenLongAgoDoesNotCount() {
    renewed.put("dead", "1");
    silent();
    clock.step(Duration.ofHours(1));
    assertThat(silent()).as("nobody has looked in between").isEmpty();
  }

  /** What is known when the reads that it begins have been answered. */
  private Set<String> silent() {
    leases.silent(List.of("dead", "alive"));
    answer();
    return leases.silent(List.of("dead", "alive"));
  }

  private void answer() {
    while (!waiting.isEmpty()) {
      waiting.remove().run();
    }
  }
}
