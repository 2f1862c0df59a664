package dev.baton.operator.plan;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.baton.operator.api.v1alpha1.ConditionType;
import dev.baton.operator.api.v1alpha1.RolloutStatus;
import dev.baton.operator.api.v1alpha1.WorkerGroup;
import dev.baton.operator.resources.Groups;
import dev.baton.operator.rollout.Facts.GateResult;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * WorkerGroups with the status that plans give them, as the health checks of Argo CD and Flux are
 * tried with: {@code go run . cases} in scripts/health. {@code -Dcases.write=true} writes them
 * anew.
 */
class HealthCasesTest {

  private static final Path CASES = Path.of("..", "scripts", "health", "cases");
  private static final ObjectMapper JSON =
      new ObjectMapper()
          .enable(SerializationFeature.INDENT_OUTPUT)
          .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS);
  private static final String GATED =
      "rollout: {steps: [{percent: 25}], gate: {function: check}, onFailure: %s}";

  private final Map<String, String> cases = new TreeMap<>();

  @Test
  void theCasesOfTheHealthChecksAreWhatPlansSay() throws IOException {
    made();
    failed("degraded-rolled-back.json", "Rollback", "RolledBack");
    failed("degraded-rollout-held.json", "Pause", "Held");
    late();
    if (Boolean.getBoolean("cases.write")) {
      for (Map.Entry<String, String> each : cases.entrySet()) {
        Files.writeString(CASES.resolve(each.getKey()), each.getValue());
      }
    }
    try (var files = Files.list(CASES)) {
      assertThat(files.map(it -> it.getFileName().toString()).collect(Collectors.toSet()))
          .isEqualTo(cases.keySet());
    }
    for (Map.Entry<String, String> each : cases.entrySet()) {
      assertThat(CASES.resolve(each.getKey())).content().isEqualTo(each.getValue());
    }
  }

  private void made() {
    PlayedCluster cluster = new PlayedCluster(group(4, GATED.formatted("Rollback")));
    cluster.step(Map.of());
    keep("progressing-made.json", cluster);
    until(cluster, it -> it.ready("v1") == 4 && isSettled(it));
    keep("healthy-settled.json", cluster);
    cluster.write(group(4, "", "v2").getSpec().template());
    keep("progressing-not-seen-yet.json", cluster);
    until(cluster, it -> "Gating".equals(phase(it)));
    keep("progressing-gate.json", cluster);
    Map<String, GateResult> passed = Map.of(cluster.calls.getFirst().id(), new GateResult.Passed());
    for (int i = 0; i < 100 && !isSettled(cluster); i++) {
      cluster.step(passed);
    }
    keep("healthy-rolled-out.json", cluster);

    PlayedCluster empty = new PlayedCluster(group(0, ""));
    for (int i = 0; i < 3; i++) {
      empty.step(Map.of());
    }
    keep("healthy-scaled-to-zero.json", empty);
  }

  private void failed(String name, String onFailure, String phase) {
    PlayedCluster cluster = new PlayedCluster(group(4, GATED.formatted(onFailure)));
    until(cluster, it -> it.ready("v1") == 4 && isSettled(it));
    cluster.write(group(4, "", "v2").getSpec().template());
    until(cluster, it -> "Gating".equals(phase(it)));
    Map<String, GateResult> failed =
        Map.of(cluster.calls.getFirst().id(), new GateResult.Failed("no"));
    for (int i = 0; i < 100 && !phase.equals(phase(cluster)); i++) {
      cluster.step(failed);
    }
    assertThat(phase(cluster)).isEqualTo(phase);
    keep(name, cluster);
  }

  private void late() {
    PlayedCluster cluster = new PlayedCluster(group(2, ""));
    cluster.broken.add("v1");
    cluster.isLate = true;
    for (int i = 0; i < 5; i++) {
      cluster.step(Map.of());
    }
    keep("degraded-late.json", cluster);
  }

  private static void until(PlayedCluster cluster, Predicate<PlayedCluster> state) {
    for (int i = 0; i < 100 && !state.test(cluster); i++) {
      cluster.step(Map.of());
    }
    assertThat(state.test(cluster)).as(String.valueOf(cluster.status())).isTrue();
  }

  private static boolean isSettled(PlayedCluster cluster) {
    return "Settled".equals(phase(cluster))
        && Conditions.is(cluster.status().conditions(), ConditionType.Ready, Conditions.Truth.True);
  }

  private static String phase(PlayedCluster cluster) {
    RolloutStatus rollout = cluster.status().rollout();
    return rollout == null ? "" : rollout.phase();
  }

  private void keep(String name, PlayedCluster cluster) {
    WorkerGroup group = new WorkerGroup();
    group.setMetadata(cluster.group.getMetadata());
    group.setStatus(cluster.status()); // who judges does not read the spec
    try {
      Object tree =
          new KubernetesSerialization()
              .unmarshal(new KubernetesSerialization().asJson(group), Map.class);
      cases.put(name, JSON.writeValueAsString(tree) + "\n");
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(name, e);
    }
  }

  private static WorkerGroup group(int replicas, String more) {
    return group(replicas, more, "v1");
  }

  private static WorkerGroup group(int replicas, String more, String image) {
    return Groups.of(
        """
        replicas: %d
        %s
        server: {url: "http://baton:8001"}
        template: {spec: {containers: [{name: worker, image: %s}]}}
        """
            .formatted(replicas, more, image));
  }
}
