package dev.baton.operator.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.operator.api.v1alpha1.RolloutStatus;
import dev.baton.operator.api.v1alpha1.WorkerGroup;
import dev.baton.operator.resources.Groups;
import dev.baton.operator.rollout.Facts.GateResult;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Operators that are killed after each single write of a scale-in and of a rollout: whoever comes
 * next ends it as if nothing had been, and nobody's work is cut off.
 */
class KilledOperatorTest {

  /** When the story begins, which is not told before all pods are there. */
  private static final int BEGINS = 10;

  private static final int SECONDS = 50;

  /** What is played and what must hold. */
  private interface Story {

    WorkerGroup group();

    /** What others do at this second. */
    void at(int second, PlayedCluster cluster);

    /** How the gate's calls end. */
    default GateResult answer() {
      return new GateResult.Passed();
    }

    /** What must hold at each second. */
    default void always(PlayedCluster cluster) {}

    /** What must hold in the end. */
    void end(PlayedCluster cluster);
  }

  @Test
  void aScaleInEndsTheSameAfterWhicheverWriteTheOperatorIsKilled() {
    play(new ScaleInStory());
  }

  @Test
  void oneWhoseDrainTimeEndsToo() {
    play(new DrainTimeStory());
  }

  @Test
  void oneThatIsTakenBackToo() {
    play(new TakenBackStory());
  }

  @Test
  void aRolloutEndsTheSameAfterWhicheverWriteTheOperatorIsKilled() {
    play(new RolloutStory(new GateResult.Passed(), "Settled", "v2"));
  }

  @Test
  void oneThatGoesBackToo() {
    play(new RolloutStory(new GateResult.Failed("no"), "RolledBack", "v1"));
  }

  @Test
  void anIdlePodThatLeavesIsWrittenOnce() {
    PlayedCluster cluster = new PlayedCluster(group(4, ""));
    for (int second = 0; second < SECONDS; second++) {
      if (second == BEGINS) {
        scale(cluster, 1);
      }
      cluster.step(Map.of());
    }
    assertThat(cluster.pods()).hasSize(1);
    assertThat(cluster.marks()).as("of three pods").isEqualTo(3);
  }

  private static void play(Story story) {
    int writes = play(story, cluster -> {}).writes();
    assertThat(writes).isGreaterThan(10);
    for (int kill = 1; kill <= writes; kill++) {
      int after = kill;
      play(story, cluster -> cluster.killAfter(after));
    }
    for (int each : List.of(5, 7, 11)) {
      play(story, cluster -> cluster.killEach(each));
    }
  }

  private static PlayedCluster play(Story story, Consumer<PlayedCluster> kill) {
    PlayedCluster cluster = new PlayedCluster(story.group());
    kill.accept(cluster);
    Map<String, GateResult> answers = new HashMap<>();
    for (int second = 0;
        second < SECONDS || (cluster.isKilledOften() && second < 2 * SECONDS);
        second++) {
      if (second == BEGINS) {
        cluster.countWrites();
      }
      story.at(second, cluster);
      cluster.step(answers);
      cluster.calls.forEach(it -> answers.put(it.id(), story.answer()));
      story.always(cluster);
    }
    assertThat(cluster.lost).as("work that was cut off").isEmpty();
    story.end(cluster);
    return cluster;
  }

