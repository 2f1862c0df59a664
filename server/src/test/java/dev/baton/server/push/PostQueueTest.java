package dev.baton.server.push;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.server.push.PostQueue.Standing;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PostQueueTest {

  private final PostQueue<String> queue = new PostQueue<>(8, 8);

  private void add(String place, int count) {
    IntStream.range(0, count).forEach(i -> assertThat(queue.add(place, place)).isTrue());
  }

  private List<String> start() {
    List<String> started = new ArrayList<>();
    for (String next = queue.next(); next != null; next = queue.next()) {
      started.add(next);
    }
    return started;
  }

  private void prove(String place) {
    add(place, 1);
    assertThat(start()).containsExactly(place);
    queue.ended(place, Standing.ANSWERS);
  }

  @Test
  void aPlaceThatNeverAnswersLeavesRoomForOthers() {
    prove("well");
    add("silent", 100);
    assertThat(start()).containsExactly("silent");
    add("well", 100);
    assertThat(start()).hasSize(4).containsOnly("well");
    add("new", 1);
    assertThat(start()).containsExactly("new");
  }

  @Test
  void allThatHaveNotAnsweredShareHalf() {
    IntStream.range(0, 10).forEach(i -> add("silent" + i, 10));
    assertThat(start()).hasSize(4).doesNotHaveDuplicates();
    add("new", 1);
    assertThat(start()).as("what is new takes its turn among them").isEmpty();
    queue.ended("silent0", Standing.SILENT);
    assertThat(start()).containsExactly("silent4");
  }

  /** Each post to them takes as long as a request may: what is new would wait for that. */
  @Test
  void whatIsNewDoesNotWaitForWhatIsKnownToBeSilent() {
    PostQueue<String> many = new PostQueue<>(32, 32);
    for (int i = 0; i < 20; i++) {
      many.add("silent" + i, "silent");
      assertThat(many.next()).isEqualTo("silent");
      many.ended("silent" + i, Standing.SILENT);
      for (int posts = 0; posts < 10; posts++) {
        many.add("silent" + i, "silent");
      }
    }
    for (int i = 0; i < 8; i++) {
      assertThat(many.next()).isEqualTo("silent");
    }
    assertThat(many.next()).as("a quarter").isNull();
    for (int i = 0; i < 8; i++) {
      many.add("new" + i, "new");
      assertThat(many.next()).isEqualTo("new");
    }
    many.add("newer", "new");
    assertThat(many.next()).as("half").isNull();
    many.ended("new0", Standing.ANSWERS);
    assertThat(many.next()).isEqualTo("new");
  }

  /** Its process may just have started again. */
  @Test
  void whatCouldNotBeReachedDoesNotWaitForWhatIsSilent() {
    PostQueue<String> many = new PostQueue<>(32, 32);
    many.add("away", "away");
    assertThat(many.next()).isEqualTo("away");
    many.ended("away", Standing.UNPROVEN);
    for (int i = 0; i < 20; i++) {
      many.add("silent" + i, "silent");
      assertThat(many.next()).isEqualTo("silent");
      many.ended("silent" + i, Standing.SILENT);
    }
    for (int i = 0; i < 20; i++) {
      many.add("silent" + i, "silent");
    }
    for (int i = 0; i < 8; i++) {
      assertThat(many.next()).isEqualTo("silent");
    }
    assertThat(many.next()).as("a quarter").isNull();
    many.add("away", "away");
    assertThat(many.next()).isEqualTo("away");
  }

  @Test
  void whatIsNewIsTriedWithOne() {
    PostQueue<String> many = new PostQueue<>(32, 32);
    for (int posts = 0; posts < 10; posts++) {
      many.add("new", "new");
    }
    assertThat(many.next()).isEqualTo("new");
    assertThat(many.next()).isNull();
    many.ended("new", Standing.SILENT);
    assertThat(many.next()).isEqualTo("new");
    assertThat(many.next()).as("it has been tried").isEqualTo("new");
  }

  @Test
  void placesTakeTurns() {
    prove("a");
    prove("b");
    prove("c");
    add("a", 50);
    add("b", 50);
    add("c", 50);
    Map<String, Integer> begun = new TreeMap<>();
    List<String> inFlight = new ArrayList<>(start());
    for (int i = 0; i < 60; i++) {
      String place = inFlight.removeFirst();
      begun.merge(place, 1, Integer::sum);
      queue.ended(place, Standing.ANSWERS);
      inFlight.addAll(start());
    }
    assertThat(begun.values()).allSatisfy(count -> assertThat(count).isBetween(18, 22));
  }

  @Test
  void aPlaceGetsNoMoreThanItsBound() {
    PostQueue<String> bounded = new PostQueue<>(100, 5);
    assertThat(bounded.add("a", "a")).isTrue();
    assertThat(bounded.next()).isEqualTo("a");
    bounded.ended("a", Standing.ANSWERS);
    IntStream.range(0, 50).forEach(_ -> bounded.add("a", "a"));
    assertThat(IntStream.range(0, 50).mapToObj(_ -> bounded.next()).filter(p -> p != null))
        .hasSize(5);
  }

  @Test
  void whoStopsAnsweringIsOnTrialAgain() {
    prove("a");
    add("a", 20);
    assertThat(start()).hasSize(4); // Never more than half.
    queue.ended("a", Standing.SILENT);
    queue.ended("a", Standing.SILENT);
    assertThat(start()).isEmpty();
    queue.ended("a", Standing.SILENT);
    queue.ended("a", Standing.SILENT);
    assertThat(start()).containsExactly("a");
    queue.ended("a", Standing.ANSWERS);
    assertThat(start()).hasSize(4);
  }

  @Test
  void onePlaceCannotFillTheQueue() {
    int taken = 0;
    while (queue.add("flood", "flood")) {
      taken++;
    }
    assertThat(taken).isLessThanOrEqualTo(64 * 8 / 2 + 1);
    assertThat(queue.add("other", "other")).isTrue();
    assertThat(queue.add("other", "other")).isTrue();
  }

  @Test
  void oneAtATimeIsPossible() {
    PostQueue<String> single = new PostQueue<>(1, 64);
    single.add("a", "a");
    single.add("b", "b");
    assertThat(single.next()).isEqualTo("a");
    assertThat(single.next()).isNull();
    single.ended("a", Standing.SILENT);
    assertThat(single.next()).isEqualTo("b");
  }
}
