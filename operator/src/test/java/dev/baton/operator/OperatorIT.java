package dev.baton.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.baton.operator.api.v1alpha1.WorkerGroup;
import dev.baton.operator.api.v1alpha1.WorkerGroupStatus;
import dev.baton.operator.resources.Wiring;
import dev.baton.operator.server.FakeServer;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudgetBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBuilder;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** The operator at a real API server, with real pods, and a server that records. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OperatorIT {

  private static final String IMAGE = "registry.k8s.io/pause:3.10";

  /** How soon after a watch shows it the server is told of a pod. */
  private static final Duration SOON = Duration.ofSeconds(1);

  /** So often a busy machine may be in the way of it. */
  private static final int TRIES = 3;

  private final KubernetesClient client = TestCluster.admin();
  private final String namespace = "it-" + Long.toString(System.currentTimeMillis(), 36);
  private final FakeServer server = new FakeServer();
  private final SharedIndexInformer<Pod> connecting;
  private OperatorUnderTest operator = new OperatorUnderTest();

  OperatorIT() {
    connecting = client.pods().inNamespace(namespace).inform(new Connecting());
  }

  @BeforeAll
  void prepare() {
    Awaitility.setDefaultTimeout(Duration.ofSeconds(60));
    client
        .resource(
            new NamespaceBuilder()
                .withNewMetadata()
                .withName(namespace)
                .addToLabels("pod-security.kubernetes.io/enforce", "restricted")
                .endMetadata()
                .build())
        .create();
  }

  @AfterEach
  void removeGroups() {
    client.resources(WorkerGroup.class).inNamespace(namespace).delete();
    client.apps().deployments().inNamespace(namespace).delete();
    server.setStatus(200);
    server.meets(0);
    server.show(FakeServer.figures(0, 0, 0, null));
  }

  @AfterAll
  void finish() {
    Awaitility.reset();
    connecting.close();
    operator.close();
    server.close();
    client.namespaces().withName(namespace).delete();
    client.close();
  }

  @Test
  void aWorkerGroupBecomesPodsAndTellsOfThem() {
    server.show(FakeServer.figures(4, 1, 2, null));
    apply("story", "replicas: 2");
    awaitCondition("story", "Available", "True", "2 of 2 workers are ready");
    awaitCondition("story", "Progressing", "False", "2 of 2 workers are as the spec says");
    awaitCondition("story", "ServerReachable", "True", "the server answers");
    WorkerGroupStatus status = group("story").get().getStatus();
    assertThat(status.replicas()).isEqualTo(2);
    assertThat(status.readyReplicas()).isEqualTo(2);
    assertThat(status.connectedWorkers()).isEqualTo(2);
    assertThat(status.inFlight()).isEqualTo(1);
    assertThat(status.ready()).isEqualTo(4);
    assertThat(status.oldestReadySeconds()).isEqualTo(2);
    assertThat(status.observedGeneration()).isEqualTo(1);
    assertThat(status.selector()).isEqualTo("baton.dev/workergroup=story");
    assertThat(status.conditions())
        .allSatisfy(it -> assertThat(it.getObservedGeneration()).isEqualTo(1));

    Pod pod = pods("story").getFirst();
    assertThat(pod.getSpec().getContainers().getFirst().getEnv())
        .extracting(EnvVar::getName)
        .startsWith("RESONATE_URL", "RESONATE_GROUP", "RESONATE_PID");
    awaitEvent("story", "Normal Scaled Scaled from 0 to 2 workers");
  }

  @Test
  void aRolloutCallsANewWorkerAndGoesBackWhenThatFails() {
    String rollout =
        "replicas: 2\nrollout: {steps: [{percent: 50}], gate: {function: check, args: [1]}}";
    server.promises("pending");
    apply("rollout", rollout);
    awaitCondition("rollout", "Available", "True", "2 of 2 workers are ready");
    group("rollout")
        .edit(it -> {
          ((ObjectNode) it.getSpec().template()).withObject("/metadata/annotations").put("v", "2");
          return it;
        });
    await()
        .until(
            () -> server.calls().stream().anyMatch(it -> it.body().contains("\"promise.create\"")));
    operator.close(); // killed in the middle: another one asks for the same call
    operator = new OperatorUnderTest();
    awaitCondition("rollout", "Progressing", "True", "the gate is called on pod rollout-next-");
    server.promises("rejected");
    awaitCondition("rollout", "Progressing", "False", "the gate failed: check was rejected");
    awaitCondition("rollout", "Stalled", "True", "was rolled back to");
    await().until(() -> pods("rollout").size() == 2);
    assertThat(pods("rollout"))
        .noneMatch(it -> it.getMetadata().getLabels().containsKey("baton.dev/track"));
    await()
        .untilAsserted(() ->
            assertThat(
                    client
                        .apps()
                        .deployments()
                        .inNamespace(namespace)
                        .withName("rollout-next")
                        .get())
                .as("the empty one is deleted")
                .isNull());
    assertThat(
            server.calls().stream()
                .filter(it -> it.body().contains("\"promise.create\""))
                .map(it -> it.body().replaceFirst(".*\"id\":\"([^\"]*)\".*", "$1"))
                .distinct())
        .hasSize(1);
    awaitEvent("rollout", "Warning RolledBack");
  }

  @Test
  void aPodIsReadyWhileTheServerSeesItsWorkerAndWhenTheServerIsAway() {
    apply("ready", "replicas: 1");
    awaitCondition("ready", "Available", "True", "1 of 1 workers are ready");
    Pod pod = pods("ready").getFirst();
    server.stop();
    awaitCondition("ready", "ServerReachable", "False", "GET ");
    server.start();
    awaitCondition("ready", "ServerReachable", "True", "the server answers");
    assertThat(group("ready").get().getStatus().readyReplicas()).isEqualTo(1);

    server.disconnect(pod.getMetadata().getName());
    awaitCondition("ready", "Available", "False", "0 of 1 workers are ready");
    long connectedAt = System.nanoTime();
    server.connect(pod.getMetadata().getName(), "10.0.0.1", 0);
    awaitCondition("ready", "Available", "True", "1 of 1 workers are ready");
    System.out.printf("connected to ready %.0f ms%n", (System.nanoTime() - connectedAt) / 1e6);
  }

  @Test
  void aBusyPodLeavesWhenItIsEmptyWhicheverOperatorActs() {
    apply("shrinking", "replicas: 3\ndrainTimeout: 10m"); // it is not over meanwhile
    awaitCondition("shrinking", "Available", "True", "3 of 3 workers are ready");
    List<Pod> all = pods("shrinking");
    setLoad(all.get(1), 1);
    setLoad(all.get(2), 2);
    await().until(() -> isBusy(all.get(2)));
    group("shrinking").scale(1);
    await().until(() -> names(pods("shrinking")).equals(names(all.subList(1, 3))));
    await().until(() -> isMarked(all.get(1), "annotations", "baton.dev/draining-since"));
    awaitCondition(
        "shrinking", "Progressing", "True", "2 workers exist, 1 asked for, 1 finishes its work");

    operator.close();
    setLoad(all.get(1), 0);
    operator = new OperatorUnderTest();
    await().until(() -> names(pods("shrinking")).equals(names(all.subList(2, 3))));
    assertThat(server.lines("POST"))
        .noneMatch(it -> it.contains(names(all.subList(2, 3)) + "/drain"));
    assertThat(isBusy(all.get(2))).isTrue();
  }

  @Test
  void aPodThatDoesNotBecomeEmptyInItsTimeIsHandedOver() {
    apply("late", "replicas: 1");
    awaitCondition("late", "Available", "True", "1 of 1 workers are ready");
    Pod pod = pods("late").getFirst();
    setLoad(pod, 1);
    long from = System.nanoTime();
    group("late").scale(0);
    awaitCall("late", pod, "drain");
    awaitCall("late", pod, "gone");
    assertThat(Duration.ofNanos(System.nanoTime() - from)).isGreaterThan(Duration.ofSeconds(4));
    await().until(() -> pods("late").isEmpty());
    awaitEvent("late", "Normal DrainTimeOver Pod " + pod.getMetadata().getName());
  }

  @Test
  void moreThatAreWishedForKeepThoseThatWereToLeave() {
    apply("back", "replicas: 1\ndrainTimeout: 10m"); // it is not over meanwhile
    awaitCondition("back", "Available", "True", "1 of 1 workers are ready");
    Pod pod = pods("back").getFirst();
    setLoad(pod, 1);
    group("back").scale(0);
    awaitCall("back", pod, "drain");
    group("back").scale(1);
    awaitCall("back", pod, "resume");
    await().until(() -> !isMarked(pod, "annotations", "baton.dev/draining-since"));
    assertThat(names(pods("back"))).isEqualTo(names(List.of(pod)));
  }

  @Test
  void aBusyPodRefusesEvictionUntilItIsEmpty() {
    apply("evictable", "replicas: 1");
    awaitCondition("evictable", "Available", "True", "1 of 1 workers are ready");
    Pod pod = pods("evictable").getFirst();
    setLoad(pod, 1);
    await().until(() -> isBusy(pod));
    await().until(() -> budgetIsKnown("evictable-busy"));
    assertThat(client.pods().inNamespace(namespace).withName(pod.getMetadata().getName()).evict())
        .isFalse();
    setLoad(pod, 0);
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() ->
            client.pods().inNamespace(namespace).withName(pod.getMetadata().getName()).evict());
    assertThat(pods("evictable"))
        .extracting(it -> it.getMetadata().getUid())
        .doesNotContain(pod.getMetadata().getUid());
  }

  @Test
  void theFiguresFollowTheServer() {
    apply("figures", "replicas: 0");
    awaitCondition("figures", "Available", "True", "no workers are asked for");
    server.show(FakeServer.figures(9, 3, 1, null));
    await()
        .until(() -> {
          WorkerGroupStatus status = group("figures").get().getStatus();
          return Integer.valueOf(9).equals(status.ready())
              && Integer.valueOf(3).equals(status.inFlight())
              && Integer.valueOf(1).equals(status.connectedWorkers());
        });
  }

  @Test
  void kubectlScaleWorksBothWays() {
    apply("scaled", "replicas: 1");
    awaitCondition("scaled", "Available", "True", "1 of 1 workers are ready");
    group("scaled").scale(3);
    awaitCondition("scaled", "Available", "True", "3 of 3 workers are ready");
    awaitEvent("scaled", "Normal Scaled Scaled from 1 to 3 workers");
    group("scaled").scale(0);
    awaitCondition("scaled", "Available", "True", "no workers are asked for");
    await().until(() -> pods("scaled").isEmpty());
  }

  @Test
  void aForeignEditIsPutBackAndForeignFieldsStay() {
    apply("edited", "replicas: 1");
    awaitCondition("edited", "Progressing", "False", "1 of 1 workers are as the spec says");
    deployment("edited")
        .edit(it ->
            new DeploymentBuilder(it)
                .editMetadata()
                .addToAnnotations("example.org/note", "mine")
                .endMetadata()
                .editSpec()
                .withReplicas(4)
                .withMinReadySeconds(1)
                .editTemplate()
                .editSpec()
                .editContainer(0)
                .withImage("example.org/foreign:1")
                .addNewEnv()
                .withName("FOREIGN")
                .withValue("1")
                .endEnv()
                .endContainer()
                .endSpec()
                .endTemplate()
                .endSpec()
                .build());
    awaitEvent(
        "edited",
        "Normal DeploymentRestored Deployment edited had been changed or removed: put back");
    Deployment restored = deployment("edited").get();
    assertThat(restored.getSpec().getReplicas()).isEqualTo(1);
    assertThat(restored.getSpec().getMinReadySeconds()).isEqualTo(1);
    assertThat(restored.getMetadata().getAnnotations()).containsEntry("example.org/note", "mine");
    var container = restored.getSpec().getTemplate().getSpec().getContainers().getFirst();
    assertThat(container.getImage()).isEqualTo(IMAGE);
    assertThat(container.getEnv()).extracting(EnvVar::getName).contains("FOREIGN");
    assertThat(events("edited")).noneMatch(it -> it.contains("from 4"));
  }

  @Test
  void aDeploymentThatIsDeletedComesBack() {
    apply("deleted", "replicas: 1");
    awaitCondition("deleted", "Available", "True", "1 of 1 workers are ready");
    String uid = deployment("deleted").get().getMetadata().getUid();
    deployment("deleted").delete();
    await()
        .until(() -> {
          Deployment there = deployment("deleted").get();
          return there != null && !there.getMetadata().getUid().equals(uid);
        });
  }

  @Test
  void theServersAbsenceIsSaidAndItsReturnToo() {
    apply("absent", "replicas: 0");
    awaitCondition("absent", "ServerReachable", "True", "the server answers");
    server.stop();
    awaitCondition("absent", "ServerReachable", "False", "GET " + server.url());
    assertThat(group("absent").get().getStatus().connectedWorkers()).isNull();
    awaitEvent("absent", "Warning ServerUnreachable GET " + server.url());
    server.start();
    awaitCondition("absent", "ServerReachable", "True", "the server answers");
    awaitEvent("absent", "Normal ServerReachable the server answers again");
  }

  @Test
  void aMissingTokenIsSaidAndOneThatAppearsIsUsed() {
    apply("token", "replicas: 0", ", tokenSecretRef: {name: token-of-it, key: jwt}");
    awaitCondition(
        "token",
        "ServerReachable",
        "False",
        "key jwt of Secret " + namespace + "/token-of-it does not exist");
    client
        .resource(
            new SecretBuilder()
                .withNewMetadata()
                .withName("token-of-it")
                .withNamespace(namespace)
                .endMetadata()
                .addToStringData("jwt", "a.b.c")
                .build())
        .create();
    awaitCondition("token", "ServerReachable", "True", "the server answers");
    assertThat(server.calls())
        .anySatisfy(call -> {
          assertThat(call.uri()).isEqualTo("/groups");
          assertThat(call.token()).isEqualTo("Bearer a.b.c");
        });
  }

  @Test
  void slotsAreSetAtTheServerAndTakenBack() {
    apply("slots", "replicas: 0\nslots: 3");
    await().until(() -> putsFor("slots").contains("{\"slotsPerWorker\":3}"));
    await()
        .until(() -> Integer.valueOf(3).equals(group("slots").get().getStatus().slotsPerWorker()));
    apply("slots", "replicas: 0");
    await().until(() -> putsFor("slots").contains("{\"slotsPerWorker\":null}"));
    await().until(() -> group("slots").get().getStatus().slotsPerWorker() == null);
    // Each may be said more than once, where what came of it is seen late; never the first again.
    assertThat(putsFor("slots").stream().dropWhile(it -> it.equals("{\"slotsPerWorker\":3}")))
        .isNotEmpty()
        .containsOnly("{\"slotsPerWorker\":null}");
  }

  @Test
  void aDeletedPodIsDrainedAtOnceAndGoneWhenItHasEnded() {
    apply("graceful", "replicas: 1");
    Pod pod =
        tellsSoon(
            "graceful",
            next -> client.resource(next).delete(),
            (sightings, next) ->
                List.of(
                    sightings.untilTold(next, "graceful", "drain", OperatorIT::isLeaving),
                    sightings.untilTold(next, "graceful", "gone", OperatorIT::hasEnded)));
    awaitEvent(
        "graceful",
        "Normal Draining Pod "
            + pod.getMetadata().getName()
            + " is being deleted: it gets no more work");
    awaitEvent(
        "graceful",
        "Normal WorkerGone Pod " + pod.getMetadata().getName() + " has ended (exit code ");
    awaitEvent("graceful", ": the task it held goes to another worker");
  }

  @Test
  void aPodThatIsForcedOutIsGoneAtOnceAndFindsTheDoorClosed() {
    apply("forced", "replicas: 1");
    Pod pod =
        tellsSoon(
            "forced",
            next -> client.resource(next).withGracePeriod(0).delete(),
            (sightings, next) -> {
              awaitCall("forced", next, "drain");
              return List.of(sightings.untilTold(next, "forced", "gone", null));
            });
    awaitEvent("forced", "Normal WorkerGone Pod " + pod.getMetadata().getName() + " was removed");
  }

  /**
   * Ends the group's pod and has it measured how soon the server is told; with the next pod again,
   * should the machine have been busy with something else: who polls is late each time.
   */
  private Pod tellsSoon(
      String group, Consumer<Pod> end, BiFunction<Sightings, Pod, List<Duration>> measure) {
    for (int attempt = 1; true; attempt++) {
      awaitCondition(group, "Available", "True", "1 of 1 workers are ready");
      Pod pod =
          await()
              .until(() -> pods(group), it -> it.size() == 1 && isReady(it.getFirst()))
              .getFirst();
      server.meets(1, pod.getMetadata().getName());
      try (Sightings sightings = new Sightings()) {
        end.accept(pod);
        List<Duration> times = measure.apply(sightings, pod);
        if (attempt == TRIES) {
          assertThat(times).allSatisfy(it -> assertThat(it).isLessThan(SOON));
        }
        if (times.stream().allMatch(it -> it.compareTo(SOON) < 0)) {
          return pod;
        }
      }
    }
  }

  @Test
  void anEvictedPodIsDrained() {
    apply("evicted", "replicas: 1");
    awaitCondition("evicted", "Available", "True", "1 of 1 workers are ready");
    Pod pod = pods("evicted").getFirst();
    client.pods().inNamespace(namespace).withName(pod.getMetadata().getName()).evict();
    awaitCall("evicted", pod, "drain");
    awaitCall("evicted", pod, "gone");
    awaitEvent(
        "evicted",
        "Normal Draining Pod "
            + pod.getMetadata().getName()
            + " is being evicted (EvictionByEvictionAPI)");
  }

  @Test
  void aContainerThatIsKilledIsGoneThoughItsPodStays() {
    // The kubelet kills it: nothing listens where the probe asks.
    apply(
        "killed",
        "replicas: 1",
        "",
        ", livenessProbe: {tcpSocket: {port: 9}, initialDelaySeconds: 2, periodSeconds: 1,"
            + " failureThreshold: 1}");
    // It may be killed before anybody has seen it ready.
    Pod pod = await().until(() -> pods("killed"), it -> !it.isEmpty()).getFirst();
    awaitCall("killed", pod, "gone");
    awaitEvent(
        "killed",
        "Normal WorkerGone Pod " + pod.getMetadata().getName() + ": container worker has ended");
    assertThat(pods("killed"))
        .extracting(it -> it.getMetadata().getUid())
        .contains(pod.getMetadata().getUid());
    assertThat(
            server.lines("POST /groups/killed/workers/" + pod.getMetadata().getName() + "/drain"))
        .isEmpty();
  }

  @Test
  void podsOfAGroupThatIsDeletedAreStillReported() {
    apply("removed", "replicas: 1");
    awaitCondition("removed", "Available", "True", "1 of 1 workers are ready");
    Pod pod = pods("removed").getFirst();
    group("removed").delete();
    awaitCall("removed", pod, "drain");
    awaitCall("removed", pod, "gone");
    await().until(() -> deployment("removed").get() == null);
  }

  @Test
  void aTemplateThatKubernetesRefusesIsSaidAndItsCorrectionRuns() {
    apply("typo", "replicas: 1", "", ", imagee: x");
    awaitCondition("typo", "Progressing", "False", "imagee: field not declared in schema");
    awaitEvent("typo", "Warning TemplateRejected ");
    apply("typo", "replicas: 1");
    awaitCondition("typo", "Available", "True", "1 of 1 workers are ready");
  }

  @Test
  void aTemplateOfWrongTypesHarmsNobodyElse() {
    apply("odd", "replicas: 1", "", ", ports: many");
    awaitCondition(
        "odd", "Progressing", "False", "template.spec.containers[0].ports: Cannot deserialize");
    apply("sane", "replicas: 0");
    awaitCondition("sane", "Available", "True", "no workers are asked for");
  }

  @Test
  void aDeploymentOfSomebodyElseIsLeftAlone() {
    Deployment foreign =
        client
            .getKubernetesSerialization()
            .unmarshal(
                """
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: taken, namespace: %s}
                spec:
                  replicas: 0
                  selector: {matchLabels: {app: foreign}}
                  template:
                    metadata: {labels: {app: foreign}}
                    spec: {containers: [{name: foreign, image: foreign}]}
                """
                    .formatted(namespace),
                Deployment.class);
    client.resource(foreign).create();
    apply("taken", "replicas: 2");
    awaitCondition(
        "taken", "Progressing", "False", "Deployment taken exists and belongs to nobody");
    assertThat(deployment("taken").get().getSpec().getReplicas()).isZero();
  }

  @Test
  void anOperatorThatWasAwayCatchesUpAndTellsNothingOfPodsThatStayed() {
    apply("restart", "replicas: 1");
    awaitCondition("restart", "Available", "True", "1 of 1 workers are ready");
    Pod pod = pods("restart").getFirst();
    operator.close();
    group("restart").scale(2);
    deployment("restart")
        .edit(it -> new DeploymentBuilder(it).editSpec().withPaused(true).endSpec().build());
    operator = new OperatorUnderTest();
    awaitCondition("restart", "Available", "True", "2 of 2 workers are ready");
    assertThat(group("restart").get().getStatus().observedGeneration()).isEqualTo(2);
    await().until(operator::isWatchingPods);
    assertThat(server.lines("POST")).noneMatch(line -> line.contains(pod.getMetadata().getName()));
  }

  @Test
  void aBudgetOfSomebodyElseIsLeftAlone() {
    client
        .resource(
            new PodDisruptionBudgetBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName("foreign-busy")
                .endMetadata()
                .withNewSpec()
                .withMinAvailable(new IntOrString(7))
                .withNewSelector()
                .addToMatchLabels("app", "other")
                .endSelector()
                .endSpec()
                .build())
        .create();
    apply("foreign", "replicas: 1");
    awaitCondition("foreign", "Available", "True", "1 of 1 workers are ready");
    setLoad(pods("foreign").getFirst(), 1);
    awaitEvent("foreign", "Warning BudgetNotOurs PodDisruptionBudget foreign-busy exists");
    var budget =
        client
            .policy()
            .v1()
            .podDisruptionBudget()
            .inNamespace(namespace)
            .withName("foreign-busy")
            .get();
    assertThat(budget.getSpec().getMinAvailable().getIntVal()).isEqualTo(7);
    assertThat(budget.getMetadata().getOwnerReferences()).isEmpty();
  }

  @Test
  void whatADeletedGroupHadSetAtTheServerIsTakenBack() {
    apply("heir", "replicas: 0\nslots: 3");
    await().until(() -> putsFor("heir").contains("{\"slotsPerWorker\":3}"));
    await()
        .until(() -> Integer.valueOf(3).equals(group("heir").get().getStatus().slotsPerWorker()));
    group("heir").delete();
    await().until(() -> putsFor("heir").contains("{\"slotsPerWorker\":null}"));
  }

  @Test
  void whatWasSetAtAServerThatIsLeftIsTakenBack() {
    apply("mover", "replicas: 0\nslots: 3");
    await()
        .until(() -> Integer.valueOf(3).equals(group("mover").get().getStatus().slotsPerWorker()));
    try (FakeServer other = new FakeServer()) {
      apply("mover", "replicas: 0\nslots: 3", other, "", "");
      await().until(() -> putsFor("mover").contains("{\"slotsPerWorker\":null}"));
      await().until(() -> puts(other, "mover").contains("{\"slotsPerWorker\":3}"));
      group("mover").delete();
      await().until(() -> puts(other, "mover").getLast().equals("{\"slotsPerWorker\":null}"));
    }
  }

  @Test
  void aServerThatIsNotAllowedIsNotSpokenTo() {
    try (FakeServer denied = new FakeServer()) {
      operator.allowOnly("*=" + server.url());
      apply("denied", "replicas: 1\nslots: 3", denied, "", "");
      awaitCondition("denied", "ServerReachable", "False", "does not name " + denied.url());
      Pod pod = await().until(() -> pods("denied"), it -> !it.isEmpty()).getFirst();
      client.resource(pod).withGracePeriod(0).delete();
      apply("allowed", "replicas: 0");
      awaitCondition("allowed", "ServerReachable", "True", "the server answers");
      group("denied").delete();
      await().until(() -> group("denied").get() == null && deployment("denied").get() == null);
      assertThat(denied.calls()).isEmpty();
    } finally {
      operator.allowOnly();
    }
  }

  @Test
  void aRightThatIsTakenAwayIsSaidAndUsedWhenItIsBack() {
    apply("rights", "replicas: 1");
    awaitCondition("rights", "Available", "True", "1 of 1 workers are ready");
    try (var _ = new Without("deployments"::equals)) {
      group("rights").scale(2);
      awaitCondition("rights", "Progressing", "False", "cannot patch resource \"deployments\"");
      awaitEvent("rights", "Warning Forbidden ");
    }
    awaitCondition("rights", "Available", "True", "2 of 2 workers are ready");
    awaitCondition("rights", "Progressing", "False", "2 of 2 workers are as the spec says");
  }

  @Test
  void theRightToSayThatPodsAreConnectedIsMissedByName() {
    apply("unsaid", "replicas: 0");
    awaitCondition("unsaid", "Available", "True", "no workers are asked for");
    try (var _ = new Without("pods/status"::equals)) {
      group("unsaid").scale(1);
      awaitEvent("unsaid", "Warning Forbidden The operator lacks a right: pods \"unsaid-");
    }
    awaitCondition("unsaid", "Available", "True", "1 of 1 workers are ready");
  }

  @Test
  void withoutTheRightToWriteStatusesAnEventSaysWhatIsMissing() {
    apply("mute", "replicas: 1");
    awaitCondition("mute", "Available", "True", "1 of 1 workers are ready");
    try (var _ = new Without(resource -> !resource.equals("events"))) {
      group("mute").scale(2);
      awaitEvent("mute", "Warning Forbidden The operator lacks a right: ");
    }
    awaitCondition("mute", "Available", "True", "2 of 2 workers are ready");
  }

  /** The operator's rights but for some resources, until it is closed. */
  private final class Without implements AutoCloseable {
    private final ClusterRole whole =
        client.rbac().clusterRoles().withName("baton-operator").require();

    Without(Predicate<String> resource) {
      write(
          whole.getRules().stream()
              .filter(rule -> rule.getResources().stream().noneMatch(resource))
              .toList());
    }

    private void write(List<PolicyRule> rules) {
      var _ =
          client
              .rbac()
              .clusterRoles()
              .withName("baton-operator")
              .edit(it -> new ClusterRoleBuilder(it).withRules(rules).build());
    }

    @Override
    public void close() {
      write(whole.getRules());
    }
  }

  @Test
  void workersOfANodeThatIsRemovedAreGone() {
    try (var machine = new Machine("removed")) {
      Pod pod = machine.run();
      client.nodes().withName(machine.node).delete();
      awaitCall("removed", pod, "gone");
    }
  }

  /** Half a minute long, so it is run when asked for. Kubernetes still takes the node for ready. */
  @Test
  @EnabledIfSystemProperty(named = "baton.long", matches = "true")
  void aNodeWhoseLeaseStandsStillHasVanishedWhenTheServerHasLostTheWorkerToo() {
    try (var machine = new Machine("vanished")) {
      Pod pod = machine.run();
      long from = System.nanoTime();
      server.disconnect(pod.getMetadata().getName());
      await()
          .until(() -> {
            machine.beat();
            return !server.lines(call("vanished", pod, "gone")).isEmpty();
          });
      System.out.printf(
          "vanished node: gone told %.1f s after the server lost its worker%n",
          (System.nanoTime() - from) / 1e9);
      awaitEvent("vanished", "its node is not heard and the server does not see its worker");
      assertThat(client.nodes().withName(machine.node).get().getStatus().getConditions())
          .noneMatch(it -> it.getType().equals("Ready") && it.getStatus().equals("Unknown"));
    }
  }

  /** A node without a machine, whose lease was renewed once, and one pod of a WorkerGroup on it. */
  private final class Machine implements AutoCloseable {
    private final String name;
    private final String node;

    Machine(String name) {
      this.name = name;
      this.node = namespace + "-" + name;
      client
          .resource(
              new NodeBuilder()
                  .withNewMetadata()
                  .withName(node)
                  .endMetadata()
                  .withNewSpec()
                  .addNewTaint()
                  .withKey("baton.dev/no-machine")
                  .withEffect("NoSchedule")
                  .endTaint()
                  .endSpec()
                  .build())
          .create();
      beat();
      NodeReports.renewLease(client, node);
    }

    /** It is ready, it says, without renewing its lease. */
    void beat() {
      NodeReports.ready(client, node);
    }

    /** Once the operator knows it, and its worker is connected. */
    Pod run() {
      apply(name, "replicas: 0");
      Pod pod =
          client
              .resource(
                  new PodBuilder()
                      .withNewMetadata()
                      .withNamespace(namespace)
                      .withName(name + "-pod")
                      .addToLabels(Wiring.WORKER_GROUP_LABEL, name)
                      .addToAnnotations(Wiring.SERVER_ANNOTATION, server.url())
                      .addToAnnotations(Wiring.GROUP_ANNOTATION, name)
                      .endMetadata()
                      .withNewSpec()
                      .withNodeName(node)
                      .addNewReadinessGate(Wiring.CONNECTED_CONDITION)
                      .withNewSecurityContext()
                      .withRunAsNonRoot(true)
                      .withRunAsUser(65535L)
                      .withNewSeccompProfile()
                      .withType("RuntimeDefault")
                      .endSeccompProfile()
                      .endSecurityContext()
                      .addNewContainer()
                      .withName("worker")
                      .withImage(IMAGE)
                      .withNewSecurityContext()
                      .withAllowPrivilegeEscalation(false)
                      .withNewCapabilities()
                      .addToDrop("ALL")
                      .endCapabilities()
                      .endSecurityContext()
                      .endContainer()
                      .endSpec()
                      .build())
              .create();
      client
          .resource(
              new PodBuilder()
                  .withNewMetadata()
                  .withNamespace(namespace)
                  .withName(name + "-pod")
                  .endMetadata()
                  .withNewStatus()
                  .withPhase("Running")
                  .endStatus()
                  .build())
          .subresource("status")
          .patch(PatchContext.of(PatchType.STRATEGIC_MERGE));
      await()
          .until(() ->
              client
                  .pods()
                  .inNamespace(namespace)
                  .resource(pod)
                  .get()
                  .getStatus()
                  .getConditions()
                  .stream()
                  .anyMatch(it ->
                      it.getType().equals(Wiring.CONNECTED_CONDITION)
                          && it.getStatus().equals("True")));
      return pod;
    }

    @Override
    public void close() {
      client.pods().inNamespace(namespace).withName(name + "-pod").withGracePeriod(0).delete();
      client.nodes().withName(node).delete();
      client.leases().inNamespace("kube-node-lease").withName(node).delete();
    }
  }

  private void apply(String name, String spec) {
    apply(name, spec, "", "");
  }

  private void apply(String name, String spec, String serverExtra) {
    apply(name, spec, serverExtra, "");
  }

  private void apply(String name, String spec, String serverExtra, String containerExtra) {
    apply(name, spec, server, serverExtra, containerExtra);
  }

  private void apply(
      String name, String spec, FakeServer at, String serverExtra, String containerExtra) {
    at.knows(name);
    String all = spec.contains("drainTimeout:") ? spec : spec + "\ndrainTimeout: 5s";
    String yaml =
        """
        apiVersion: baton.dev/v1alpha1
        kind: WorkerGroup
        metadata: {name: %s, namespace: %s}
        spec:
        %s
          server: {url: "%s"%s}
          template:
            spec:
              securityContext: {runAsNonRoot: true, runAsUser: 65535, seccompProfile: {type: RuntimeDefault}}
              containers:
              - {name: worker, image: "%s", imagePullPolicy: IfNotPresent, securityContext: \
        {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}%s}
        """
            .formatted(
                name, namespace, all.indent(2), at.url(), serverExtra, IMAGE, containerExtra);
    client
        .resource(
            client.getKubernetesSerialization().unmarshal(yaml, GenericKubernetesResource.class))
        .fieldManager("user")
        .forceConflicts()
        .serverSideApply();
  }

  private Resource<WorkerGroup> group(String name) {
    return client.resources(WorkerGroup.class).inNamespace(namespace).withName(name);
  }

  private Resource<Deployment> deployment(String name) {
    return client.apps().deployments().inNamespace(namespace).withName(name);
  }

  private List<Pod> pods(String group) {
    return client
        .pods()
        .inNamespace(namespace)
        .withLabel("baton.dev/workergroup", group)
        .list()
        .getItems()
        .stream()
        .filter(pod -> !isLeaving(pod))
        .toList();
  }

  private static String names(List<Pod> pods) {
    return pods.stream()
        .map(pod -> pod.getMetadata().getName())
        .sorted()
        .collect(Collectors.joining(" "));
  }

  private void setLoad(Pod pod, int load) {
    server.connect(pod.getMetadata().getName(), pod.getStatus().getPodIP(), load);
  }

  private boolean isBusy(Pod pod) {
    return isMarked(pod, "labels", "baton.dev/busy");
  }

  private boolean isMarked(Pod pod, String where, String key) {
    var metadata = client.pods().inNamespace(namespace).resource(pod).get().getMetadata();
    var marks = where.equals("labels") ? metadata.getLabels() : metadata.getAnnotations();
    return marks.containsKey(key);
  }

  private boolean budgetIsKnown(String name) {
    var budget =
        client.policy().v1().podDisruptionBudget().inNamespace(namespace).withName(name).get();
    return budget != null
        && budget.getStatus() != null
        && Integer.valueOf(0).equals(budget.getStatus().getDisruptionsAllowed())
        && Integer.valueOf(1).equals(budget.getStatus().getCurrentHealthy());
  }

  private List<String> putsFor(String group) {
    return puts(server, group);
  }

  private static List<String> puts(FakeServer at, String group) {
    return at.calls().stream()
        .filter(call -> call.line().equals("PUT /groups/" + group))
        .map(FakeServer.Call::body)
        .toList();
  }

  private void awaitCondition(String name, String type, String status, String message) {
    await()
        .untilAsserted(() -> {
          WorkerGroupStatus told = group(name).get().getStatus();
          assertThat(told).isNotNull();
          assertThat(told.conditions().stream().map(OperatorIT::text))
              .anyMatch(it -> it.startsWith(type + " " + status + " ") && it.contains(message));
        });
  }

  private static String text(Condition condition) {
    return condition.getType() + " " + condition.getStatus() + " " + condition.getMessage();
  }

  private List<String> events(String name) {
    return client
        .v1()
        .events()
        .inNamespace(namespace)
        .withField("involvedObject.name", name)
        .list()
        .getItems()
        .stream()
        .filter(it -> it.getInvolvedObject().getKind().equals("WorkerGroup"))
        .map(it -> it.getType() + " " + it.getReason() + " " + it.getMessage())
        .toList();
  }

  private void awaitEvent(String name, String text) {
    await().untilAsserted(() -> assertThat(events(name)).anyMatch(it -> it.contains(text)));
  }

  private void awaitCall(String group, Pod pod, String signal) {
    await().until(() -> !server.lines(call(group, pod, signal)).isEmpty());
  }

  private static String call(String group, Pod pod, String signal) {
    return "POST /groups/%s/workers/%s/%s".formatted(group, pod.getMetadata().getName(), signal);
  }

  private static boolean isLeaving(Pod pod) {
    return pod.getMetadata().getDeletionTimestamp() != null;
  }

  private static boolean isReady(Pod pod) {
    return pod.getStatus().getConditions().stream()
        .anyMatch(it -> it.getType().equals("Ready") && it.getStatus().equals("True"));
  }

  private static boolean hasEnded(Pod pod) {
    return isLeaving(pod)
        && pod.getStatus().getContainerStatuses().stream()
            .allMatch(it -> it.getState().getTerminated() != null);
  }

  /** What a worker in a pod would do: connects when it runs, and is cut off when it ends. */
  private final class Connecting implements ResourceEventHandler<Pod> {
    @Override
    public void onAdd(Pod pod) {
      onUpdate(pod, pod);
    }

    @Override
    public void onUpdate(Pod before, Pod pod) {
      if (runs(pod) && (before == pod || !runs(before))) {
        server.connect(pod.getMetadata().getName(), pod.getStatus().getPodIP(), 0);
      }
    }

    @Override
    public void onDelete(Pod pod, boolean deletedFinalStateUnknown) {
      server.disconnect(pod.getMetadata().getName());
    }

    private static boolean runs(Pod pod) {
      return "Running".equals(pod.getStatus().getPhase());
    }
  }

  /** Every state of every pod with the time at which a watch showed it. */
  private final class Sightings implements AutoCloseable, ResourceEventHandler<Pod> {

    private record Sighting(boolean removed, Pod pod, long nanos) {
      boolean isOf(Pod other) {
        return pod.getMetadata().getUid().equals(other.getMetadata().getUid());
      }
    }

    private final List<Sighting> seen = new CopyOnWriteArrayList<>();
    private final SharedIndexInformer<Pod> informer =
        client.pods().inNamespace(namespace).inform(this);

    @Override
    public void onAdd(Pod pod) {
      seen.add(new Sighting(false, pod, System.nanoTime()));
    }

    @Override
    public void onUpdate(Pod before, Pod pod) {
      seen.add(new Sighting(false, pod, System.nanoTime()));
    }

    @Override
    public void onDelete(Pod pod, boolean deletedFinalStateUnknown) {
      seen.add(new Sighting(true, pod, System.nanoTime()));
    }

    @Override
    public void close() {
      informer.close();
    }

    /** From when a watch showed the pod in that state; also prints it. */
    Duration untilTold(Pod pod, String group, String signal, @Nullable Predicate<Pod> state) {
      awaitCall(group, pod, signal);
      String line = call(group, pod, signal);
      long told =
          server.calls().stream()
              .filter(it -> it.line().equals(line))
              .findFirst()
              .orElseThrow()
              .nanos();
      Sighting cause =
          await() // the operator's own watch may be the faster one
              .until(
                  () ->
                      seen.stream()
                          .filter(it -> it.isOf(pod))
                          .filter(it -> state == null ? it.removed() : state.test(it.pod()))
                          .findFirst(),
                  Optional::isPresent)
              .orElseThrow();
      double ms = (told - cause.nanos()) / 1e6;
      System.out.printf("%s: %s told %.1f ms after a watch showed it%n", group, signal, ms);
      return Duration.ofNanos(told - cause.nanos());
    }
  }
}
