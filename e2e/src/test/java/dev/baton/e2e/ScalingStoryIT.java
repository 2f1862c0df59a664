package dev.baton.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.baton.e2e.WorkerLine.Kind;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Groups that follow their work, operators that follow each other, and workers of another SDK. */
@ExtendWith(Docker.class)
@TestInstance(Lifecycle.PER_CLASS)
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class ScalingStoryIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration LIMIT = Duration.ofMinutes(3);
  private static final Duration DECISION_LIMIT = Duration.ofSeconds(2);
  private static final Duration TAKEOVER_LIMIT = Duration.ofSeconds(2);

  private final List<String> figures = new ArrayList<>();
  private @Nullable Cluster startedCluster;
  private @Nullable WorkerLog startedLog;

  @RegisterExtension
  final ClusterDescription explain = new ClusterDescription(() -> startedCluster, () -> startedLog);

  @BeforeAll
  void install() {
    startedCluster = Cluster.shared();
    startedLog = new WorkerLog(startedCluster.client());
    startedCluster.install();
    cluster().kubectl("rollout", "status", "deployment/baton-operator", "--timeout=180s");
  }

  @AfterAll
  void leave() {
    figures.forEach(System.out::println);
    if (startedLog != null) {
      startedLog.close();
    }
    if (startedCluster != null) {
      startedCluster.tryKubectl("delete", "workergroup", "burst", "shrunk", "typescript");
    }
  }

  private Cluster cluster() {
    return Objects.requireNonNull(startedCluster, "the cluster is not started");
  }

  private WorkerLog log() {
    return Objects.requireNonNull(startedLog, "the cluster is not started");
  }

  @Test
  void aBurstWakesAGroupAtZeroAndNothingOfItIsLost() throws Exception {
    apply(
        "burst",
        "baton-worker:dev",
        """
        replicas: 0
        autoscaling: {min: 0, max: 3, idleTimeout: 5s, scaleDownStabilization: 5s}
        """);
    awaitStatus("burst", "{.status.desiredReplicas} {.status.replicas}", "0 0");

    var firstPod = new AtomicReference<@Nullable Instant>();
    try (var _ =
        cluster()
            .client()
            .pods()
            .inNamespace(Cluster.NAMESPACE)
            .withLabel("baton.dev/workergroup", "burst")
            .inform(onFirst(firstPod))) {
      var run = ClientRun.start(cluster(), "burst", "burst", 60, 1, 1);
      var connectedAt = awaitFirstWorker("burst");
      var firstStart =
          awaitLine(line -> line.kind() == Kind.STARTED && run.ids().contains(line.call()));
      var dispatched = run.firstDispatch().orElseThrow();
      var podAt = Objects.requireNonNull(firstPod.get(), "no pod was seen");
      figure("burst at zero: dispatch to first pod", dispatched, podAt);
      figure("burst at zero: first pod to its worker's connection", podAt, connectedAt);
      figure("burst at zero: dispatch to first call's start", dispatched, firstStart.at());
      assertThat(Duration.between(dispatched, firstStart.at()))
          .isLessThan(Duration.between(podAt, connectedAt).plus(DECISION_LIMIT));

      run.succeeds(LIMIT);
      var ended = awaitAllFinished(run);
      assertThat(run.ids())
          .allSatisfy(id ->
              assertThat(log().of(id))
                  .extracting(WorkerLine::kind)
                  .containsExactly(Kind.STARTED, Kind.FINISHED));
      assertThat(
              run.ids().stream()
                  .flatMap(id -> log().of(id).stream())
                  .map(WorkerLine::worker)
                  .distinct())
          .hasSize(3);
      awaitStatus("burst", "{.status.desiredReplicas} {.status.replicas}", "0 0");
      figure("burst: last call's end to no pods", ended, Instant.now());
    }
    assertThat(events("burst"))
        .contains("Autoscaled Wishes for 3 workers instead of ")
        .contains(
            "Autoscaled Wishes for 0 workers instead of ", "nothing has waited or run for 5s");
  }

  @Test
  void theNextOperatorEndsTheScaleInThatTheLastHadBegun() {
    apply("shrunk", "baton-worker:dev", "replicas: 4");
    awaitConnected("shrunk", 4);
    var run = ClientRun.start(cluster(), "shrunk", "shrunk", 2, 12, 12);
    run.ids().forEach(id -> awaitLine(line -> line.call().equals(id)));
    String leader = leader();
    cluster().kubectl("scale", "workergroup/shrunk", "--replicas=1");
    cluster().kubectl("delete", "pod", leader.replaceFirst("-\\d+$", ""), "--wait=false");
    var deleted = Instant.now();
    await("another leader")
        .atMost(LIMIT)
        .pollInterval(Duration.ofMillis(50))
        .until(this::leader, it -> !it.isEmpty() && !it.equals(leader));
    figure("leader deleted to the next leader", deleted, Instant.now());
    run.succeeds(LIMIT);
    awaitAllFinished(run);
    awaitConnected("shrunk", 1);
    figure(
        "leader deleted in a scale-in from 4 to 1 with 12 s of work to its end",
        deleted,
        Instant.now());
    assertThat(run.ids())
        .as("each call ran once, to its end")
        .allSatisfy(id ->
            assertThat(log().of(id))
                .extracting(WorkerLine::kind)
                .containsExactly(Kind.STARTED, Kind.FINISHED));
  }

  @Test
  void aWorkerOfThePublicTypeScriptSdkIsAWorkerLikeAnyOther() {
    Shell.run("e2e/typescript-worker/image.sh", cluster().containerId())
        .orFail("building the TypeScript worker");
    apply("typescript", "baton-typescript-worker:dev", "replicas: 1");
    awaitConnected("typescript", 1);
    var scaled = Instant.now();
    cluster().kubectl("scale", "workergroup/typescript", "--replicas=3");
    awaitConnected("typescript", 3);
    figure("TypeScript: scale from 1 to 3 connected workers", scaled, Instant.now());

    var run = ClientRun.start(cluster(), "typescript", "typescript", 2, 6, 6);
    var call = run.ids().getFirst();
    var lost = awaitLine(line -> line.call().equals(call));
    awaitLine(line -> line.call().equals(run.ids().getLast()));
    cluster()
        .kubectl("delete", "pod", lost.worker(), "--grace-period=0", "--force", "--wait=false");
    var deleted = Instant.now();
    var resumed =
        awaitLine(line ->
            line.call().equals(call)
                && line.kind() == Kind.STARTED
                && !line.worker().equals(lost.worker()));
    figure("TypeScript: pod deleted by force, to the survivor's start", deleted, resumed.at());
    assertThat(Duration.between(deleted, resumed.at())).isLessThan(TAKEOVER_LIMIT);
    run.succeeds(LIMIT);
    awaitConnected("typescript", 3);
  }

  private void apply(String name, String image, String spec) {
    cluster()
        .tryApply(
            """
            apiVersion: baton.dev/v1alpha1
            kind: WorkerGroup
            metadata: {name: %s, namespace: %s}
            spec:
              slots: 1
              drainTimeout: 30s
              server: {url: "http://baton-server.baton:8001"}
            %s  template:
                spec:
                  automountServiceAccountToken: false
                  securityContext: {runAsNonRoot: true, runAsUser: 10001, seccompProfile: {type: RuntimeDefault}}
                  containers:
                  - name: worker
                    image: %s
                    imagePullPolicy: IfNotPresent
                    securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}
                    volumeMounts: [{name: tmp, mountPath: /tmp}]
                  volumes: [{name: tmp, emptyDir: {}}]
            """
                .formatted(name, Cluster.NAMESPACE, spec.stripTrailing().indent(2), image))
        .orFail("applying " + name);
  }

  private void awaitConnected(String group, int workers) {
    awaitStatus(
        group,
        "{.status.connectedWorkers} {.status.readyReplicas} {.status.replicas}",
        "%d %d %d".formatted(workers, workers, workers));
  }

  private void awaitStatus(String group, String path, String value) {
    await(group + " " + path + " = " + value)
        .atMost(LIMIT)
        .pollInterval(Duration.ofMillis(200))
        .until(
            () -> cluster().kubectl("get", "workergroup", group, "-o", "jsonpath=" + path),
            value::equals);
  }

  /** When the group's first worker had connected, by the server. */
  private Instant awaitFirstWorker(String group) {
    return await("a worker of " + group)
        .atMost(LIMIT)
        .pollInterval(Duration.ofMillis(100))
        .until(
            () ->
                group(group)
                    .path("workers")
                    .valueStream()
                    .map(worker -> Instant.ofEpochMilli(worker.path("connectedAt").asLong()))
                    .min(Comparator.naturalOrder()),
            Optional::isPresent)
        .orElseThrow();
  }

  private JsonNode group(String group) {
    var json =
        cluster()
            .client()
            .raw("/api/v1/namespaces/baton/services/baton-server:8001/proxy/groups/" + group);
    try {
      return JSON.readTree(json == null ? "{}" : json);
    } catch (JsonProcessingException e) {
      throw new AssertionError("not a group: " + json, e);
    }
  }

  private WorkerLine awaitLine(Predicate<WorkerLine> wanted) {
    return await("a line of the workers' log")
        .atMost(LIMIT)
        .pollInterval(Duration.ofMillis(20))
        .until(() -> log().lines().stream().filter(wanted).findFirst(), Optional::isPresent)
        .orElseThrow();
  }

  /**
   * Waits for the end of each call in the log, which follows with a small delay; returns the last.
   */
  private Instant awaitAllFinished(ClientRun run) {
    await("end of each call of " + run.ids())
        .atMost(Duration.ofSeconds(20))
        .until(() ->
            run.ids().stream()
                .allMatch(
                    id -> log().of(id).stream().anyMatch(line -> line.kind() == Kind.FINISHED)));
    return run.ids().stream()
        .map(id -> log().of(id).getLast().at())
        .max(Comparator.naturalOrder())
        .orElseThrow();
  }

  private String leader() {
    return cluster()
        .tryKubectl("get", "lease", "baton-operator", "-o", "jsonpath={.spec.holderIdentity}")
        .output()
        .strip();
  }

  private String events(String group) {
    return cluster()
        .kubectl(
            "get",
            "events",
            "--field-selector=involvedObject.kind=WorkerGroup,involvedObject.name=" + group,
            "--sort-by=.metadata.creationTimestamp",
            "-o",
            "jsonpath={range .items[*]}{.reason} {.message}{\"\\n\"}{end}");
  }

  private static ResourceEventHandler<Pod> onFirst(AtomicReference<@Nullable Instant> seen) {
    return new ResourceEventHandler<>() {
      @Override
      public void onAdd(Pod pod) {
        seen.compareAndSet(null, Instant.now());
      }

      @Override
      public void onUpdate(Pod before, Pod pod) {}

      @Override
      public void onDelete(Pod pod, boolean deletedFinalStateUnknown) {}
    };
  }

  private void figure(String what, Instant from, Instant to) {
    figures.add("%s: %d ms".formatted(what, Duration.between(from, to).toMillis()));
  }
}
