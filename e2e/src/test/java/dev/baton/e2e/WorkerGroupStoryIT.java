package dev.baton.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import dev.baton.e2e.WorkerLine.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A user's story on a real Kubernetes, in its order: apply, run, scale, lose pods in every way. */
@ExtendWith(Docker.class)
@TestInstance(Lifecycle.PER_CLASS)
@TestMethodOrder(OrderAnnotation.class)
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class WorkerGroupStoryIT {
  private static final String GROUP = "workergroup/workers";
  private static final Duration TAKEOVER_LIMIT = Duration.ofSeconds(2);
  private static final Duration LET_GO_LIMIT = Duration.ofMillis(500);
  private static final Duration IDLE_LIMIT = Duration.ofMillis(500);
  private static final Duration START_LIMIT = Duration.ofMinutes(3);
  private static final Duration JOB_LIMIT = Duration.ofMinutes(2);

  private final List<String> figures = new ArrayList<>();
  private final List<Takeover> takeovers = new ArrayList<>();
  private @Nullable Cluster startedCluster;
  private @Nullable WorkerLog startedLog;

  @RegisterExtension
  final ClusterDescription explain = new ClusterDescription(() -> startedCluster, () -> startedLog);

  @BeforeAll
  void startCluster() {
    startedCluster = Cluster.shared();
    startedLog = new WorkerLog(startedCluster.client());
  }

  private Cluster cluster() {
    return Objects.requireNonNull(startedCluster, "the cluster is not started");
  }

  private WorkerLog log() {
    return Objects.requireNonNull(startedLog, "the cluster is not started");
  }

  @AfterAll
  void stopCluster() {
    figures.forEach(System.out::println);
    if (startedLog != null) {
      startedLog.close();
    }
  }

  @Test
  @Order(1)
  void applyingTheManifestsGivesThreeConnectedWorkers() {
    var from = Instant.now();
    cluster().install();
    cluster().kubectl("wait", "--for=condition=Available", GROUP, "--timeout=180s");
    awaitConnected(3);
    figure("apply to three connected workers", from, Instant.now());
  }

  @Test
  @Order(2)
  void theClientJobOfTheManifestsSucceeds() {
    cluster().kubectl("apply", "-f", "/deploy/client-job.yaml");
    cluster().kubectl("wait", "--for=condition=Complete", "job/baton-client", "--timeout=120s");
    assertThat(cluster().kubectl("logs", "job/baton-client"))
        .contains("CALL", "WORKER", "ATTEMPTS");
  }

  @Test
  @Order(3)
  void noWorkerIdlesWhileACallWaits() {
    var run = ClientRun.start(cluster(), "twelve", 12, 1, 5);
    run.succeeds(JOB_LIMIT);
    awaitEnds(run);
    var lines = log().lines().stream().filter(line -> run.ids().contains(line.call())).toList();
    var shift = Shift.of(lines);
    assertThat(shift.spans()).hasSize(12);
    assertThat(shift.busy()).hasSize(3);
    var idle = shift.longestIdleWhileACallWaits(shift.busy().keySet());
    figures.add(
        "twelve calls, three workers: longest idle while a call waits " + idle.toMillis() + " ms");
    assertThat(idle).isLessThan(IDLE_LIMIT);
  }

  @Test
  @Order(4)
  void kubectlScaleChangesTheNumberOfWorkers() {
    var from = Instant.now();
    cluster().kubectl("scale", GROUP, "--replicas=5");
    awaitConnected(5);
    figure("scale from 3 to 5 connected workers", from, Instant.now());
    from = Instant.now();
    cluster().kubectl("scale", GROUP, "--replicas=3");
    awaitConnected(3);
    figure("scale from 5 to 3 connected workers", from, Instant.now());
  }

  @Test
  @Order(5)
  void aPodDeletedGracefullyFinishesWhatFitsItsDrainTime() {
    var run = ClientRun.start(cluster(), "drained", 1, 4, 4);
    var call = run.ids().getFirst();
    var started = awaitStart(call, 1);
    cluster().kubectl("delete", "pod", started.worker(), "--wait=false");
    run.succeeds(JOB_LIMIT);
    awaitEnds(run);
    assertThat(log().of(call))
        .extracting(WorkerLine::worker, WorkerLine::kind)
        .containsExactly(
            tuple(started.worker(), Kind.STARTED), tuple(started.worker(), Kind.FINISHED));
    awaitConnected(3);
  }

  @Test
  @Order(6)
  void aPodDeletedGracefullyHandsOverWhatDoesNotFit() {
    cluster().kubectl("patch", GROUP, "--type=merge", "-p", "{\"spec\":{\"drainTimeout\":\"2s\"}}");
    cluster().kubectl("rollout", "status", "deployment/workers", "--timeout=60s");
    var takeover =
        loseWorkerOf("graceful", pod -> cluster().kubectl("delete", "pod", pod, "--wait=false"));
    var letGo =
        log().of(takeover.call()).stream()
            .filter(line -> line.kind() == Kind.ABANDONED)
            .findFirst()
            .orElseThrow();
    figure(
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
        loseWorkerOf(
            "forced",
            pod ->
                cluster()
                    .kubectl("delete", "pod", pod, "--grace-period=0", "--force", "--wait=false"));
    assertTakeover("pod deleted by force", takeover);
  }

  @Test
  @Order(8)
  void aKilledProcessHandsOver() {
    var takeover = loseWorkerOf("killed", pod -> cluster().kill9(pod));
    assertTakeover("kill -9 in the container", takeover);
  }

  @Test
  @Order(9)
  void noCallRanToCompletionTwiceUnlessItsFirstWorkerWasGone() {
    var finished = log().lines().stream().filter(line -> line.kind() == Kind.FINISHED).toList();
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
  @Order(10)
  void eventsAndStatusTellWhatHappened() {
    var events =
        cluster()
            .kubectl(
                "get",
                "events",
                "-o",
                "custom-columns=KIND:.involvedObject.kind,REASON:.reason,MESSAGE:.message");
    assertThat(takeovers).hasSize(3);
    for (var takeover : takeovers) {
      assertThat(events.lines())
          .anyMatch(
              line -> line.contains("WorkerGroup") && line.contains(takeover.lost().worker()));
    }
    assertThat(cluster().kubectl("get", GROUP).split("\\s+"))
        .startsWith("NAME", "DESIRED", "READY", "CONNECTED", "IN-FLIGHT", "WAITING", "AGE");
    await("the columns of the group at rest")
        .atMost(Duration.ofSeconds(20))
        .until(
            () -> cluster().kubectl("get", GROUP, "--no-headers"),
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
  @Order(11)
  void aWrongWorkerGroupIsRefusedWithAReason(String field, String reason) {
    var result = cluster().tryApply(workerGroupWith(field));
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
   * Two calls on three one-slot workers; the worker of one is ended; the Job must still succeed.
   * Each worker has run a call before, so that the time is that of the hand-over and not that of a
   * JVM's first call.
   */
  private Takeover loseWorkerOf(String runId, Consumer<String> ending) {
    awaitConnected(3);
    ClientRun.start(cluster(), runId + "-before", 3, 1, 1).succeeds(JOB_LIMIT);
    var run = ClientRun.start(cluster(), runId, 2, 8, 8);
    var lost = awaitStart(run.ids().getFirst(), 1);
    awaitStart(run.ids().getLast(), 1);
    var endedAt = Instant.now();
    ending.accept(lost.worker());
    var resumed = awaitStart(lost.call(), 2);
    run.succeeds(JOB_LIMIT);
    awaitConnected(3);
    var takeover = new Takeover(lost, endedAt, resumed);
    takeovers.add(takeover);
    return takeover;
  }

  private void assertTakeover(String how, Takeover takeover) {
    figure(how + ", to the survivor's start", takeover.endedAt(), takeover.resumed().at());
    assertThat(takeover.time()).isLessThanOrEqualTo(TAKEOVER_LIMIT);
  }

  private WorkerLine awaitStart(String call, int attempt) {
    return await("start of " + call + ", attempt " + attempt)
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(20))
        .until(
            () ->
                log().of(call).stream()
                    .filter(line -> line.kind() == Kind.STARTED && line.attempt() == attempt)
                    .findFirst(),
            Optional::isPresent)
        .orElseThrow();
  }

  /** The log follows the workers with a small delay. */
  private void awaitEnds(ClientRun run) {
    await("end of each call of " + run.ids())
        .atMost(Duration.ofSeconds(20))
        .until(() ->
            run.ids().stream()
                .allMatch(
                    id -> log().of(id).stream().anyMatch(line -> line.kind() == Kind.FINISHED)));
  }

  private void awaitConnected(int workers) {
    await(workers + " workers connected")
        .atMost(START_LIMIT)
        .pollInterval(Duration.ofMillis(200))
        .until(
            () ->
                cluster()
                    .kubectl(
                        "get",
                        GROUP,
                        "-o",
                        "jsonpath={.status.connectedWorkers} {.status.readyReplicas} {.status.replicas}"),
            ("%d %d %d").formatted(workers, workers, workers)::equals);
  }

  private void figure(String what, Instant from, Instant to) {
    figures.add("%s: %d ms".formatted(what, Duration.between(from, to).toMillis()));
  }
}
