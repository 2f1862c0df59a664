package dev.baton.operator.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.operator.api.v1alpha1.ConditionType;
import dev.baton.operator.api.v1alpha1.Reason;
import dev.baton.operator.api.v1alpha1.WorkerGroup;
import dev.baton.operator.api.v1alpha1.WorkerGroupStatus;
import dev.baton.operator.resources.Groups;
import dev.baton.operator.resources.Wiring;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Which groups can be followed without a look for each task. */
class QuietTest {

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  private final WorkerPod marked = APod.named("a").labelled(Wiring.BUSY_LABEL, "true").build();
  private final WorkerPod unmarked = APod.named("b").build();

  @Test
  void tasksOfPodsThatAreMarkedAreFollowed() {
    Quiet quiet = Objects.requireNonNull(quiet(Groups.plain(), List.of()));
    var traces =
        Objects.requireNonNull(
            quiet.follow(
                AGroup.of(List.of(AGroup.worker("a", 1, false), AGroup.worker("b", 0, false))),
                Map.of(),
                NOW));
    assertThat(traces.get(marked.uid())).isEqualTo(new PodTrace(NOW, null));
    assertThat(Objects.requireNonNull(traces.get(unmarked.uid())).idleSince()).isEqualTo(NOW);
  }

  @Test
  void whileItsFirstMarkWaitsForItsTurnItsTasksAreFollowed() {
    Quiet quiet =
        Objects.requireNonNull(
            quiet(
                Groups.plain(),
                List.of(
                    new PodStep.Mark(
                        unmarked, Map.of(), Map.of(), PodStep.Mark.When.BUSY_IN_TURN))));
    assertThat(
            quiet.follow(
                AGroup.of(List.of(AGroup.worker("a", 0, false), AGroup.worker("b", 1, false))),
                Map.of(),
                NOW))
        .isNotNull();
  }

  @Test
  void theFirstTaskOfAPodThatIsNotMarkedTakesALook() {
    Quiet quiet = Objects.requireNonNull(quiet(Groups.plain(), List.of()));
    assertThat(
            quiet.follow(
                AGroup.of(List.of(AGroup.worker("a", 0, false), AGroup.worker("b", 1, false))),
                Map.of(),
                NOW))
        .isNull();
  }

  @Test
  void workersThatComeGoOrDrainTakeALook() {
    Quiet quiet = Objects.requireNonNull(quiet(Groups.plain(), List.of()));
    for (var workers :
        List.of(
            List.of(AGroup.worker("a", 0, false)),
            List.of(AGroup.worker("a", 0, false), AGroup.worker("c", 0, false)),
            List.of(AGroup.worker("a", 0, true), AGroup.worker("b", 0, false)))) {
      assertThat(quiet.follow(AGroup.of(workers), Map.of(), NOW)).isNull();
    }
  }

  @Test
  void whereSomethingIsOnItsWayEveryChangeTakesALook() {
    assertThat(
            quiet(
                Groups.plain(),
                List.of(
                    new PodStep.Mark(
                        unmarked, Map.of(), Map.of(), PodStep.Mark.When.IDLE_IN_TURN))))
        .as("what waits for its turn is woken by it")
        .isNotNull();
    assertThat(
            quiet(
                Groups.plain(),
                List.of(new PodStep.Mark(unmarked, Map.of(), Map.of(), PodStep.Mark.When.AT_ONCE))))
        .isNull();
    WorkerGroup scaled =
        Groups.of(
            """
            autoscaling: {max: 3}
            server: {url: "http://baton:8001"}
            template: {spec: {containers: [{name: worker}]}}
            """);
    assertThat(quiet(scaled, List.of())).as("autoscaling looks at the work").isNull();
  }

  private @Nullable Quiet quiet(WorkerGroup group, List<PodStep> steps) {
    return Quiet.of(
        group,
        AGroup.force(
            List.of(marked, unmarked),
            List.of(AGroup.worker("a", 0, false), AGroup.worker("b", 0, false)),
            NOW),
        steps,
        WorkerGroupStatus.builder()
            .conditions(
                List.of(
                    new ConditionBuilder()
                        .withType(ConditionType.Progressing.name())
                        .withStatus("False")
                        .withReason(Reason.Settled.name())
                        .build()))
            .build());
  }
}
