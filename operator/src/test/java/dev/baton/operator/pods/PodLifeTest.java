package dev.baton.operator.pods;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.operator.server.GroupAddress;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PodLifeTest {

  private static final Instant NOW = Instant.parse("2026-01-01T00:01:00Z");
  private static final String RUNNING = "containerStatuses: [{name: worker, state: {running: {}}}]";
  private static final String DELETED = "deletionTimestamp: \"2026-01-01T00:01:30Z\"";

  private @Nullable PodLife life;

  @Test
  void aServingPodIsNoNews() {
    assertThat(seen("", RUNNING)).isEmpty();
    assertThat(seen("", RUNNING)).isEmpty();
  }

  @Test
  void aDeletedPodIsLeavingOnce() {
    seen("", RUNNING);
    assertThat(seen(DELETED, RUNNING)).containsExactly("Draining is being deleted");
    assertThat(seen(DELETED, RUNNING)).isEmpty();
  }

  @Test
  void aPodThatIsLeavingWhenFirstSeenIsToldAsWell() {
    assertThat(seen(DELETED, RUNNING)).containsExactly("Draining is being deleted");
  }

  @Test
  void anEvictedPodIsLeavingBeforeItIsDeleted() {
    seen("", RUNNING);
    assertThat(seen("", evicted("True")))
        .containsExactly("Draining is being evicted (EvictionByEvictionAPI)");
    assertThat(seen(DELETED, evicted("True"))).isEmpty();
  }

  @Test
  void aPodWhoseEvictionFailedStays() {
    seen("", evicted("True"));
    assertThat(seen("", evicted("False"))).containsExactly("Staying");
    assertThat(seen("", evicted("True"))).hasSize(1);
  }

  @Test
  void aLeavingPodIsGoneWhenAllItsContainersHaveEnded() {
    String oneOfTwo =
        """
        containerStatuses:
        - {name: sidecar, state: {terminated: {exitCode: 0, containerID: b}}}
        - {name: worker, state: {running: {}}}
        """;
    seen(DELETED, RUNNING);
    assertThat(seen(DELETED, oneOfTwo)).isEmpty();
    assertThat(seen(DELETED, ended("a", 143, "00:00:59")))
        .containsExactly("Gone has ended (exit code 143)");
    assertThat(seen(DELETED, ended("a", 143, "00:00:59"))).isEmpty();
    assertThat(removed()).isEmpty();
  }

  @Test
  void aFailedPodIsGone() {
    seen("", RUNNING);
    assertThat(seen("", "phase: Failed")).containsExactly("Gone has ended");
  }

  @Test
  void aPodThatFailedLongAgoIsNoNewsToAnOperatorThatStarts() {
    assertThat(seen("", "phase: Failed\n" + ended("a", 1, "00:00:00"))).isEmpty();
    assertThat(seen("", "phase: Failed\n" + ended("a", 1, "00:00:00"))).isEmpty();
  }

  @Test
  void aPodThatIsRemovedWithoutItsEndBeingSeenMayRunOn() {
    seen("", RUNNING);
    assertThat(removed()).containsExactly("Gone was removed, may run on");
  }

  @Test
  void aProcessThatIsKilledHasEndedBeforeItIsStartedAgain() {
    seen("", RUNNING);
    assertThat(seen("", ended("a", 137, "00:00:59")))
        .containsExactly("ProcessEnded container worker has ended (exit code 137) at 00:00:59Z");
    assertThat(seen("", restarted("a", 137))).isEmpty();
  }

  @Test
  void aProcessWhoseEndWasNotSeenIsToldWithItsSuccessor() {
    seen("", RUNNING);
    assertThat(seen("", restarted("a", 137)))
        .containsExactly("ProcessEnded container worker has ended (exit code 137) at 00:00:59Z");
  }

  @Test
  void everyEndIsToldOnce() {
    seen("", RUNNING);
    assertThat(seen("", restarted("a", 1))).hasSize(1);
    assertThat(seen("", restarted("a", 1))).isEmpty();
    assertThat(seen("", restarted("b", 1))).hasSize(1);
  }

  @Test
  void anEndOfLongAgoIsNoNewsToAnOperatorThatStarts() {
    String old =
        "containerStatuses: [{name: worker, state: {running: {}}, lastState: {terminated:"
            + " {exitCode: 1, containerID: a, finishedAt: \"2025-12-31T00:00:00Z\"}}}]";
    assertThat(seen("", old)).isEmpty();
    assertThat(seen("", restarted("b", 1))).hasSize(1);
  }

  @Test
  void theEndOfASidecarIsNotTheWorkers() {
    seen("", RUNNING);
    assertThat(
            seen(
                "",
                """
                containerStatuses:
                - {name: worker, state: {running: {}}}
                - {name: sidecar, state: {terminated: {exitCode: 1, containerID: s}}}
                """))
        .isEmpty();
  }

  @Test
  void theDefaultContainerIsTheWorkersIfThePodNamesOne() {
    String annotated = "annotations: {kubectl.kubernetes.io/default-container: sidecar}";
    assertThat(
            seen(
                annotated,
                """
                containerStatuses:
                - {name: worker, state: {running: {}}}
                - {name: sidecar, state: {terminated: {exitCode: 139, reason: Error, containerID: s}}}
                """))
        .singleElement()
        .asString()
        .startsWith("ProcessEnded container sidecar has ended (exit code 139)");
  }

  @Test
  void runningOutOfMemoryIsSaid() {
    String oom =
        "containerStatuses: [{name: worker, state: {terminated: {exitCode: 137, reason: OOMKilled,"
            + " containerID: a, finishedAt: \"2026-01-01T00:00:59Z\"}}}]";
    assertThat(seen("", oom)).singleElement().asString().contains("(exit code 137, OOMKilled)");
  }

  @Test
  void aPodWithoutAStatusIsServing() {
    assertThat(seen("", "")).isEmpty();
  }

  private static String evicted(String status) {
    return """
    conditions: [{type: DisruptionTarget, status: "%s", reason: EvictionByEvictionAPI}]
    %s
    """
        .formatted(status, RUNNING);
  }

  private static String ended(String id, int code, String at) {
    return """
    containerStatuses: [{name: worker, state: {terminated: \
    {exitCode: %d, reason: Error, containerID: %s, finishedAt: "2026-01-01T%sZ"}}}]
    """
        .formatted(code, id, at);
  }

  private static String restarted(String id, int code) {
    return """
    containerStatuses: [{name: worker, restartCount: 1, state: {running: {}}, lastState: {terminated: \
    {exitCode: %d, reason: Error, containerID: %s, finishedAt: "2026-01-01T00:00:59Z"}}}]
    """
        .formatted(code, id);
  }

  private List<String> seen(String metadata, String status) {
    Pod pod = pod(metadata, status);
    PodLife.Step step = PodLife.seen(life, pod, worker(), NOW);
    life = step.life();
    return step.signals().stream().map(PodLifeTest::text).toList();
  }

  private List<String> removed() {
    return PodLife.removed(life, worker()).stream().map(PodLifeTest::text).toList();
  }

  private static Pod pod(String metadata, String status) {
    return Serialization.unmarshal(
        """
        apiVersion: v1
        kind: Pod
        metadata:
          name: p-1
        %s
        spec: {containers: [{name: worker}, {name: sidecar}]}
        status:
          startTime: "2026-01-01T00:00:00Z"
        %s
        """
            .formatted(metadata.indent(2), status.indent(2)),
        Pod.class);
  }

  static PodWorker worker() {
    return new PodWorker(
        "uid-1",
        "ns",
        "p-1",
        List.of("10.42.0.7"),
        "workers",
        new GroupAddress("http://baton:8001", "g", null));
  }

  private static String text(PodSignal signal) {
    return switch (signal) {
      case PodSignal.Draining(_, String why, _) -> "Draining " + why;
      case PodSignal.Staying _ -> "Staying";
      case PodSignal.Wanted wanted -> "Wanted " + wanted.signal();
      case PodSignal.Gone(_, String why, _, boolean mayRunOn, _) ->
          "Gone " + why + (mayRunOn ? ", may run on" : "");
      case PodSignal.ProcessEnded(_, String why, Instant at) ->
          "ProcessEnded " + why + " at " + at.toString().substring(11);
    };
  }
}
