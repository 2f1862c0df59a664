package dev.baton.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.operator.plan.WorkerPod;
import dev.baton.operator.resources.Wiring;
import dev.baton.operator.server.GroupAddress;
import dev.baton.operator.server.GroupFigures;
import dev.baton.operator.server.Sighting;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MemoryTest {

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final String MARK = "baton.dev/mark";
  private static final String SINCE = NOW.toString();

  private final Memory memory = new Memory();

  @Test
  void aPodIsAsItWasWrittenThoughTheCacheIsBehind() {
    Pod before = pod("1", Map.of());
    memory.rememberPod("1", pod("2", Map.of(Wiring.DRAINING_SINCE, SINCE)));
    assertThat(annotations(before)).containsEntry(Wiring.DRAINING_SINCE, SINCE);
    assertThat(annotations(pod("3", Map.of()))).isEmpty();
    assertThat(annotations(before)).as("what the cache has shown once is not gone back").isEmpty();
  }

  @Test
  void aPodThatWasWrittenTwiceIsAsItWasWrittenLast() {
    memory.rememberPod("1", pod("2", Map.of(MARK, "1")));
    memory.rememberPod("2", pod("3", Map.of(MARK, "2")));
    assertThat(annotations(pod("1", Map.of()))).containsEntry(MARK, "2");
    assertThat(annotations(pod("2", Map.of(MARK, "1")))).containsEntry(MARK, "2");
    assertThat(annotations(pod("3", Map.of(MARK, "2")))).containsEntry(MARK, "2");
  }

  @Test
  void theDeletionCostCountsWhenTheWatchShowsIt() {
    memory.rememberPod(
        "1", pod("2", Map.of(Wiring.DRAINING_SINCE, SINCE, Wiring.DELETION_COST, "-1000")));
    Pod behind = pod("1", Map.of(Wiring.DELETION_COST, "1000"));
    assertThat(annotations(behind))
        .containsEntry(Wiring.DRAINING_SINCE, SINCE)
        .containsEntry(Wiring.DELETION_COST, "1000");
  }

  @Test
  void aBudgetIsThereThoughTheCacheIsBehind() {
    PodDisruptionBudget made = new PodDisruptionBudget();
    PodDisruptionBudget shown = new PodDisruptionBudget();
    assertThat(memory.budget(null, NOW)).isNull();
    memory.rememberBudget(made, NOW);
    assertThat(memory.budget(null, NOW.plusSeconds(5))).isSameAs(made);
    assertThat(memory.budget(null, NOW.plusSeconds(6))).as("somebody has deleted it").isNull();
    memory.rememberBudget(made, NOW);
    assertThat(memory.budget(shown, NOW.plusSeconds(1))).isSameAs(shown);
    assertThat(memory.budget(null, NOW.plusSeconds(2))).as("deleted after it was shown").isNull();
  }

  @Test
  void nodesAreSuspectedOnlyWhereAServerThatAnswersHasLostAWorkerForAMoment() {
    Pod pod = running();
    Sighting nobody =
        new Sighting.Seen(new GroupFigures("g", 1, 0, 0, 0, 0, 0, null, List.of(), List.of()));
    look(pod, nobody, NOW);
    assertThat(memory.nodesOfLost(List.of(pod), NOW.plusSeconds(2))).isEmpty();
    assertThat(memory.nodesOfLost(List.of(pod), NOW.plusSeconds(3))).containsExactly("node-1");
    look(pod, new Sighting.NotYet(), NOW.plusSeconds(4));
    assertThat(memory.nodesOfLost(List.of(pod), NOW.plusSeconds(60)))
        .as("the server does not answer")
        .isEmpty();
    look(pod, nobody, NOW);
    pod.getStatus().setPhase("Pending");
    assertThat(memory.nodesOfLost(List.of(pod), NOW.plusSeconds(60)))
        .as("it has not started yet")
        .isEmpty();
  }

  @Test
  void slotsOfAServerThatWasLeftAreToBeTakenBackWhenNoPodServesThere() {
    GroupAddress before = new GroupAddress("http://old:8001", "g", null);
    GroupAddress after = new GroupAddress("http://new:8001", "g", null);
    memory.noteServer(before, null);
    memory.noteServer(before, 3);
    Pod old =
        pod("1", Map.of(Wiring.SERVER_ANNOTATION, before.server(), Wiring.GROUP_ANNOTATION, "g"));
    assertThat(memory.takeLeftSlots(List.of())).as("it is served").isEmpty();
    memory.noteServer(after, 3);
    memory.noteServer(after, null);
    assertThat(memory.takeLeftSlots(List.of(old))).as("a pod works on").isEmpty();
    assertThat(memory.takeLeftSlots(List.of())).isEqualTo(Map.of(before, 3));
    assertThat(memory.takeLeftSlots(List.of())).as("once").isEmpty();

    memory.noteServer(before, 3);
    assertThat(memory.takeLeftSlots(List.of())).isEqualTo(Map.of(after, 3));
    memory.noteServer(after, 3);
    memory.noteServer(before, null);
    assertThat(memory.takeLeftSlots(List.of())).as("it is served again").isEmpty();
  }

  @Test
  void aServerAtWhichNothingWasSetOwesNothing() {
    memory.noteServer(new GroupAddress("http://old:8001", "g", null), null);
    memory.noteServer(new GroupAddress("http://new:8001", "g", null), null);
    assertThat(memory.takeLeftSlots(List.of())).isEmpty();
  }

  private void look(Pod pod, Sighting server, Instant now) {
    memory.workforce(List.of(pod), null, server, Map.of(), null, now);
  }

  private static Pod running() {
    return new PodBuilder(pod("1", Map.of()))
        .editSpec()
        .withNodeName("node-1")
        .endSpec()
        .withNewStatus()
        .withPhase("Running")
        .endStatus()
        .build();
  }

  private Map<String, String> annotations(Pod cached) {
    return memory
        .workforce(List.of(cached), null, new Sighting.NotYet(), Map.of(), null, NOW)
        .pods()
        .stream()
        .map(WorkerPod::marks)
        .map(WorkerPod.Marks::annotations)
        .findFirst()
        .orElseThrow();
  }

  private static Pod pod(String version, Map<String, String> annotations) {
    return new PodBuilder()
        .withNewMetadata()
        .withName("a")
        .withUid("u")
        .withResourceVersion(version)
        .withAnnotations(annotations)
        .endMetadata()
        .withNewSpec()
        .endSpec()
        .build();
  }
}
