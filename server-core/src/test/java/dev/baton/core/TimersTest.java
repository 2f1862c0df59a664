package dev.baton.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TimersTest {

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void whatIsDueIsWhatAPlainMapSays(long seed) {
    var random = new Random(seed);
    var heaps = new Timers[] {new Timers(), new Timers()};
    var timers = new HashMap<String, Timers.Timer>();
    var expected = new HashMap<String, Map.Entry<Integer, Long>>();
    for (int round = 0; round < 5_000; round++) {
      var id = "t" + random.nextInt(300);
      var timer = timers.computeIfAbsent(id, Timers.Timer::new);
      if (random.nextInt(4) == 0) {
        timer.cancel();
        expected.remove(id);
      } else {
        int heap = random.nextInt(2);
        long at = random.nextInt(100);
        timer.set(heaps[heap], at);
        expected.put(id, Map.entry(heap, at));
      }
      for (int heap = 0; heap < 2; heap++) {
        int which = heap;
        var inHeap =
            expected.entrySet().stream()
                .filter(entry -> entry.getValue().getKey() == which)
                .sorted(
                    Comparator.comparingLong((Map.Entry<String, Map.Entry<Integer, Long>> entry) ->
                            entry.getValue().getValue())
                        .thenComparing(Map.Entry::getKey))
                .toList();
        assertThat(heaps[heap].size()).isEqualTo(inHeap.size());
        assertThat(heaps[heap].earliest())
            .isEqualTo(inHeap.isEmpty() ? Long.MAX_VALUE : inHeap.getFirst().getValue().getValue());
        long now = random.nextInt(100);
        int limit = random.nextInt(10) == 0 ? Integer.MAX_VALUE : random.nextInt(20);
        assertThat(heaps[heap].due(now, limit))
            .isEqualTo(
                inHeap.stream()
                    .filter(entry -> entry.getValue().getValue() <= now)
                    .map(Map.Entry::getKey)
                    .limit(limit)
                    .toList());
      }
    }
  }

  @Test
  void aClearedHeapLetsItsTimersGo() {
    var timers = new Timers();
    var timer = new Timers.Timer("a");
    timer.set(timers, 5);
    timers.clear();
    assertThat(timers.due(Long.MAX_VALUE, 1)).isEmpty();
    timer.cancel();
    timer.set(timers, 6);
    assertThat(timers.due(6, 1)).containsExactly("a");
  }
}
