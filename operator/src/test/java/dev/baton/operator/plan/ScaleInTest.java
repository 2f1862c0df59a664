package dev.baton.operator.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.operator.plan.WorkerPod.Life;
import dev.baton.operator.resources.Wiring;
import dev.baton.operator.server.ServerUnavailableException.Kind;
import dev.baton.operator.server.Sighting;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Pods are written as {@code name:load} and what is special: {@code d} drained at the server,
 * {@code m} marked as leaving, {@code M} marked longer ago than the drain time, {@code c} the
 * cheapest to delete, {@code s} starting, {@code p} pending, {@code x} not connected.
 */
class ScaleInTest {

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final Duration DRAIN_TIME = Duration.ofSeconds(30);

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      emptyValue = "",
      textBlock =
          """
          # wished, given | pods                                    | to give | leaving | free | handed over
          3 | 3 | a:0 b:0 c:1                                        | 3 | ''      | ''    | ''
          5 | 3 | a:0 b:0 c:1                                        | 5 | ''      | ''    | ''
          # idle first, then the least load, and nobody goes who is not drained
          2 | 6 | a:1 b:0 c:1 d:0 e:3 f:0                            | 6 | b d f a | ''    | ''
          2 | 6 | a:1m b:0m c:1 d:0m e:3 f:0m                        | 6 | b d f a | ''    | ''
          # empty and drained: may go, and goes once it is the cheapest to delete
          2 | 6 | a:1dm b:0dm c:1 d:0dm e:3 f:0dm                    | 6 | b d f a | b d f | ''
          2 | 6 | a:1dm b:0dmc c:1 d:0dmc e:3 f:0dm                  | 4 | b d f a | b d f | ''
          2 | 6 | a:1dm b:0dmc c:1 d:0dmc e:3 f:0dmc                 | 3 | b d f a | b d f | ''
          # the Deployment is lowered, its pods not yet deleted: they stay marked
          2 | 3 | a:1dm b:0dmc c:1 d:0dmc e:3 f:0dmc                 | 3 | b d f a | b d f | ''
          2 | 3 | a:1dm c:1 e:3                                      | 3 | a       | ''    | ''
          # the time is over: what is left is handed over
          2 | 3 | a:1dM c:1 e:3                                      | 3 | a       | a     | ''
          2 | 3 | a:1dMc c:1 e:3                                     | 2 | a       | a     | a
          # load has returned: fewer leave, the busiest of them stay
          4 | 6 | a:1dm b:0dm c:1 d:2dm e:3 f:0dm                    | 6 | b f     | b f   | ''
          6 | 6 | a:1dm b:0dm c:1 d:0dm e:3 f:0dm                    | 6 | ''      | ''    | ''
          # who is chosen stays chosen
          2 | 3 | a:1dm b:0 c:0                                      | 3 | a       | ''    | ''
          # pods that do not run yet are deleted first by a ReplicaSet, whatever their cost
          1 | 3 | a:0 b:0p c:0s                                      | 3 | b c     | ''    | ''
          1 | 3 | a:0 b:0pmx c:0smx                                  | 3 | b c     | b c   | ''
          1 | 3 | a:0 b:0pmxc c:0smxc                                | 1 | b c     | b c   | ''
          # a busy one that is not ready would be deleted in the place of an empty one
          1 | 3 | a:0 b:0dmc c:1dsm                                  | 3 | c b     | ''    | ''
          1 | 3 | a:0 b:0dmc c:1dsMc                                 | 1 | c b     | c b   | c
          # fewer pods than the Deployment asks for, because more could not be made
          2 | 6 | a:1                                                | 2 | ''      | ''    | ''
          2 | 6 | a:1 b:0 c:0dmc                                     | 2 | c       | c     | ''
          0 | 2 | a:0dmc b:1dm                                       | 1 | a b     | a     | ''
          """)
  void theDeploymentFollowsAsWorkersBecomeEmpty(
      int wished,
      int given,
      String pods,
      int toGive,
      String leaving,
      String free,
      String handedOver) {
    ScaleIn step = ScaleIn.of(wished, given, false, force(pods), DRAIN_TIME, NOW);
    assertThat(step.replicas()).isEqualTo(toGive);
    assertThat(names(step.leaving())).isEqualTo(leaving);
    assertThat(names(step.free())).isEqualTo(free);
    assertThat(names(step.handedOver())).isEqualTo(handedOver);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      emptyValue = "",
      textBlock =
          """
          # wished, given | pods                    | to give | cheapest
          # who is idle is the cheapest as it is chosen, before it is drained
          1 | 3 | a:1 b:0 c:0                         | 3 | b c
          1 | 3 | a:1 b:0mc c:0mc                     | 3 | b c
          # nobody goes before all that are the cheapest may
          1 | 3 | a:1 b:0dmc c:0mc                    | 3 | b c
          1 | 3 | a:1 b:0dmc c:0dmc                   | 1 | b c
          # a task came before the drain: it is not the cheapest any more, and then the others go
          1 | 3 | a:1 b:0dmc c:1dmc                   | 3 | b
          1 | 3 | a:1 b:0dmc c:1dm                    | 2 | b
          # of one that is not seen nobody knows
          1 | 2 | a:1 b:0x                            | 2 | ''
          """)
  void whoIsIdleIsTheCheapestToDeleteFromTheBeginning(
      int wished, int given, String pods, int toGive, String cheap) {
    ScaleIn step = ScaleIn.of(wished, given, false, force(pods), DRAIN_TIME, NOW);
    assertThat(step.replicas()).isEqualTo(toGive);
    assertThat(names(step.cheap())).isEqualTo(cheap);
  }

  @Test
  void duringARollNobodyIsChosenAndWhoIsStaysSo() {
    ScaleIn step = ScaleIn.of(1, 3, true, force("a:0 b:0 c:0dmc d:0"), DRAIN_TIME, NOW);
    assertThat(step.replicas()).isEqualTo(3);
    assertThat(names(step.leaving())).isEqualTo("c");
    assertThat(ScaleIn.of(5, 3, true, force("a:0"), DRAIN_TIME, NOW).replicas()).isEqualTo(5);
  }

  @Test
  void withoutADeploymentItIsMadeAsWished() {
    assertThat(ScaleIn.of(4, null, false, Workforce.unknown(), DRAIN_TIME, NOW).replicas())
        .isEqualTo(4);
  }

  @Test
  void asLongAsThePodsAreNotListedItIsOnlyRaised() {
    assertThat(ScaleIn.of(2, 6, false, Workforce.unknown(), DRAIN_TIME, NOW).replicas())
        .isEqualTo(6);
    assertThat(ScaleIn.of(8, 6, false, Workforce.unknown(), DRAIN_TIME, NOW).replicas())
        .isEqualTo(8);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          NO_CONNECTION | b:0mx  | false
          NO_CONNECTION | b:0Mx  | true
          NO_GROUPS_API | b:0mx  | true
          """)
  void whatTheServerDoesNotTellIsWaitedForUnlessItNeverTells(Kind kind, String pod, boolean free) {
    var pods = List.of(APod.named("a").build(), pod(pod));
    Attendance attendance = Attendance.of(new Sighting.Unseen(kind, "why"), pods);
    var force = new Workforce(true, pods, attendance, Map.of(), null);
    ScaleIn step = ScaleIn.of(1, 2, false, force, DRAIN_TIME, NOW);
    assertThat(names(step.leaving())).isEqualTo("b");
    assertThat(step.free()).hasSize(free ? 1 : 0);
  }

  @Test
  void itIsLookedAtAgainWhenTheFirstTimeIsOver() {
    ScaleIn step = ScaleIn.of(1, 3, false, force("a:1 b:1dm c:1dm"), DRAIN_TIME, NOW);
    assertThat(step.nextLook(DRAIN_TIME)).isEqualTo(NOW.minusSeconds(1).plus(DRAIN_TIME));
    assertThat(ScaleIn.none().nextLook(DRAIN_TIME)).isNull();
  }

  private static Workforce force(String pods) {
    return AGroup.force(
        Arrays.stream(pods.split(" ")).map(ScaleInTest::pod).toList(),
        Arrays.stream(pods.split(" "))
            .filter(it -> !it.contains("x"))
            .map(it ->
                AGroup.worker(
                    it.substring(0, 1),
                    Integer.parseInt(it.substring(2, 3)),
                    it.substring(3).contains("d")))
            .toList(),
        NOW);
  }

  private static WorkerPod pod(String text) {
    String special = text.substring(3);
    APod pod = APod.named(text.substring(0, 1)).connected(!special.contains("x"));
    if (special.contains("m")) {
      pod.annotated(Wiring.DRAINING_SINCE, NOW.minusSeconds(1).toString());
    }
    if (special.contains("M")) {
      pod.annotated(Wiring.DRAINING_SINCE, NOW.minus(DRAIN_TIME).toString());
    }
    if (special.contains("c")) {
      pod.annotated(Wiring.DELETION_COST, Wiring.LEAVES_FIRST);
    }
    if (special.contains("s")) {
      pod.life(new Life.Starting(false));
    }
    return special.contains("p") ? pod.life(new Life.Starting(true)).build() : pod.build();
  }

  private static String names(List<WorkerPod> pods) {
    return pods.stream().map(WorkerPod::name).collect(Collectors.joining(" "));
  }
}
