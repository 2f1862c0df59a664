package dev.baton.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.baton.e2e.WorkerLine.Kind;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
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

/** What becomes of the work when pods are taken away on purpose: fewer, newer, or elsewhere. */
@ExtendWith(Docker.class)
@TestInstance(Lifecycle.PER_CLASS)
@TestMethodOrder(OrderAnnotation.class)
@Timeout(value = 4, unit = TimeUnit.MINUTES)
class PodLifeStoryIT {
  private static final Duration LIMIT = Duration.ofMinutes(3);
  private static final Duration SOON = Duration.ofSeconds(15);

  /** Of the manifests' WorkerGroup. */
  private static final Duration DRAIN_TIME = Duration.ofSeconds(30);

  @RegisterExtension static final Story STORY = Story.ofInstallation();

  @BeforeAll
  void startWorkers() {
    group().scale(6);
    group().awaitWorkers(6);
  }

  private static Group group() {
    return STORY.group("workers");
  }

  @Test
  @Order(1)
  void aScaleInLetsTheIdleGoAtOnceAndTheBusyWhenTheyAreDone() {
    var run = ClientRun.start(STORY.cluster(), "scale-in", 3, 20, 20);
    awaitStarts(run, 3);
    var busy = workersOf(run);
    var from = Instant.now();
    group().scale(2);
    await("the idle pods leave").atMost(SOON).until(() -> group().podNames().size() == 3);
    STORY.figure("scale from 6 to 2, three busy: the three idle ones left", from);
    assertThat(group().podNames()).isEqualTo(busy);
    assertThat(finished(run)).as("calls that were done by then").isZero();

    run.succeeds(LIMIT);
    group().awaitWorkers(2);
    STORY.figure("scale from 6 to 2, three busy: two are left", from);
    assertEachRanOnce(run);
    assertThat(group().events()).contains("no more work: fewer workers");
  }

  @Test
  @Order(2)
  void loadThatReturnsKeepsThoseThatWereToLeave() {
    var run = ClientRun.start(STORY.cluster(), "return", 2, 20, 20);
    awaitStarts(run, 2);
    var busy = workersOf(run);
    group().scale(1);
    await("one is drained").atMost(SOON).until(() -> draining().size() == 1);
    group().scale(2);
    await("and works again").atMost(SOON).until(() -> draining().isEmpty());
    run.succeeds(LIMIT);
    assertEachRanOnce(run);
    var next = ClientRun.start(STORY.cluster(), "returned", 2, 2, 2);
    next.succeeds(LIMIT);
    STORY.log().awaitEnds(next.ids());
    assertThat(workersOf(next)).isEqualTo(busy);
    group().scale(4);
    group().awaitWorkers(4);
  }

  @Test
  @Order(3)
  void aRolloutUnderLoadLosesNothingAndRepeatsNothing() {
    var old = group().podNames();
    var run = ClientRun.start(STORY.cluster(), "roll", 100, 1, 1);
    awaitStarts(run, 4);
    var from = Instant.now();
    group()
        .patch(
            "{\"spec\":{\"template\":{\"metadata\":{\"annotations\":{\"example.org/roll\":\"1\"}}}}}");
    var fewest =
        fewestReadyUntil(() -> isSettled() && group().podNames().stream().noneMatch(old::contains));
    STORY.figure("rollout of 4 pods under load of 100 calls", from);
    STORY.figure("fewest ready pods in that rollout: " + fewest);
    assertThat(fewest).isGreaterThanOrEqualTo(4);
    run.succeeds(LIMIT);
    assertEachRanOnce(run);
  }

  @Test
  @Order(4)
  void aNodeIsDrainedWithoutLosingWork() {
    var node = node();
    var run = ClientRun.start(STORY.cluster(), "node-drain", 7, 6, 6);
    awaitStarts(run, 3);
    var from = Instant.now();
    STORY
        .cluster()
        .kubectl(
            "drain",
            node,
            "--pod-selector=baton.dev/workergroup=workers",
            "--delete-emptydir-data",
            "--timeout=90s");
    STORY.figure("kubectl drain with four busy workers", from);
    STORY.cluster().kubectl("uncordon", node);
    run.succeeds(LIMIT);
    STORY.figure("kubectl drain, uncordon, and seven calls of 6 s done", from);
    group().awaitWorkers(4);
    assertEachRanOnce(run);
  }

