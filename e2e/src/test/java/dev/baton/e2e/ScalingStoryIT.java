package dev.baton.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.baton.e2e.WorkerLine.Kind;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
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
  private static final Duration LIMIT = Duration.ofMinutes(3);
  private static final Duration DECISION_LIMIT = Duration.ofSeconds(2);
  private static final Duration TAKEOVER_LIMIT = Duration.ofSeconds(2);

  @RegisterExtension static final Story STORY = Story.ofInstallation();

  @Test
  void aBurstWakesAGroupAtZeroAndNothingOfItIsLost() throws Exception {
    STORY
        .group("burst")
        .apply(
            "baton-worker:dev",
            """
            replicas: 0
            autoscaling: {min: 0, max: 3, idleTimeout: 5s, scaleDownStabilization: 5s}
            """);
    STORY.group("burst").await("{.status.desiredReplicas} {.status.replicas}", "0 0");

    var firstPod = new AtomicReference<@Nullable Instant>();
    try (var _ =
        STORY
            .cluster()
            .client()
            .pods()
            .inNamespace(Cluster.NAMESPACE)
            .withLabel("baton.dev/workergroup", "burst")
            .inform(onFirst(firstPod))) {
      var run = ClientRun.start(STORY.cluster(), "burst", "burst", 60, 1, 1);
      var connectedAt = awaitFirstWorker("burst");
      var firstStart =
          STORY
              .log()
              .awaitLine(line -> line.kind() == Kind.STARTED && run.ids().contains(line.call()));
      var dispatched = run.firstDispatch();
      var podAt = Objects.requireNonNull(firstPod.get(), "no pod was seen");
      STORY.figure("burst at zero: dispatch to first pod", dispatched, podAt);
      STORY.figure("burst at zero: first pod to its worker's connection", podAt, connectedAt);
      STORY.figure("burst at zero: dispatch to first call's start", dispatched, firstStart.at());
      assertThat(Duration.between(dispatched, firstStart.at()))
          .isLessThan(Duration.between(podAt, connectedAt).plus(DECISION_LIMIT));

      run.succeeds(LIMIT);
      var ended = STORY.log().awaitEnds(run.ids());
      assertThat(run.ids())
          .allSatisfy(id ->
              assertThat(STORY.log().of(id))
                  .extracting(WorkerLine::kind)
                  .containsExactly(Kind.STARTED, Kind.FINISHED));
      assertThat(
              run.ids().stream()
                  .flatMap(id -> STORY.log().of(id).stream())
                  .map(WorkerLine::worker)
                  .distinct())
          .hasSize(3);
      STORY.group("burst").await("{.status.desiredReplicas} {.status.replicas}", "0 0");
      STORY.figure("burst: last call's end to no pods", ended, Instant.now());
    }
    assertThat(STORY.group("burst").events())
        .contains("Autoscaled Wishes for 3 workers instead of ")
        .contains(
            "Autoscaled Wishes for 0 workers instead of ", "nothing has waited or run for 5s");
  }

  @Test
  void aScaleInEndsTheSameThoughItsOperatorIsLostAtEachStep() {
    var group = STORY.group("shrunk");
    group.apply("baton-worker:dev", "replicas: 5");
    group.awaitWorkers(5);
    var run = ClientRun.start(STORY.cluster(), "shrunk", "shrunk", 3, 20, 20);
    var busy =
        run.ids().stream()
            .map(id -> STORY.log().awaitLine(line -> line.call().equals(id)).worker())
            .collect(Collectors.toSet());
    String leader = leader();
    group.scale(2);
    STORY.cluster().kubectl("delete", "pod", podOf(leader), "--wait=false");
    var deleted = Instant.now();
    await("another leader")
        .atMost(LIMIT)
        .pollInterval(Duration.ofMillis(50))
        .until(this::leader, it -> !it.isEmpty() && !it.equals(leader));
    STORY.figure("leader deleted to the next leader", deleted, Instant.now());
    killOperatorWhen(
        "those that leave are chosen",
        () -> group.pods().size() < 5 || group.pods().stream().anyMatch(ScalingStoryIT::isChosen));
    killOperatorWhen("the idle ones have left", () -> group.pods().size() <= 3);
    assertThat(busy).as("the idle ones left").containsAll(group.podNames());
    run.succeeds(LIMIT);
    killOperatorWhen("the work is done", () -> true);
    STORY.log().awaitEnds(run.ids());
    group.awaitWorkers(2);
    STORY.figure(
        "a scale-in from 5 to 2 with 20 s of work to its end, its operator lost four times",
        deleted);
    assertThat(busy).as("who stays").containsAll(group.podNames());
    assertRanOnce(run.ids());
  }

  @Test
  void aRolloutEndsTheSameThoughItsOperatorIsKilledAtEachStep() {
    var group = STORY.group("renewed");
    group.apply(
        "baton-worker:dev",
        """
        replicas: 4
        rollout: {steps: [{percent: 50}], gate: {function: computeSomething, args: [renewal, 2], timeout: 60s}}
        """);
    group.awaitWorkers(4);
    var run = ClientRun.start(STORY.cluster(), "renewed", "renewed", 80, 1, 2);
    run.ids().stream()
        .limit(4)
        .forEach(id -> STORY.log().awaitLine(line -> line.call().equals(id)));
    var begun = Instant.now();
    group.patch("{\"spec\":{\"template\":{\"metadata\":{\"annotations\":{\"version\":\"2\"}}}}}");
    killOperatorWhen("the gate is called", () -> !STORY.log().of("renewal").isEmpty());
    killOperatorWhen(
        "all follow", () -> group.get("{.status.rollout.phase}").matches("Promoting|Settled"));
    group.await("{.status.rollout.phase}", "Settled");
    group.awaitWorkers(4);
    STORY.figure("a rollout with a gate to its end, its operator killed twice", begun);
    assertThat(group.podNames()).noneMatch(it -> it.startsWith("renewed-next-"));
    run.succeeds(LIMIT);
    STORY.log().awaitEnds(run.ids());
    assertRanOnce(run.ids());
    assertRanOnce(List.of("renewal"));
  }

  @Test
  void aRolloutWhoseGateFailsIsTakenBackAlsoByTheNextOperator() {
    STORY
        .group("rolled")
        .apply(
            "baton-worker:dev",
            """
            replicas: 4
            rollout: {steps: [{percent: 50}], gate: {function: computeSomething, args: [gate, -1], timeout: 30s}}
            """);
    STORY.group("rolled").awaitWorkers(4);
    // So many that some are left when the new workers have started, also on a busy machine.
    var run = ClientRun.start(STORY.cluster(), "rolled", "rolled", 140, 1, 2);
    run.ids().stream()
        .limit(4)
        .forEach(id -> STORY.log().awaitLine(line -> line.call().equals(id)));
    var begun = Instant.now();
    STORY
        .group("rolled")
        .patch("{\"spec\":{\"template\":{\"metadata\":{\"annotations\":{\"version\":\"2\"}}}}}");
    killOperatorWhen(
        "the new workers are asked for",
        () ->
            STORY.group("rolled").podNames().stream()
                .anyMatch(it -> it.startsWith("rolled-next-")));
    STORY.group("rolled").await("{.status.rollout.phase}", "RolledBack");
    STORY.figure("a rollout to its failed gate and back, its operator killed", begun);
    assertThat(STORY.group("rolled").condition("Progressing", "{.reason} {.message}"))
        .startsWith("RolledBack revision ")
        .contains("the gate failed: computeSomething was rejected");
    STORY.group("rolled").awaitWorkers(4);
    assertThat(STORY.group("rolled").podNames()).noneMatch(it -> it.startsWith("rolled-next-"));
    run.succeeds(LIMIT);
    STORY.log().awaitEnds(run.ids());
    assertRanOnce(run.ids());
    assertThat(
            run.ids().stream().flatMap(id -> STORY.log().of(id).stream()).map(WorkerLine::worker))
        .as("new workers worked as well")
        .anyMatch(it -> it.startsWith("rolled-next-"));
  }

  @Test
  void aWorkerOfThePublicTypeScriptSdkIsAWorkerLikeAnyOther() {
    Shell.run("e2e/typescript-worker/image.sh", STORY.cluster().containerId())
        .orFail("building the TypeScript worker");
    STORY.group("typescript").apply("baton-typescript-worker:dev", "replicas: 1");
    STORY.group("typescript").awaitWorkers(1);
    var scaled = Instant.now();
    STORY.group("typescript").scale(3);
    STORY.group("typescript").awaitWorkers(3);
    STORY.figure("TypeScript: scale from 1 to 3 connected workers", scaled, Instant.now());

    var run = ClientRun.start(STORY.cluster(), "typescript", "typescript", 2, 6, 6);
    var call = run.ids().getFirst();
    var lost = STORY.log().awaitLine(line -> line.call().equals(call));
    STORY.log().awaitLine(line -> line.call().equals(run.ids().getLast()));
    STORY
        .cluster()
        .kubectl("delete", "pod", lost.worker(), "--grace-period=0", "--force", "--wait=false");
    var deleted = Instant.now();
    var resumed =
        STORY
            .log()
            .awaitLine(line ->
                line.call().equals(call)
                    && line.kind() == Kind.STARTED
                    && !line.worker().equals(lost.worker()));
    STORY.figure(
        "TypeScript: pod deleted by force, to the survivor's start", deleted, resumed.at());
    assertThat(Duration.between(deleted, resumed.at())).isLessThan(TAKEOVER_LIMIT);
    run.succeeds(LIMIT);
    STORY.group("typescript").awaitWorkers(3);
  }

  /** When the group's first worker had connected, by the server. */
  private Instant awaitFirstWorker(String group) {
    return await("a worker of " + group)
        .atMost(LIMIT)
        .pollInterval(Duration.ofMillis(100))
        .until(
            () ->
                STORY
                    .group(group)
                    .atServer()
                    .path("workers")
                    .valueStream()
                    .map(worker -> Instant.ofEpochMilli(worker.path("connectedAt").asLong()))
                    .min(Comparator.naturalOrder()),
            Optional::isPresent)
        .orElseThrow();
  }

  private static void assertRanOnce(List<String> calls) {
    assertThat(calls)
        .as("each call ran once, to its end")
        .allSatisfy(id ->
            assertThat(STORY.log().of(id))
                .extracting(WorkerLine::kind)
                .containsExactly(Kind.STARTED, Kind.FINISHED));
  }

  private static boolean isChosen(Pod pod) {
    return pod.getMetadata().getAnnotations().containsKey("baton.dev/draining-since");
  }

  /** At that point, the operator that acts: who holds the Lease and is not gone yet. */
  private void killOperatorWhen(String point, Callable<Boolean> isThere) {
    await(point).atMost(LIMIT).pollInterval(Duration.ofMillis(50)).until(isThere);
    await("an operator to kill: " + point)
        .atMost(LIMIT)
        .pollInterval(Duration.ofMillis(50))
        .until(() -> killed(podOf(leader())));
  }

  /** By SIGKILL, so that it gives nothing back, and for good: the pod is not started again. */
  private static boolean killed(String operator) {
    if (operator.isEmpty() || isGone(operator)) {
      return false;
    }
    STORY.cluster().kill9(operator);
    STORY
        .cluster()
        .kubectl("delete", "pod", operator, "--grace-period=0", "--force", "--wait=false");
    return true;
  }

  private static boolean isGone(String pod) {
    return STORY.cluster().pod(pod) == null;
  }

  private static String podOf(String leader) {
    return leader.replaceFirst("-\\d+$", "");
  }

  private String leader() {
    var lease =
        STORY
            .cluster()
            .ask(client ->
                client.leases().inNamespace(Cluster.NAMESPACE).withName("baton-operator").get());
    return lease == null ? "" : Objects.requireNonNullElse(lease.getSpec().getHolderIdentity(), "");
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
}