  private static Set<String> names(PlayedCluster cluster) {
    return cluster.pods().stream()
        .map(it -> it.getMetadata().getName())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static void scale(PlayedCluster cluster, int replicas) {
    if (!Integer.valueOf(replicas).equals(cluster.group.getSpec().replicas())) {
      cluster.group.setSpec(group(replicas, "").getSpec());
      cluster.group.getMetadata().setGeneration(cluster.group.getMetadata().getGeneration() + 1);
    }
  }

  private static WorkerGroup group(int replicas, String more) {
    return Groups.of(
        """
        replicas: %d
        drainTimeout: 20s
        %s
        server: {url: "http://baton:8001"}
        template: {spec: {containers: [{name: worker, image: v1}]}}
        """
            .formatted(replicas, more));
  }

  /** Four become two; three of them have work for a while. */
  private static class ScaleInStory implements Story {

    @Override
    public WorkerGroup group() {
      return KilledOperatorTest.group(4, "");
    }

    @Override
    public void at(int second, PlayedCluster cluster) {
      if (second == BEGINS) {
        List.of("workers-1", "workers-2", "workers-3").forEach(it -> cluster.load.put(it, 1));
        scale(cluster, 2);
      } else if (second == 20) {
        cluster.load.clear();
      }
    }

    @Override
    public void end(PlayedCluster cluster) {
      assertThat(cluster.pods()).hasSize(2);
      assertThat(cluster.ready("v1")).isEqualTo(2);
      assertThat(cluster.draining())
          .as("who stays gets work")
          .doesNotContainAnyElementsOf(names(cluster));
    }
  }

  /** One never becomes empty: what it holds is handed over first. */
  private static final class DrainTimeStory extends ScaleInStory {

    @Override
    public void at(int second, PlayedCluster cluster) {
      if (second == BEGINS) {
        for (int i = 1; i <= 4; i++) {
          cluster.load.put("workers-" + i, 1);
        }
        scale(cluster, 2);
      }
    }
  }

  /** Before they have left, they are wished for again. */
  private static final class TakenBackStory implements Story {

    @Override
    public WorkerGroup group() {
      return KilledOperatorTest.group(4, "");
    }

    @Override
    public void at(int second, PlayedCluster cluster) {
      if (second == BEGINS) {
        for (int i = 1; i <= 4; i++) {
          cluster.load.put("workers-" + i, 1);
        }
        scale(cluster, 1);
      } else if (second == 18) {
        scale(cluster, 4);
      }
    }

    @Override
    public void end(PlayedCluster cluster) {
      assertThat(names(cluster))
          .containsExactly("workers-1", "workers-2", "workers-3", "workers-4");
      assertThat(cluster.load).as("nothing was handed over").hasSize(4);
      assertThat(cluster.draining()).isEmpty();
    }
  }

  /** A template that passes its gate, or does not. */
  private record RolloutStory(GateResult answer, String phase, String image) implements Story {

    @Override
    public WorkerGroup group() {
      return KilledOperatorTest.group(
          4,
          "rollout: {steps: [{percent: 25, pause: 3s}, {percent: 50}], gate: {function: check}}");
    }

    @Override
    public void at(int second, PlayedCluster cluster) {
      if (second == BEGINS
          && PlayedCluster.nameOf(cluster.group.getSpec().template()).equals("v1")) {
        cluster.write(
            Groups.of(
                    """
                    server: {url: "http://baton:8001"}
                    template: {spec: {containers: [{name: worker, image: v2}]}}
                    """)
                .getSpec()
                .template());
        cluster.load.put("workers-1", 1);
      } else if (second == 30) {
        cluster.load.clear();
      }
    }

    @Override
    public void always(PlayedCluster cluster) {
      if (cluster.templates.containsKey("v2")) {
        assertThat(cluster.ready("v1") + cluster.ready("v2")).isGreaterThanOrEqualTo(4);
      }
    }

    @Override
    public void end(PlayedCluster cluster) {
      RolloutStatus rollout = cluster.status().rollout();
      assertThat(phaseOf(rollout)).isEqualTo(phase);
      assertThat(cluster.ready(image)).isEqualTo(4);
      assertThat(cluster.pods()).hasSize(4);
      assertThat(cluster.hasNext()).isFalse();
      assertThat(cluster.calls.stream().map(Plan.Gate::id).distinct())
          .as("one call for each step")
          .hasSize(phase.equals("Settled") ? 2 : 1);
    }

    private static @Nullable String phaseOf(@Nullable RolloutStatus rollout) {
      return rollout == null ? null : rollout.phase();
    }
  }
}
