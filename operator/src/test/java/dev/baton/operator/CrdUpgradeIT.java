package dev.baton.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.baton.operator.api.v1alpha1.WorkerGroup;
import dev.baton.operator.api.v1alpha1.WorkerGroupCrd;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** WorkerGroups that were made when the kind was that of the first release. */
class CrdUpgradeIT {

  private static final Duration LIMIT = Duration.ofSeconds(60);

  /** What the first release took and this one would refuse, besides what both take. */
  private static final String FIRST =
      """
      apiVersion: baton.dev/v1alpha1
      kind: WorkerGroup
      metadata: {name: first, namespace: default}
      spec:
        replicas: 2
        slots: 1
        drainTimeout: 100h
        server: {url: "http://baton:8001", tokenSecretRef: {name: t}}
        template: {spec: {fieldOfTomorrow: 1, containers: [{name: w, image: i}]}}
      """;

  @AutoClose private final KubernetesClient client = TestCluster.admin();

  @AfterEach
  void leaveTheKindOfToday() throws IOException {
    client.resources(WorkerGroup.class).inNamespace("default").withName("first").delete();
    installToday();
  }

  @Test
  void liveObjectsOfTheFirstReleaseLiveOn() throws IOException {
    try (InputStream first =
        Objects.requireNonNull(getClass().getResourceAsStream("/crd/first-release.yaml"))) {
      install(Serialization.unmarshal(first, CustomResourceDefinition.class), false);
    }
    client
        .resource(Serialization.unmarshal(FIRST, GenericKubernetesResource.class))
        .fieldManager("user")
        .serverSideApply();
    writeStatus("{\"replicas\": 2, \"ready\": 3, \"conditions\": []}");

    installToday();
    WorkerGroup read = group();
    assertThat(read.getMetadata().getGeneration()).as("nobody has changed it").isEqualTo(1);
    assertThat(read.getSpec().drainTimeout()).isEqualTo("100h");
    assertThat(read.getSpec().server().isTokenAFile()).isFalse();
    assertThat(read.getSpec().template().toString()).contains("\"fieldOfTomorrow\":1");
    assertThat(Objects.requireNonNull(read.getStatus()).replicas()).isEqualTo(2);

    // Whoever writes the status, or scales, is not stopped by what the spec has since the first.
    writeStatus(
        "{\"replicas\": 2, \"waitingTasks\": 4, \"figuresTime\": \"2026-01-01T00:00:00Z\"}");
    assertThat(Objects.requireNonNull(group().getStatus()).waitingTasks()).isEqualTo(4);
    client.resources(WorkerGroup.class).inNamespace("default").withName("first").scale(5);
    assertThat(group().getSpec().replicas()).isEqualTo(5);
  }

  private WorkerGroup group() {
    return client.resources(WorkerGroup.class).inNamespace("default").withName("first").require();
  }

  private void writeStatus(String status) {
    GenericKubernetesResource patch =
        Serialization.unmarshal(
            """
            {"apiVersion": "baton.dev/v1alpha1", "kind": "WorkerGroup",
             "metadata": {"name": "first", "namespace": "default"}, "status": %s}
            """
                .formatted(status),
            GenericKubernetesResource.class);
    client
        .resource(patch)
        .subresource("status")
        .patch(
            new PatchContext.Builder()
                .withPatchType(PatchType.SERVER_SIDE_APPLY)
                .withFieldManager("operator")
                .withForce(true)
                .build());
  }

  private void installToday() throws IOException {
    try (InputStream today =
        Files.newInputStream(WorkerGroupCrd.DEPLOY.resolve("crd/workergroups.baton.dev.yaml"))) {
      install(Serialization.unmarshal(today, CustomResourceDefinition.class), true);
    }
  }

  /** The whole of it, so that nothing of the one before stays; awaits that it counts. */
  private void install(CustomResourceDefinition crd, boolean knowsFiles) {
    client.resource(crd).createOr(it -> it.update());
    await("the API server goes by it")
        .atMost(LIMIT)
        .until(() ->
            client
                        .apiextensions()
                        .v1()
                        .customResourceDefinitions()
                        .withName("workergroups.baton.dev")
                        .get()
                        .toString()
                        .contains("tokenAs")
                    == knowsFiles
                && isTaken() == knowsFiles);
  }

  /** Whether a field of today stays in an object. */
  private boolean isTaken() {
    return client
        .resource(
            Serialization.unmarshal(
                """
                apiVersion: baton.dev/v1alpha1
                kind: WorkerGroup
                metadata: {name: probe, namespace: default}
                spec:
                  server: {url: "http://baton:8001", tokenAs: File}
                  template: {spec: {containers: [{name: w, image: i}]}}
                """,
                WorkerGroup.class))
        .dryRun()
        .create()
        .getSpec()
        .server()
        .isTokenAFile();
  }
}
