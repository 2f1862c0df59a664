package dev.baton.e2e;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Locator;
import dev.baton.console.chromium.InChromium;
import dev.baton.console.chromium.Tab;
import dev.baton.e2e.WorkerLine.Kind;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A user's story on a real Kubernetes, in its order: apply, run, scale, lose pods in every way. */
@ExtendWith(Docker.class)
@TestInstance(Lifecycle.PER_CLASS)
@TestMethodOrder(OrderAnnotation.class)
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class WorkerGroupStoryIT {
  private static final Duration TAKEOVER_LIMIT = Duration.ofSeconds(2);
  private static final Duration LET_GO_LIMIT = Duration.ofMillis(500);
  private static final Duration IDLE_LIMIT = Duration.ofMillis(500);
  private static final Duration JOB_LIMIT = Duration.ofMinutes(2);

  @RegisterExtension static final Story STORY = Story.ofEmptyCluster();

  private final List<Takeover> takeovers = new ArrayList<>();

  private static Group group() {
    return STORY.group("workers");
  }

  @Test
  @Order(1)
  void applyingTheManifestsGivesThreeConnectedWorkers() {
    var from = Instant.now();
    STORY.cluster().install();
    STORY
        .cluster()
        .kubectl("wait", "--for=condition=Available", group().resource(), "--timeout=180s");
    group().awaitWorkers(3);
    STORY.figure("apply to three connected workers", from, Instant.now());
  }

  @Test
  @Order(2)
  void theClientJobOfTheManifestsSucceeds() {
    STORY.cluster().kubectl("apply", "-f", "/deploy/client-job.yaml");
    STORY
        .cluster()
        .kubectl("wait", "--for=condition=Complete", "job/baton-client", "--timeout=120s");
    await("the client's table")
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(() ->
            assertThat(STORY.cluster().tryKubectl("logs", "job/baton-client").output())
                .contains("CALL", "WORKER", "ATTEMPTS"));
  }

  @Test
  @Order(3)
  void noWorkerIdlesWhileACallWaits() {
    var run = ClientRun.start(STORY.cluster(), "twelve", 12, 1, 5);
    run.succeeds(JOB_LIMIT);
    STORY.log().awaitEnds(run.ids());
    var lines =
        STORY.log().lines().stream().filter(line -> run.ids().contains(line.call())).toList();
    var shift = Shift.of(lines);
    assertThat(shift.spans()).hasSize(12);
    assertThat(shift.busy()).hasSize(3);
    var idle = shift.longestIdleWhileACallWaits(shift.busy().keySet());
    STORY.figure(
        "twelve calls, three workers: longest idle while a call waits " + idle.toMillis() + " ms");
    assertThat(idle).isLessThan(IDLE_LIMIT);
  }

  @Test
  @Order(4)
  void kubectlScaleChangesTheNumberOfWorkers() {
    var from = Instant.now();
    group().scale(5);
    group().awaitWorkers(5);
    STORY.figure("scale from 3 to 5 connected workers", from, Instant.now());
    from = Instant.now();
    group().scale(3);
    group().awaitWorkers(3);
    STORY.figure("scale from 5 to 3 connected workers", from, Instant.now());
  }

  @Test
  @Order(5)
  void aPodDeletedGracefullyFinishesWhatFitsItsDrainTime() {
    var run = ClientRun.start(STORY.cluster(), "drained", 1, 4, 4);
    var call = run.ids().getFirst();
    var started = awaitStart(call, 1);
    STORY.cluster().kubectl("delete", "pod", started.worker(), "--wait=false");
    run.succeeds(JOB_LIMIT);
    STORY.log().awaitEnds(run.ids());
    assertThat(STORY.log().of(call))
        .extracting(WorkerLine::worker, WorkerLine::kind)
        .containsExactly(
            tuple(started.worker(), Kind.STARTED), tuple(started.worker(), Kind.FINISHED));
    group().awaitWorkers(3);
  }

  @Test
  @Order(6)
  void aPodDeletedGracefullyHandsOverWhatDoesNotFit() {
    group().patch("{\"spec\":{\"drainTimeout\":\"2s\"}}");
    await("the Deployment asks for pods with the new time, and five seconds more")
        .atMost(Duration.ofSeconds(30))
        .until(
            () ->
                STORY
                    .cluster()
                    .kubectl(
                        "get",
                        "deployment/workers",
                        "-o",
                        "jsonpath={.spec.template.spec.terminationGracePeriodSeconds}"),
            "7"::equals);
    STORY.cluster().kubectl("rollout", "status", "deployment/workers", "--timeout=180s");
    var takeover =
        loseWarmWorkerOf(
            "graceful", pod -> STORY.cluster().kubectl("delete", "pod", pod, "--wait=false"));
    var letGo =
        STORY
            .log()
            .awaitLine(
                line -> line.kind() == Kind.ABANDONED && line.call().equals(takeover.call()));
    STORY.figure(
        "graceful deletion, worker lets go to survivor's start",
        letGo.at(),
        takeover.resumed().at());
    assertThat(Duration.between(letGo.at(), takeover.resumed().at()))
        .isLessThanOrEqualTo(LET_GO_LIMIT);
  }

  @Test
  @Order(7)
  void aPodDeletedByForceHandsOver() {
    var takeover =
        loseWarmWorkerOf(
            "forced",
            pod ->
                STORY
                    .cluster()
                    .kubectl("delete", "pod", pod, "--grace-period=0", "--force", "--wait=false"));
    assertTakeover("pod deleted by force", takeover);
  }

  @Test
  @Order(8)
  void aKilledProcessHandsOver() {
    var takeover = loseWarmWorkerOf("killed", pod -> STORY.cluster().kill9(pod));
    assertTakeover("kill -9 in the container", takeover);
  }

  @Test
  @Order(9)
  @InChromium
  void theConsoleDrawsTheLineFromADeletedPodToTheSurvivor(@TempDir Path folder, Browser browser) {
    var kubeconfig = folder.resolve("kubeconfig");
    STORY.cluster().writeKubeconfig(kubeconfig);
    try (var console = ConsoleTunnel.open(kubeconfig);
        var tab = Tab.open(browser)) {
      tab.go(console.address());
      tab.turnTo("relay/workers?window=300");
      assertThat(tab.find(".head[data-state=connected]")).hasCount(3);
      tab.page.evaluate("window.sameDocument = true");
      var takeover =
          loseWorkerOf(
              "watched", pod -> STORY.cluster().kubectl("delete", "pod", pod, "--wait=false"));

      var lost = takeover.lost().worker();
      var survivor = takeover.resumed().worker();
      assertThat(tab.find(".head[data-pid=" + lost + "]")).hasAttribute("data-state", "gone");
      var line = "[title=\"%s: %s → %s\"]".formatted(takeover.call(), lost, survivor);
      assertThat(tab.find(".baton-label" + line)).containsText("given back");
      assertThat(tab.find(".baton[data-cause=released]:not(.open) .line").first()).isAttached();
      var sentence =
          tab.find(".sentences li")
              .filter(new Locator.FilterOptions().setHasText(takeover.call() + " "));
      assertThat(sentence)
          .containsText(
              Pattern.compile(
                  "went from %s to %s in [0-9.]+ m?s: given back\\.".formatted(lost, survivor)));
      STORY.figure("on the console: " + sentence.innerText().replaceAll("\\s+", " "));
      tab.picture("pod-deleted");
      assertThat(tab.page.evaluate("window.sameDocument")).isEqualTo(true);
      tab.assertNothingToComplainOf();
    }
  }

  @Test
  @Order(10)
  void noCallRanToCompletionTwiceUnlessItsFirstWorkerWasGone() {
    var finished =
        STORY.log().lines().stream().filter(line -> line.kind() == Kind.FINISHED).toList();
    assertThat(finished).hasSizeGreaterThan(20);
    var attempts = finished.stream().collect(Collectors.groupingBy(WorkerLine::call));
    assertThat(attempts.values())
        .allSatisfy(ofOneCall ->
            assertThat(ofOneCall.stream().filter(line -> !isLost(line)))
                .as("completions by workers that were not gone")
                .hasSize(1));
  }

  private boolean isLost(WorkerLine finished) {
    return takeovers.stream()
        .map(Takeover::lost)
        .anyMatch(lost ->
            lost.call().equals(finished.call())
                && lost.worker().equals(finished.worker())
                && lost.attempt() == finished.attempt());
  }

  @Test
  @Order(11)
  void eventsAndStatusTellWhatHappened() {
    var events =
        STORY
            .cluster()
            .kubectl(
                "get",
                "events",
                "-o",
                "custom-columns=KIND:.involvedObject.kind,REASON:.reason,MESSAGE:.message");
    assertThat(takeovers).hasSizeGreaterThanOrEqualTo(3);
    for (var takeover : takeovers) {
      assertThat(events.lines())
          .anyMatch(
              line -> line.contains("WorkerGroup") && line.contains(takeover.lost().worker()));
    }
    assertThat(STORY.cluster().kubectl("get", group().resource()).split("\\s+"))
        .startsWith("NAME", "DESIRED", "READY", "CONNECTED", "IN-FLIGHT", "WAITING", "AGE");
    await("the columns of the group at rest")
        .atMost(Duration.ofSeconds(20))
        .until(
            () -> STORY.cluster().kubectl("get", group().resource(), "--no-headers"),
            line -> line.matches("workers +3 +3 +3 +0 +0 +\\S+\\s*"));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          replicas: -1       | replicas must be 0 or more
          slots: 0           | slots must be 1 or more
          drainTimeout: soon | drainTimeout must be a duration such as 30s, 1m30s or 500ms
          """)
  @Order(12)
  void aWrongWorkerGroupIsRefusedWithAReason(String field, String reason) {
    var result = STORY.cluster().tryApply(workerGroupWith(field));
    assertThat(result.exitCode()).isNotZero();
    assertThat(result.output()).contains(reason);
  }

  private static String workerGroupWith(String field) {
    return """
    apiVersion: baton.dev/v1alpha1
    kind: WorkerGroup
    metadata: {name: wrong}
    spec:
      %s
      server: {url: "http://baton-server:8001"}
      template: {spec: {containers: [{name: worker, image: baton-worker:dev}]}}
    """
        .formatted(field);
  }

  private record Takeover(WorkerLine lost, Instant endedAt, WorkerLine resumed) {
    String call() {
      return lost.call();
    }

    Duration time() {
      return Duration.between(endedAt, resumed.at());
    }
  }

  /**
   * As {@link #loseWorkerOf}; each worker has run a call before, so that the time is that of the
   * hand-over and not that of a JVM's first call.
   */
  private Takeover loseWarmWorkerOf(String runId, Consumer<String> ending) {
    group().awaitWorkers(3);
    ClientRun.start(STORY.cluster(), runId + "-before", 3, 1, 1).succeeds(JOB_LIMIT);
    return loseWorkerOf(runId, ending);
  }

  /** Two calls on three one-slot workers; the worker of one is ended; the Job still succeeds. */
  private Takeover loseWorkerOf(String runId, Consumer<String> ending) {
    group().awaitWorkers(3);
    var run = ClientRun.start(STORY.cluster(), runId, 2, 8, 8);
    var lost = awaitStart(run.ids().getFirst(), 1);
    awaitStart(run.ids().getLast(), 1);
    var endedAt = Instant.now();
    ending.accept(lost.worker());
    var resumed = awaitStart(lost.call(), 2);
    run.succeeds(JOB_LIMIT);
    group().awaitWorkers(3);
    var takeover = new Takeover(lost, endedAt, resumed);
    takeovers.add(takeover);
    return takeover;
  }

  private void assertTakeover(String how, Takeover takeover) {
    STORY.figure(how + ", to the survivor's start", takeover.endedAt(), takeover.resumed().at());
    assertThat(takeover.time()).isLessThanOrEqualTo(TAKEOVER_LIMIT);
  }

  private static WorkerLine awaitStart(String call, int attempt) {
    return STORY
        .log()
        .awaitLine(line ->
            line.kind() == Kind.STARTED && line.call().equals(call) && line.attempt() == attempt);
  }
}