  /** As Karpenter removes a node: it says so by a taint, then evicts what may be evicted. */
  @Test
  @Order(5)
  void aNodeThatAnnouncesItsEndByATaintIsEmptyWithinTheDrainTime() {
    var node = node();
    group().scale(4);
    group().awaitWorkers(4);
    var run = ClientRun.start(STORY.cluster(), "taint", 4, 6, 6);
    awaitStarts(run, 4);
    var leaving = group().podNames();
    var from = Instant.now();
    STORY.cluster().kubectl("taint", "node", node, "karpenter.sh/disrupted=:NoSchedule");
    await("its busy workers are let finish, then evicted")
        .atMost(LIMIT)
        .pollInterval(Duration.ofMillis(500))
        .until(() -> {
          group().pods().stream()
              .filter(pod -> leaving.contains(pod.getMetadata().getName()))
              .forEach(this::evict);
          return group().podNames().stream().noneMatch(leaving::contains);
        });
    STORY.figure("taint of a node with four workers busy for 6 s, to the last eviction", from);
    assertThat(Duration.between(from, Instant.now())).isLessThan(DRAIN_TIME);
    STORY.cluster().kubectl("taint", "node", node, "karpenter.sh/disrupted-");
    run.succeeds(LIMIT);
    group().awaitWorkers(4);
    assertEachRanOnce(run);
  }

  private static String node() {
    return STORY
        .cluster()
        .ask(client -> client.nodes().list())
        .getItems()
        .getFirst()
        .getMetadata()
        .getName();
  }

  /** Where it is refused nothing happens. */
  private void evict(Pod pod) {
    STORY
        .cluster()
        .ask(client ->
            client
                .pods()
                .inNamespace(Cluster.NAMESPACE)
                .withName(pod.getMetadata().getName())
                .evict());
  }

  @Test
  @Order(6)
  void aBrokenTemplateIsSaidInTimeAndTheOldPodsWorkOn() {
    var from = Instant.now();
    var old = group().podNames();
    patchTemplate("baton-worker:absent", 8);
    var fewest =
        fewestReadyUntil(() ->
            group()
                .condition("Progressing", "{.reason} {.message}")
                .matches(
                    "DeadlineExceeded .*0 of 4 pods run the new template.*container worker: .*"));
    STORY.figure("broken template to its condition, deadline 8 s", from);
    assertThat(Duration.between(from, Instant.now())).isLessThan(Duration.ofSeconds(13));
    assertThat(fewest).isGreaterThanOrEqualTo(4);
    var run = ClientRun.start(STORY.cluster(), "broken", 4, 1, 1);
    run.succeeds(LIMIT);
    STORY.log().awaitEnds(run.ids());
    assertThat(old).containsAll(workersOf(run));

    patchTemplate("baton-worker:dev", 60);
    await("all is well again").atMost(LIMIT).until(this::isSettled);
    assertThat(group().podNames()).isEqualTo(old);
  }

  private void patchTemplate(String image, int deadlineSeconds) {
    STORY
        .cluster()
        .kubectl(
            "patch",
            group().resource(),
            "--type=json",
            "-p",
            """
            [{"op": "replace", "path": "/spec/template/spec/containers/0/image", "value": "%s"},
             {"op": "add", "path": "/spec/progressDeadlineSeconds", "value": %d}]
            """
                .formatted(image, deadlineSeconds));
  }

  /** The fewest pods that were ready, and not about to end, at any look until then. */
  private int fewestReadyUntil(Callable<Boolean> end) {
    var counts = new ArrayList<Integer>();
    await("the roll")
        .atMost(LIMIT)
        .pollInterval(Duration.ofMillis(100))
        .until(() -> {
          counts.add((int) group().pods().stream().filter(PodLifeStoryIT::isReady).count());
          return end.call();
        });
    return counts.stream().min(Integer::compare).orElseThrow();
  }

  private static boolean isReady(Pod pod) {
    return pod.getStatus().getConditions().stream()
        .anyMatch(it -> it.getType().equals("Ready") && it.getStatus().equals("True"));
  }

  private boolean isSettled() {
    return group().condition("Progressing", "{.reason}").equals("Settled");
  }

  private List<Pod> draining() {
    return group().pods().stream()
        .filter(pod -> pod.getMetadata().getAnnotations().containsKey("baton.dev/draining-since"))
        .toList();
  }

  private void awaitStarts(ClientRun run, int calls) {
    await(calls + " calls started")
        .atMost(LIMIT)
        .pollInterval(Duration.ofMillis(50))
        .until(() -> lines(run, Kind.STARTED).size() >= calls);
  }

  private Set<String> workersOf(ClientRun run) {
    return lines(run, Kind.STARTED).stream().map(WorkerLine::worker).collect(Collectors.toSet());
  }

  private long finished(ClientRun run) {
    return lines(run, Kind.FINISHED).size();
  }

  private List<WorkerLine> lines(ClientRun run, Kind kind) {
    var ids = Set.copyOf(run.ids());
    return STORY.log().lines().stream()
        .filter(line -> line.kind() == kind && ids.contains(line.call()))
        .toList();
  }

  private void assertEachRanOnce(ClientRun run) {
    await("the log of the last call").atMost(SOON).until(() -> finished(run) >= run.ids().size());
    assertThat(lines(run, Kind.STARTED).stream().map(WorkerLine::call))
        .containsExactlyInAnyOrderElementsOf(run.ids());
    assertThat(lines(run, Kind.FINISHED).stream().map(WorkerLine::call))
        .containsExactlyInAnyOrderElementsOf(run.ids());
  }
}
