package dev.baton.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.operator.api.v1alpha1.WorkerGroup;
import dev.baton.operator.api.v1alpha1.WorkerGroupStatus;
import dev.baton.operator.resources.Groups;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class WrittenStatusTest {

  private final Memory memory = new Memory();

  @Test
  void aCacheThatShowsWhatWasWrittenOverIsNotBelieved() {
    write("1", "2", 3);
    assertThat(memory.status(cached("1", 0)).desiredReplicas()).isEqualTo(3);
    assertThat(memory.status(cached("2", 3)).desiredReplicas()).isEqualTo(3);
  }

  @Test
  void aCacheThatComesByTheWritesInBetweenIsNotBelieved() {
    write("1", "2", 3);
    write("1", "3", 4); // the cache still shows the first
    assertThat(memory.status(cached("1", 0)).desiredReplicas()).isEqualTo(4);
    assertThat(memory.status(cached("2", 3)).desiredReplicas()).isEqualTo(4);
    assertThat(memory.status(cached("3", 4)).desiredReplicas()).isEqualTo(4);
  }

  @Test
  void whatSomebodyElseWroteAfterwardsIsBelieved() {
    write("1", "2", 3);
    assertThat(memory.status(cached("5", 9)).desiredReplicas()).isEqualTo(9);
  }

  @Test
  void aWriteThatChangedNothingLeavesTheCacheInTheRight() {
    write("1", "1", 3);
    assertThat(memory.status(cached("1", 7)).desiredReplicas()).isEqualTo(7);
  }

  private void write(String over, String as, int desired) {
    memory.rememberStatus(cached(over, 0), cached(as, desired), status(desired), Instant.EPOCH);
  }

  private static WorkerGroup cached(String version, int desired) {
    WorkerGroup group = Groups.plain();
    group.getMetadata().setResourceVersion(version);
    group.setStatus(status(desired));
    return group;
  }

  private static WorkerGroupStatus status(int desired) {
    return WorkerGroupStatus.builder().observedGeneration(1L).desiredReplicas(desired).build();
  }
}
