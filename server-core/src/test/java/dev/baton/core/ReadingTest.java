package dev.baton.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.core.RuleSet.Profile;
import dev.baton.protocol.DebugRequest;
import dev.baton.protocol.PromiseRecord;
import dev.baton.protocol.PromiseRequest;
import dev.baton.protocol.Response;
import dev.baton.protocol.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ReadingTest {

  private static final long MANY = 1L << 40;

  private final MemoryState state = new MemoryState(Profile.RELEASE);
  private final Reader reader = state.reader();

  private void put(String id, String data, String... tags) {
    state.apply(
        new Change.PutPromise(
            null,
            new Promise(
                id,
                Value.ofData(data),
                World.tags(tags),
                Long.MAX_VALUE,
                0,
                PromiseState.Pending.INSTANCE)));
  }

  private static PromiseRequest.Search search(
      @Nullable Map<String, String> tags, long limit, @Nullable String cursor) {
    return new PromiseRequest.Search(null, tags, limit, cursor);
  }

  private static Portion.Bound rows(int most) {
    return new Portion.Bound(most, () -> false);
  }

  private record Found(List<String> ids, @Nullable String cursor, int portions) {}

  private Found look(PromiseRequest.Search search, int rows, long bytes, int patience) {
    var reading = Reading.of(search, RuleSet.DEFAULT, bytes);
    Response answer = null;
    int portions = 0;
    while (answer == null) {
      int now = ++portions;
      answer = reading.step(reader, rows(rows), () -> now >= patience);
    }
    var page = (Response.PromisePage) answer.body();
    return new Found(
        page.promises().stream().map(PromiseRecord::id).toList(), page.cursor(), portions);
  }

  @Test
  void pagesOfAnyLimitAndPortionsOfAnySizeShowEachRowOnce() {
    var wanted = new ArrayList<String>();
    for (int i = 0; i < 40; i++) {
      var id = "p%02d".formatted(i);
      put(id, "x".repeat(i), "third", Integer.toString(i % 3));
      if (i % 3 == 1) {
        wanted.add(id);
      }
    }
    for (int limit : List.of(1, 2, 5, 13, 14, 1000)) {
      for (int rows : List.of(1, 2, 3, 7, 40, 41)) {
        for (int patience : List.of(1, 2, 1000)) {
          for (long bytes : List.of(1L, 700L, MANY)) {
            var seen = new ArrayList<String>();
            String cursor = null;
            do {
              var found = look(search(Map.of("third", "1"), limit, cursor), rows, bytes, patience);
              assertThat(found.ids()).hasSizeLessThanOrEqualTo(limit);
              if (found.cursor() != null && cursor != null) {
                assertThat(found.cursor()).as("it moves").isGreaterThan(cursor);
              }
              seen.addAll(found.ids());
              cursor = found.cursor();
            } while (cursor != null);
            assertThat(seen).isEqualTo(wanted);
          }
        }
      }
    }
  }

  @Test
  void aPageThatHoldsAllHasNoCursor() {
    IntStream.range(0, 4).forEach(i -> put("p" + i, ""));
    assertThat(look(search(null, 4, null), 100, MANY, 1000).cursor()).isNull();
    assertThat(look(search(null, 3, null), 100, MANY, 1000).cursor()).isEqualTo("p2");
    assertThat(look(search(null, 4, null), 4, MANY, 1000).cursor()).isNull();
  }

  @Test
  void aPageEndsBeforeItsBytesAreUsedUp() {
    IntStream.range(0, 5).forEach(i -> put("p" + i, "x".repeat(1_000)));
    var page = look(search(null, 1_000, null), 100, 3_000, 1000);
    assertThat(page).isEqualTo(new Found(List.of("p0", "p1"), "p1", 1));
  }

  @Test
  void aRowThatIsLargerThanAPageIsAPageOfItsOwn() {
    put("a", "small");
    put("b", "x".repeat(10_000));
    put("c", "small");
    assertThat(look(search(null, 10, null), 100, 1_000, 1000).ids()).containsExactly("a");
    assertThat(look(search(null, 10, "a"), 100, 1_000, 1000))
        .isEqualTo(new Found(List.of("b"), "b", 1));
    assertThat(look(search(null, 10, "b"), 100, 1_000, 1000))
        .isEqualTo(new Found(List.of("c"), null, 1));
  }

  @Test
  void whoFindsNothingForLongIsToldWhereToGoOn() {
    IntStream.range(0, 9).forEach(i -> put("p" + i, ""));
    assertThat(look(search(Map.of("no", "where"), 10, null), 2, MANY, 3))
        .isEqualTo(new Found(List.of(), "p5", 3));
    assertThat(look(search(Map.of("no", "where"), 10, "p5"), 2, MANY, 3))
        .isEqualTo(new Found(List.of(), null, 2));
  }

  @Test
  void timeEndsAPortionAfterAFewRowsAtLeast() {
    IntStream.range(0, 200).forEach(i -> put("p%03d".formatted(i), ""));
    var reading = Reading.of(search(null, 1_000, null), RuleSet.DEFAULT, MANY);
    var noTime = new Portion.Bound(1_000, () -> true);
    for (int rows : List.of(64, 128, 192)) {
      assertThat(reading.step(reader, noTime, () -> false)).isNull();
      assertThat(reading.bytes()).isBetween(rows * 200L, rows * 250L);
    }
    assertThat(reading.step(reader, noTime, () -> false)).isNotNull();
  }

  @Test
  void aSnapshotThatWouldBeTooLargeIsRefused() {
    put("p", "x".repeat(1_000));
    var snap = new DebugRequest.Snap();
    var small =
        Reading.of(snap, RuleSet.DEFAULT, 500).step(reader, Portion.Bound.NONE, () -> false);
    assertThat(small)
        .isEqualTo(
            Response.failure(
                400, "debug.snap: the store holds more than server.max_answer_bytes: 500"));
    assertThat(Reading.answer(snap, RuleSet.DEFAULT, reader).isSuccess()).isTrue();
  }

  @Test
  void bytesAreThoseOfTheTextInJson() {
    assertThat(RowSizes.of("plain")).isEqualTo(5);
    assertThat(RowSizes.of("a\"\\\n")).isEqualTo(1 + 2 + 2 + 6);
    assertThat(RowSizes.of("\u00e9\u4e2d\ud83d\ude00")).isEqualTo(2 + 3 + 4);
  }
}
