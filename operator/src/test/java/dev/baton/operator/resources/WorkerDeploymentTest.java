package dev.baton.operator.resources;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.operator.api.v1alpha1.PoisonSpec;
import dev.baton.operator.api.v1alpha1.RolloutSpec;
import dev.baton.operator.api.v1alpha1.WorkerGroup;
import dev.baton.operator.api.v1alpha1.WorkerGroupSpec;
import dev.baton.operator.server.GroupAddress;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WorkerDeploymentTest {

  private static final String FULL =
      """
      group: images
      replicas: 5
      slots: 2
      drainTimeout: 1m
      server:
        url: https://baton.example:8443/
        tokenSecretRef: {name: baton-token, key: jwt}
      template:
        metadata:
          labels: {team: vision, baton.dev/workergroup: stolen}
          annotations: {note: hello}
        spec:
          initContainers: [{name: init, image: "i:1"}]
          containers:
          - {name: worker, image: "w:1", env: [{name: RESONATE_GROUP, value: mine}, {name: A, value: b}]}
          - {name: sidecar, image: "s:1"}
      """;

  @Test
  void theDeploymentHasTheWorkerGroupsNameAndOwner() {
    ObjectMeta metadata = Groups.desired(Groups.plain()).getMetadata();
    assertThat(metadata.getName()).isEqualTo("workers");
    assertThat(metadata.getNamespace()).isEqualTo("ns");
    assertThat(metadata.getOwnerReferences())
        .singleElement()
        .satisfies(owner -> {
          assertThat(owner.getApiVersion()).isEqualTo("baton.dev/v1alpha1");
          assertThat(owner.getKind()).isEqualTo("WorkerGroup");
          assertThat(owner.getUid()).isEqualTo("u-1");
          assertThat(owner.getController()).isTrue();
        });
  }

  @Test
  void aRollTakesNoRoomAway() {
    var strategy = Groups.desired(Groups.plain()).getSpec().getStrategy();
    assertThat(strategy.getRollingUpdate().getMaxUnavailable().getValue()).isEqualTo(0);
    assertThat(strategy.getRollingUpdate().getMaxSurge().getValue()).isEqualTo("25%");
  }

  @Test
  void readinessWaitsForTheServerToSeeTheWorkerBesidesWhatElseItWaitsFor() {
    var gates =
        template(
                """
                server: {url: "http://baton:8001"}
                template:
                  spec:
                    readinessGates: [{conditionType: example.org/listed}]
                    containers: [{name: worker}]
                """)
            .getSpec()
            .getReadinessGates();
    assertThat(gates)
        .extracting(it -> it.getConditionType())
        .containsExactly("example.org/listed", "baton.dev/connected");
  }

  @Test
  void aPauseAndADeadlineReachTheDeployment() {
    var plain = Groups.desired(Groups.plain()).getSpec();
    assertThat(plain.getPaused()).as("so that somebody else's pause is taken back").isFalse();
    assertThat(plain.getProgressDeadlineSeconds()).as("left to Kubernetes").isNull();
    var said =
        Groups.desired(
                Groups.of(
                    """
                    paused: true
                    progressDeadlineSeconds: 90
                    server: {url: "http://baton:8001"}
                    template: {spec: {containers: [{name: worker}]}}
                    """))
            .getSpec();
    assertThat(said.getPaused()).isTrue();
    assertThat(said.getProgressDeadlineSeconds()).isEqualTo(90);
  }

  @Test
  void replicasAreOneIfNotSaid() {
    WorkerGroup silent =
        Groups.of(
            """
            server: {url: "http://baton:8001"}
            template: {spec: {containers: [{name: worker}]}}
            """);
    assertThat(Groups.desired(silent).getSpec().getReplicas()).isEqualTo(1);
    assertThat(Groups.desired(Groups.of(FULL)).getSpec().getReplicas()).isEqualTo(5);
  }

  @Test
  void everyContainerLearnsItsServerGroupAndName() {
    Container sidecar = template(FULL).getSpec().getContainers().get(1);
    assertThat(sidecar.getEnv().stream().map(WorkerDeploymentTest::text))
        .containsExactly(
            "RESONATE_URL=https://baton.example:8443",
            "RESONATE_GROUP=images",
            "RESONATE_PID<-metadata.name",
            "RESONATE_DRAIN_TIMEOUT=PT1M",
            "RESONATE_SLOTS=2",
            "RESONATE_TOKEN<-Secret baton-token jwt");
    assertThat(template(FULL).getSpec().getInitContainers().getFirst().getEnv()).isEmpty();
  }

  @Test
  void whatTheTemplateSetsStaysAndComesLast() {
    Container worker = template(FULL).getSpec().getContainers().getFirst();
    assertThat(worker.getEnv().stream().map(WorkerDeploymentTest::text))
        .containsExactly(
            "RESONATE_URL=https://baton.example:8443",
            "RESONATE_PID<-metadata.name",
            "RESONATE_DRAIN_TIMEOUT=PT1M",
            "RESONATE_SLOTS=2",
            "RESONATE_TOKEN<-Secret baton-token jwt",
            "RESONATE_GROUP=mine",
            "A=b");
  }

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          '',                                   false
          'serviceAccountName: reader',
          'automountServiceAccountToken: true', true
          """)
  void aWorkerHasATokenOfKubernetesOnlyIfAskedFor(String asked, @Nullable Boolean mounts) {
    PodSpec pod =
        template(
                """
                server: {url: "http://baton:8001"}
                template: {spec: {%s containers: [{name: worker}]}}
                """
                    .formatted(asked.isEmpty() ? "" : asked + ","))
            .getSpec();
    assertThat(pod.getAutomountServiceAccountToken()).isEqualTo(mounts);
  }

  @Test
  void slotsAndTokenAreLeftOutWhereNotAskedFor() {
    Container worker =
        Groups.desired(Groups.plain()).getSpec().getTemplate().getSpec().getContainers().getFirst();
    assertThat(worker.getEnv())
        .extracting(EnvVar::getName)
        .containsExactly(
            "RESONATE_URL", "RESONATE_GROUP", "RESONATE_PID", "RESONATE_DRAIN_TIMEOUT");
  }

  @Test
  void theGracePeriodCoversTheDrainTimeUnlessTheTemplateKnowsBetter() {
    assertThat(template(FULL).getSpec().getTerminationGracePeriodSeconds()).isEqualTo(65);
    PodSpec own =
        template(
                """
                server: {url: "http://baton:8001"}
                template: {spec: {terminationGracePeriodSeconds: 7, containers: [{name: worker}]}}
                """)
            .getSpec();
    assertThat(own.getTerminationGracePeriodSeconds()).isEqualTo(7);
  }

  @Test
  void ourLabelsWinOverTheTemplatesAndItsOthersStay() {
    ObjectMeta metadata = template(FULL).getMetadata();
    assertThat(metadata.getLabels())
        .isEqualTo(
            Map.of(
                "team", "vision",
                "baton.dev/workergroup", "workers",
                "app.kubernetes.io/managed-by", "baton-operator"));
    assertThat(metadata.getAnnotations()).containsEntry("note", "hello");
  }

  @Test
  void aPodTellsWhichServerAndGroupItBelongsTo() {
    Pod pod = new Pod();
    pod.setMetadata(template(FULL).getMetadata());
    pod.getMetadata().setNamespace("ns");
    assertThat(Wiring.addressOf(pod))
        .isEqualTo(Wiring.addressOf(Groups.of(FULL)))
        .isEqualTo(
            new GroupAddress(
                "https://baton.example:8443",
                "images",
                new GroupAddress.SecretKey("ns", "baton-token", "jwt")));
    pod.getMetadata().setAnnotations(Map.of());
    assertThat(Wiring.addressOf(pod)).isNull();
  }

  @Test
  void theTemplateOfTheResourceIsNotTouched() {
    WorkerGroup group = Groups.of(FULL);
    Groups.desired(group);
    assertThat(group).isEqualTo(Groups.of(FULL));
  }

  @Test
  void fieldsThatThisProgramDoesNotKnowReachTheDeployment() {
    String yaml =
        Serialization.asYaml(
            template(
                """
                server: {url: "http://baton:8001"}
                template:
                  spec:
                    fieldOfTomorrow: {a: 1}
                    containers: [{name: worker, novelty: [1, 2]}]
                """));
    assertThat(yaml).contains("fieldOfTomorrow", "novelty");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {spec: {containers: [{name: a, ports: wrong}]}}  | template.spec.containers[0].ports: Cannot
          {spec: {containers: [{name: a, env: [{name: [1]}]}]}} | template.spec.containers[0].env[0].name: Cannot
          {spec: {tolerations: {a: b}}} | template.spec.tolerations: Cannot
          {metadata: {}}                | template has no spec
          text                          | template: Cannot
          """)
  void aTemplateThatCannotBeReadSaysWhere(String template, String message) {
    assertThat(Template.read(Groups.of("template: " + template).getSpec().template()))
        .isInstanceOfSatisfying(
            Template.Unreadable.class, it -> assertThat(it.message()).startsWith(message));
  }

  @Test
  void aDeploymentWithoutOurOwnerReferenceIsTaken() {
    WorkerGroup group = Groups.plain();
    Deployment ours = Groups.desired(group);
    assertThat(WorkerDeployment.takenBy(ours, group)).isNull();
    Deployment orphan =
        new DeploymentBuilder(ours)
            .editMetadata()
            .withOwnerReferences(List.of())
            .endMetadata()
            .build();
    assertThat(WorkerDeployment.takenBy(orphan, group)).isEqualTo("nobody that is known");
    Deployment foreign =
        new DeploymentBuilder(ours)
            .editMetadata()
            .editOwnerReference(0)
            .withUid("u-2")
            .withKind("App")
            .withName("shop")
            .endOwnerReference()
            .endMetadata()
            .build();
    assertThat(WorkerDeployment.takenBy(foreign, group)).isEqualTo("App shop");
  }

  private static PodTemplateSpec template(String spec) {
    return Groups.desired(Groups.of(spec)).getSpec().getTemplate();
  }

  private static String text(EnvVar variable) {
    if (variable.getValueFrom() == null) {
      return variable.getName() + "=" + variable.getValue();
    }
    return variable.getValueFrom().getFieldRef() != null
        ? variable.getName() + "<-" + variable.getValueFrom().getFieldRef().getFieldPath()
        : "%s<-Secret %s %s"
            .formatted(
                variable.getName(),
                variable.getValueFrom().getSecretKeyRef().getName(),
                variable.getValueFrom().getSecretKeyRef().getKey());
  }

  @Test
  void wherePodsAreReadyWhenTheyRunThereIsNoGate() {
    WorkerGroup running =
        Groups.of(
            """
            readiness: Running
            server: {url: "http://baton:8001"}
            template: {spec: {containers: [{name: worker}]}}
            """);
    assertThat(Groups.desired(running).getSpec().getTemplate().getSpec().getReadinessGates())
        .isEmpty();
  }

  @Test
  void aValueOfANewerCrdIsTakenForTheUsualOne() {
    WorkerGroup newer =
        Groups.of(
            """
            readiness: OfTomorrow
            poison: {action: OfTomorrow}
            rollout: {gate: {function: check}, onFailure: OfTomorrow}
            server: {url: "http://baton:8001", tokenAs: OfTomorrow}
            template: {spec: {containers: [{name: worker}]}}
            """);
    assertThat(newer.getSpec().readiness()).isEqualTo(WorkerGroupSpec.ReadinessMode.Connected);
    assertThat(newer.getSpec().poison()).isEqualTo(new PoisonSpec(null, PoisonSpec.Action.Report));
    assertThat(newer.getSpec().rollout())
        .extracting(RolloutSpec::onFailure)
        .isEqualTo(RolloutSpec.OnFailure.Rollback);
    assertThat(newer.getSpec().server().isTokenAFile()).isFalse();
  }

  @Test
  void aTokenThatIsAFileIsMountedAndReadFromThere() {
    WorkerGroup filed =
        Groups.of(
            """
            server: {url: "http://baton:8001", tokenSecretRef: {name: baton-token, key: jwt}, tokenAs: File}
            template:
              spec:
                containers:
                - {name: worker, volumeMounts: [{name: tmp, mountPath: /tmp}]}
                - {name: own, env: [{name: RESONATE_TOKEN, value: mine}]}
                volumes: [{name: tmp, emptyDir: {}}]
            """);
    PodSpec pod = Groups.desired(filed).getSpec().getTemplate().getSpec();
    assertThat(pod.getVolumes())
        .last()
        .satisfies(volume -> {
          assertThat(volume.getName()).isEqualTo("baton-token");
          assertThat(volume.getSecret().getSecretName()).isEqualTo("baton-token");
          assertThat(volume.getSecret().getItems())
              .singleElement()
              .satisfies(item -> {
                assertThat(item.getKey()).isEqualTo("jwt");
                assertThat(item.getPath()).isEqualTo("token");
              });
        });
    Container worker = pod.getContainers().getFirst();
    assertThat(worker.getVolumeMounts())
        .extracting(mount -> mount.getName() + " " + mount.getMountPath())
        .containsExactly("tmp /tmp", "baton-token /var/run/secrets/baton.dev/server");
    assertThat(worker.getEnv())
        .anySatisfy(variable -> {
          assertThat(variable.getName()).isEqualTo("RESONATE_TOKEN_FILE");
          assertThat(variable.getValue()).isEqualTo("/var/run/secrets/baton.dev/server/token");
        })
        .noneMatch(variable -> variable.getName().equals("RESONATE_TOKEN"));
    Container own = pod.getContainers().getLast();
    assertThat(own.getVolumeMounts()).isEmpty();
    assertThat(own.getEnv())
        .extracting(EnvVar::getName)
        .contains("RESONATE_TOKEN")
        .doesNotContain("RESONATE_TOKEN_FILE");
    assertThat(Wiring.rollingToken(filed)).as("another token replaces no pod").isNull();
  }
}
