package dev.baton.operator.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.operator.plan.PodPlan.Circumstances;
import dev.baton.operator.plan.WorkerPod.Life;
import dev.baton.operator.resources.Wiring;
import dev.baton.operator.server.GroupAddress;
import dev.baton.operator.server.GroupFigures.Worker;
import dev.baton.operator.server.ServerUnavailableException.Kind;
import dev.baton.operator.server.Sighting;
import dev.baton.operator.server.Signal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PodPlanTest {

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final Duration DRAIN_TIME = Duration.ofSeconds(30);
  private static final Circumstances USUAL = new Circumstances(DRAIN_TIME, true, false, Set.of());
  private static final ScaleIn NOBODY_LEAVES = ScaleIn.none();
  private static final Circumstances ROLLING = new Circumstances(DRAIN_TIME, true, true, Set.of());
  private static final String ALL_OF_BUSY =
      "mark soon baton.dev/busy=true"
          + " cluster-autoscaler.kubernetes.io/safe-to-evict=false"
          + " karpenter.sh/do-not-disrupt=true";

  // Busy and idle.

  @Test
  void aBusyPodIsMarkedOnceForAllWhoEvict() {
    WorkerPod pod = APod.named("a").build();
    assertThat(steps(plan(pod, worker(1)))).containsExactly(ALL_OF_BUSY);
    assertThat(steps(plan(busy().build(), worker(1)))).isEmpty();
  }

  @Test
  void theBudgetComesWhenAPodIsMarkedAndNotBefore() {
    WorkerPod unmarked = APod.named("a").build();
    assertThat(plan(unmarked, worker(1)).protectsAnybody())
        .as("its mark waits for its turn, and a budget of no pods is an event")
        .isFalse();
    assertThat(plan(busy().build(), worker(1)).protectsAnybody()).isTrue();
    assertThat(plan(busy().build(), worker(0)).protectsAnybody()).isFalse();
    Workforce seen = force(unmarked, worker(1));
    assertThat(PodPlan.of(ROLLING, seen, NOBODY_LEAVES, NOW).protectsAnybody())
        .as("it is marked at once")
        .isTrue();
  }

  @Test
  void aPodThatHasBeenIdleForAWhileIsNotMarkedAnyMore() {
    assertThat(steps(plan(busy().build(), worker(0))))
        .containsExactly(
            "mark later -baton.dev/busy"
                + " -cluster-autoscaler.kubernetes.io/safe-to-evict"
                + " -karpenter.sh/do-not-disrupt");
    PodTrace lately = new PodTrace(NOW.minusSeconds(4), null);
    PodPlan plan = PodPlan.of(USUAL, traced(busy().build(), lately), NOBODY_LEAVES, NOW);
    assertThat(steps(plan)).isEmpty();
    assertThat(plan.nextLook()).isEqualTo(NOW.plusSeconds(6));
    PodTrace longAgo = new PodTrace(NOW.minusSeconds(11), null);
    PodPlan waits = PodPlan.of(USUAL, traced(busy().build(), longAgo), NOBODY_LEAVES, NOW);
    assertThat(steps(waits)).hasSize(1);
    assertThat(waits.nextLook()).as("its turn wakes it").isNull();

    assertThat(steps(PodPlan.of(ROLLING, traced(busy().build(), lately), NOBODY_LEAVES, NOW)))
        .hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({"0, 10", "2, 10", "20, 60", "90, 270", "200, 300"})
  void whoGetsTasksSeldomKeepsItsMarksForLonger(int gap, int seconds) {
    PodTrace trace = new PodTrace(NOW.minusSeconds(1), null, NOW, Duration.ofSeconds(gap));
    PodPlan plan = PodPlan.of(USUAL, traced(busy().build(), trace), NOBODY_LEAVES, NOW);
    assertThat(steps(plan)).isEmpty();
    assertThat(plan.nextLook()).isEqualTo(NOW.plusSeconds(seconds - 1));
  }

  @Test
  void inARollBusyPodsAreDearToDeleteAndAfterItTheyAreNot() {
    assertThat(steps(PodPlan.of(ROLLING, force(busy().build(), worker(1)), NOBODY_LEAVES, NOW)))
        .containsExactly("mark controller.kubernetes.io/pod-deletion-cost=1000");
    WorkerPod dear = busy().annotated(Wiring.DELETION_COST, Wiring.LEAVES_LATE).build();
    assertThat(steps(plan(dear, worker(1))))
        .containsExactly("mark later -controller.kubernetes.io/pod-deletion-cost");
  }

  @Test
  void withoutProtectionABusyPodIsOnlyDearToDeleteAndOnlyInARoll() {
    Workforce busy = force(APod.named("a").build(), worker(1));
    var bare = new Circumstances(DRAIN_TIME, false, false, Set.of());
    assertThat(steps(PodPlan.of(bare, busy, NOBODY_LEAVES, NOW))).isEmpty();
    var rolling = new Circumstances(DRAIN_TIME, false, true, Set.of());
    assertThat(steps(PodPlan.of(rolling, busy, NOBODY_LEAVES, NOW)))
        .containsExactly("mark controller.kubernetes.io/pod-deletion-cost=1000");
  }

  @Test
  void whereNodesAreNotSeenNobodyIsKeptFromEviction() {
    WorkerPod pod = APod.named("a").build();
    Workforce seen = force(pod, worker(1));
    Workforce blind = new Workforce(true, seen.pods(), seen.attendance(), seen.traces(), null);
    assertThat(steps(PodPlan.of(USUAL, blind, NOBODY_LEAVES, NOW)))
        .singleElement()
        .asString()
        .doesNotContain("baton.dev/busy")
        .contains("do-not-disrupt=true");
  }

  @Test
  void whatTheTemplateSaysToAutoscalersOfNodesIsLeftAlone() {
    var written =
        new Circumstances(
            DRAIN_TIME, true, true, Set.of(Wiring.SAFE_TO_EVICT, Wiring.DELETION_COST));
    assertThat(
            steps(
                PodPlan.of(written, force(APod.named("a").build(), worker(1)), NOBODY_LEAVES, NOW)))
        .singleElement()
        .asString()
        .doesNotContain("safe-to-evict")
        .contains("pod-deletion-cost=1000");
  }

  @Test
  void whileTheServerIsAwayMarksStay() {
    for (WorkerPod pod : List.of(busy().build(), APod.named("a").build(), leaving(5))) {
      Workforce away = unseen(Kind.NO_CONNECTION, pod);
      assertThat(steps(PodPlan.of(USUAL, away, NOBODY_LEAVES, NOW))).isEmpty();
    }
  }

  // Leaving and staying.

  @Test
  void whoIsToLeaveIsWrittenDownThenDrained() {
    WorkerPod pod = APod.named("a").build();
    PodPlan plan = PodPlan.of(USUAL, force(pod, worker(0)), leaves(pod), NOW);
    assertThat(steps(plan)).containsExactly("mark baton.dev/draining-since=" + NOW, "DRAIN [a]");
    assertThat(notes(plan))
        .containsExactly("Draining Pod a gets no more work: fewer workers are wished for");
  }

  @Test
  void thoseThatAreChosenAtOnceAreToldOfAtOnce() {
    List<WorkerPod> pods =
        Stream.of("a", "b", "c", "d", "e", "f", "g").map(it -> APod.named(it).build()).toList();
    var leaving = new ScaleIn(7, pods, List.of(), List.of(), List.of());
    PodPlan plan = PodPlan.of(USUAL, AGroup.force(pods, List.of(), NOW), leaving, NOW);
    assertThat(notes(plan))
        .containsExactly(
            "Draining Pods a, b, c, d, e and 2 others get no more work: fewer workers are wished"
                + " for");
  }

  @Test
  void aServerThatForgotIsToldAgain() {
    WorkerPod pod = leaving(5);
    assertThat(steps(PodPlan.of(USUAL, force(pod, worker(0)), leaves(pod), NOW)))
        .containsExactly("DRAIN [a]");
    assertThat(steps(PodPlan.of(USUAL, force(pod, drained(0)), leaves(pod), NOW))).isEmpty();
  }

  @Test
  void whoMayLeaveIsTheCheapestToDelete() {
    WorkerPod pod = leaving(5);
    var free = new ScaleIn(1, List.of(pod), List.of(pod), List.of(), List.of());
    assertThat(steps(PodPlan.of(USUAL, force(pod, drained(0)), free, NOW)))
        .containsExactly("mark controller.kubernetes.io/pod-deletion-cost=-1000");
  }

  @Test
  void whatItHoldsIsHandedOverWhenItsTimeIsOver() {
    WorkerPod pod = leaving(30);
    var over = new ScaleIn(0, List.of(pod), List.of(), List.of(pod), List.of(pod));
    PodPlan plan = PodPlan.of(USUAL, force(pod, drained(0)), over, NOW);
    assertThat(steps(plan)).containsExactly("GONE [a]", "DRAIN [a]");
    assertThat(notes(plan))
        .containsExactly(
            "DrainTimeOver Pod a has not become empty in 30s: what it holds goes to other workers");
  }

  @Test
  void whoStaysAfterAllIsToldFirstThenItIsTakenOff() {
    PodPlan before = plan(leaving(5), drained(0));
    assertThat(steps(before)).containsExactly("RESUME [a]");
    assertThat(notes(before)).isEmpty();
    assertThat(steps(told(leaving(5), drained(0), Signal.RESUME)))
        .as("the server has it, and does not show it yet")
        .containsExactly("RESUME [a]");
    assertThat(steps(told(leaving(5), worker(0), Signal.DRAIN)))
        .as("the server may hear of the drain after it has shown this")
        .containsExactly("RESUME [a]");
    PodPlan after = told(leaving(5), worker(0), Signal.RESUME);
    assertThat(steps(after)).containsExactly("mark -baton.dev/draining-since");
    assertThat(notes(after)).containsExactly("Resumed Pod a stays after all: it gets work again");
    assertThat(steps(PodPlan.of(USUAL, unseen(Kind.NO_GROUPS_API, leaving(5)), NOBODY_LEAVES, NOW)))
        .containsExactly("mark -baton.dev/draining-since");
  }

  @Test
  void anSdkWithANameOfItsOwnIsToldByThatName() {
    WorkerPod pod = APod.named("a").at("10.0.0.7").build();
    var worker = new Worker("own", "10.0.0.7", 1, 0, false, 0);
    assertThat(
            steps(
                PodPlan.of(
                    USUAL, AGroup.force(List.of(pod), List.of(worker), NOW), leaves(pod), NOW)))
        .contains("DRAIN [own]");
  }

  // Cordoned nodes.

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      textBlock =
          """
          # seconds since, load, drained | marks that change                    | told
          -  | 1 | false | +busy +cordoned                                      | DRAIN
          5  | 1 | true  | -                                                    | -
          5  | 1 | false | -                                                    | DRAIN
          5  | 0 | true  | -busy                                                | -
          30 | 1 | true  | -busy                                                | -
          59 | 1 | true  | -busy                                                | -
          60 | 1 | true  | -busy                                                | RESUME
          60 | 1 | false | -busy                                                | -
          """)
  void aPodOfACordonedNodeGetsNoWorkAndMayBeEvictedWhenItIsEmptyOrItsTimeIsOver(
      @Nullable Integer seconds,
      int load,
      boolean drained,
      @Nullable String marks,
      @Nullable String told) {
    APod pod = (seconds == null ? APod.named("a") : busy()).on("cordoned");
    if (seconds != null) {
      pod.annotated(Wiring.CORDONED_SINCE, NOW.minusSeconds(seconds).toString());
    }
    List<String> steps = steps(plan(pod.build(), AGroup.worker("a", load, drained)));
    String all = String.join(" ", steps);
    assertThat(all.contains("baton.dev/busy=true"))
        .isEqualTo(marks != null && marks.contains("+busy"));
    assertThat(all.contains("-baton.dev/busy")).isEqualTo(marks != null && marks.contains("-busy"));
    assertThat(all.contains("baton.dev/cordoned-since=" + NOW))
        .isEqualTo(marks != null && marks.contains("+cordoned"));
    assertThat(steps.stream().filter(it -> it.endsWith("[a]")).toList())
        .isEqualTo(told == null ? List.of() : List.of(told + " [a]"));
  }

  @Test
  void aNodeThatTakesPodsAgainGivesItsWorkersTheirWorkBack() {
    WorkerPod pod = APod.named("a").annotated(Wiring.CORDONED_SINCE, NOW.toString()).build();
    assertThat(steps(plan(pod, drained(0)))).containsExactly("RESUME [a]");
    assertThat(steps(told(pod, worker(0), Signal.RESUME)))
        .containsExactly("mark -baton.dev/cordoned-since");
  }

  @Test
  void aPodThatIsBeingDeletedStaysDrainedThoughTheServerForgets() {
    WorkerPod pod = APod.named("a").life(new Life.Leaving()).build();
    assertThat(steps(plan(pod, AGroup.worker("a", 0, true)))).isEmpty();
    assertThat(steps(plan(pod, AGroup.worker("a", 1, false)))).containsExactly("DRAIN [a]");
  }

  @Test
  void aNodesDeadlineIsTheDrains() {
    WorkerPod pod =
        busy().on("going").annotated(Wiring.CORDONED_SINCE, NOW.minusSeconds(5).toString()).build();
    assertThat(steps(onNode(pod, drained(1), NOW.plusSeconds(1)))).isEmpty();
    assertThat(steps(onNode(pod, drained(1), NOW)))
        .singleElement()
        .asString()
        .startsWith("mark -baton.dev/busy");
  }

  private static PodPlan onNode(WorkerPod pod, Worker worker, Instant deadline) {
    Workforce seen = force(pod, worker);
    return PodPlan.of(
        USUAL,
        new Workforce(
            true,
            seen.pods(),
            seen.attendance(),
            seen.traces(),
            new Nodes(Set.of("going"), Map.of("going", deadline), Set.of()),
            Map.of(),
            null),
        NOBODY_LEAVES,
        NOW);
  }

  @Test
  void aWorkerOfANodeThatNobodyHearsIsGoneWhenTheServerDoesNotSeeItEither() {
    WorkerPod pod = APod.named("a").on("silent").build();
    assertThat(steps(silent(pod, List.of(), Map.of()))).containsExactly("GONE [a]");
    assertThat(steps(silent(pod, List.of(), Map.of("a", Signal.GONE)))).isEmpty();
    assertThat(steps(silent(pod, List.of(worker(0)), Map.of()))).isEmpty();
  }

  private static PodPlan silent(WorkerPod pod, List<Worker> workers, Map<String, Signal> told) {
    Workforce seen = AGroup.force(List.of(pod), workers, NOW);
    return PodPlan.of(
        USUAL,
        new Workforce(
            true,
            seen.pods(),
            seen.attendance(),
            seen.traces(),
            new Nodes(Set.of(), Map.of(), Set.of("silent")),
            told,
            null),
        NOBODY_LEAVES,
        NOW);
  }

  @Test
  void nobodyLosesItsProtectionWhileNodesAreNotSeen() {
    Workforce seen = force(busy().build(), worker(1));
    Workforce blind = new Workforce(true, seen.pods(), seen.attendance(), seen.traces(), null);
    assertThat(steps(PodPlan.of(USUAL, blind, NOBODY_LEAVES, NOW))).isEmpty();
    Workforce idle = traced(busy().build(), PodTrace.NONE);
    Workforce blindly = new Workforce(true, idle.pods(), idle.attendance(), idle.traces(), null);
    assertThat(steps(PodPlan.of(USUAL, blindly, NOBODY_LEAVES, NOW)))
        .singleElement()
        .asString()
        .contains("-baton.dev/busy");
  }

  @Test
  void aPodOfTheServerBeforeIsNotJudgedByTheNewOne() {
    WorkerPod old = busy().annotated(Wiring.SERVER_ANNOTATION, "http://old:8001").build();
    Workforce seen = AGroup.force(List.of(old), List.of(), NOW);
    var lost = Map.of("a", new PodTrace(null, NOW.minusSeconds(60)));
    Workforce moved =
        new Workforce(
            true,
            seen.pods(),
            seen.attendance(),
            lost,
            seen.nodes(),
            Map.of(),
            new GroupAddress("http://new:8001", "g", null));
    assertThat(steps(PodPlan.of(USUAL, moved, NOBODY_LEAVES, NOW))).isEmpty();
    WorkerPod young =
        APod.named("a").annotated(Wiring.SERVER_ANNOTATION, "http://new:8001").build();
    Workforce own =
        new Workforce(
            true,
            List.of(young),
            seen.attendance(),
            lost,
            seen.nodes(),
            Map.of(),
            new GroupAddress("http://new:8001", "g", null));
    assertThat(steps(PodPlan.of(USUAL, own, NOBODY_LEAVES, NOW)))
        .containsExactly("connected false");
  }

  @Test
  void aNodeThatIsNotHeardAndAServerThatLostTheWorkerAgreeThatItIsGone() {
    WorkerPod pod = APod.named("a").on("silent").build();
    Workforce lost = onSilentNode(pod, List.of(), Map.of());
    assertThat(steps(PodPlan.of(USUAL, lost, NOBODY_LEAVES, NOW))).containsExactly("GONE [a]");
    assertThat(notes(PodPlan.of(USUAL, lost, NOBODY_LEAVES, NOW)))
        .containsExactly(
            "WorkerGone Pod a: its node is not heard and the server does not see its worker:"
                + " what it held goes to others");
    assertThat(
            steps(
                PodPlan.of(
                    USUAL,
                    onSilentNode(pod, List.of(), Map.of("a", Signal.GONE)),
                    NOBODY_LEAVES,
                    NOW)))
        .as("it is told once")
        .isEmpty();
  }

  @Test
  void oneOfTheTwoAloneSaysNothing() {
    WorkerPod pod = APod.named("a").on("silent").build();
    assertThat(
            steps(
                PodPlan.of(
                    USUAL, onSilentNode(pod, List.of(worker(1)), Map.of()), NOBODY_LEAVES, NOW)))
        .as("the server sees it")
        .noneMatch(it -> it.startsWith("GONE"));
    WorkerPod elsewhere = APod.named("a").on("node-1").build();
    assertThat(
            steps(
                PodPlan.of(
                    USUAL, onSilentNode(elsewhere, List.of(), Map.of()), NOBODY_LEAVES, NOW)))
        .as("its node is heard")
        .isEmpty();
  }

  private static Workforce onSilentNode(
      WorkerPod pod, List<Worker> workers, Map<String, Signal> told) {
    Workforce seen = AGroup.force(List.of(pod), workers, NOW);
    return new Workforce(
        true,
        seen.pods(),
        seen.attendance(),
        seen.traces(),
        new Nodes(Set.of(), Map.of(), Set.of()).withUnreachable(Set.of("silent")),
        told,
        null);
  }

  private static APod busy() {
    return APod.named("a")
        .labelled(Wiring.BUSY_LABEL, "true")
        .annotated(Wiring.SAFE_TO_EVICT, "false")
        .annotated(Wiring.DO_NOT_DISRUPT, "true");
  }

  private static WorkerPod leaving(int seconds) {
    return APod.named("a")
        .annotated(Wiring.DRAINING_SINCE, NOW.minusSeconds(seconds).toString())
        .build();
  }

  private static ScaleIn leaves(WorkerPod pod) {
    return new ScaleIn(1, List.of(pod), List.of(), List.of(), List.of());
  }

  private static Worker worker(int load) {
    return AGroup.worker("a", load, false);
  }

  private static Worker drained(int load) {
    return AGroup.worker("a", load, true);
  }

  private static Workforce force(WorkerPod pod, Worker worker) {
    return AGroup.force(List.of(pod), List.of(worker), NOW);
  }

  private static Workforce traced(WorkerPod pod, PodTrace trace) {
    Workforce seen = force(pod, worker(0));
    return new Workforce(
        true, seen.pods(), seen.attendance(), Map.of("a", trace), Set.of("cordoned"));
  }

  private static Workforce unseen(Kind kind, WorkerPod pod) {
    List<WorkerPod> pods = List.of(pod);
    Attendance attendance = Attendance.of(new Sighting.Unseen(kind, "why"), pods);
    return new Workforce(true, pods, attendance, Map.of(), Set.of());
  }

  private static PodPlan plan(WorkerPod pod, Worker worker) {
    return PodPlan.of(USUAL, force(pod, worker), NOBODY_LEAVES, NOW);
  }

  private static PodPlan told(WorkerPod pod, Worker worker, Signal last) {
    Workforce seen = force(pod, worker);
    return PodPlan.of(
        USUAL,
        new Workforce(
            true,
            seen.pods(),
            seen.attendance(),
            seen.traces(),
            seen.nodes(),
            Map.of("a", last),
            null),
        NOBODY_LEAVES,
        NOW);
  }

  private static List<String> steps(PodPlan plan) {
    return plan.toDo().steps().stream().map(PodPlanTest::text).toList();
  }

  private static List<String> notes(PodPlan plan) {
    return plan.toDo().notes().stream().map(it -> it.reason() + " " + it.message()).toList();
  }

  private static String text(PodStep step) {
    return switch (step) {
      case PodStep.SayConnected it -> "connected " + it.connected();
      case PodStep.Tell it -> it.signal() + " " + it.pids();
      case PodStep.Mark it -> {
        Map<String, @Nullable String> all = new TreeMap<>(it.labels());
        all.putAll(it.annotations());
        yield all.entrySet().stream()
            .map(mark ->
                mark.getValue() == null
                    ? "-" + mark.getKey()
                    : mark.getKey() + "=" + mark.getValue())
            .collect(
                Collectors.joining(
                    " ",
                    switch (it.when()) {
                      case AT_ONCE -> "mark ";
                      case BUSY_IN_TURN -> "mark soon ";
                      case IDLE_IN_TURN -> "mark later ";
                    },
                    ""));
      }
    };
  }
}
