package dev.baton.operator.plan;

import com.fasterxml.jackson.databind.JsonNode;
import dev.baton.operator.api.v1alpha1.WorkerGroup;
import dev.baton.operator.api.v1alpha1.WorkerGroupStatus;
import dev.baton.operator.plan.ObservedState.Applied;
import dev.baton.operator.resources.DesiredDeployment;
import dev.baton.operator.resources.Wiring;
import dev.baton.operator.rollout.Facts.GateResult;
import dev.baton.operator.server.GroupFigures;
import dev.baton.operator.server.ServerUnavailableException;
import dev.baton.operator.server.Sighting;
import dev.baton.operator.server.Signal;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A cluster in which Deployments make and delete pods as Kubernetes does, and an operator that acts
 * by plans alone, played step by step. Workers connect as soon as their pods run.
 */
final class PlayedCluster {

  /** A Deployment and its pods. */
  private static final class Played {
    @Nullable Deployment deployment;
    @Nullable Applied applied;
    DesiredDeployment desired = new DesiredDeployment();
    final List<Pod> pods = new ArrayList<>();
    int number;
  }

  final WorkerGroup group;
  final Map<String, JsonNode> templates = new HashMap<>();
  final Map<String, GateResult> gates = new HashMap<>();
  final List<Plan.Gate> calls = new ArrayList<>();
  final List<String> events = new ArrayList<>();

  /** Images whose pods never get ready. */
  final Set<String> broken = new HashSet<>();

  /** Images of which a quota lets no pod be made. */
  final Set<String> refused = new HashSet<>();

  /** Pods with work, and how much. */
  final Map<String, Integer> load = new HashMap<>();

  /** Pods that were deleted while they had work and their time was not over. */
  final List<String> lost = new ArrayList<>();

  Instant now = Instant.parse("2026-01-01T00:00:00Z");
  boolean isLate;

  private boolean countsWrites;
  private int killedAfter;
  private int killedEach;
  private int writes;
  private int marks;

  /** Whether the server is one without groups. */
  boolean isForeign;

  private final Played main = new Played();
  private final Played next = new Played();
  private final Set<String> draining = new HashSet<>();
  private final Map<String, Signal> told = new HashMap<>();
  private Map<String, PodTrace> traces = Map.of();
  private WorkerGroupStatus status = WorkerGroupStatus.unknown();

  PlayedCluster(WorkerGroup group) {
    this.group = group;
  }

  WorkerGroupStatus status() {
    return status;
  }

  List<Pod> pods() {
    List<Pod> all = new ArrayList<>(main.pods);
    all.addAll(next.pods);
    return all;
  }

  /** The pids that get no more work. */
  Set<String> draining() {
    return draining;
  }

  /** How many pods run an image and are ready. */
  long ready(String image) {
    return pods().stream().filter(it -> image(it).equals(image) && isReady(it)).count();
  }

  /** As the API server would take it; the name of a template is what it is. */
  void write(JsonNode template) {
    group.setSpec(group.getSpec().withTemplate(template));
    group.getMetadata().setGeneration(group.getMetadata().getGeneration() + 1);
  }

  /** Another operator, which knows nothing but what is written. */
  void killTheOperator() {
    main.applied = null;
    main.desired = new DesiredDeployment();
    next.applied = null;
    next.desired = new DesiredDeployment();
    traces = Map.of();
    told.clear();
    gates.clear();
  }

  /** Kills the operator as soon as it has written so often; then another one begins. */
  void killAfter(int written) {
    killedAfter = written;
  }

  /** Kills each operator when it has written so often: 2 or more, for the first is an apply. */
  void killEach(int written) {
    killedEach = written;
  }

  /** Whether no operator lives for long. */
  boolean isKilledOften() {
    return killedEach > 0;
  }

  /** How often operators have written, figures aside. */
  int writes() {
    return writes;
  }

  /** How often operators have marked pods. */
  int marks() {
    return marks;
  }

  /** What is written before that does not count. */
  void countWrites() {
    countsWrites = true;
  }

  /** After each write of an operator: it may be its last. */
  private void wrote() {
    if (countsWrites) {
      writes++;
    }
    boolean isLast = writes == killedAfter || (killedEach > 0 && writes % killedEach == 0);
    if (countsWrites && isLast) {
      throw new Killed();
    }
  }

  /** The end of an operator, in the middle of what it does. */
  private static final class Killed extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  /** The operator looks once and acts, then the cluster does, and a second is over. */
  void step(Map<String, GateResult> answers) {
    gates.putAll(answers);
    try {
      act();
    } catch (Killed e) {
      killTheOperator();
    }
    control(main);
    control(next);
    now = now.plusSeconds(1);
  }

  private void act() {
    ObservedState observed = observed();
    Plan plan = WorkerGroupPlanner.plan(group, observed, now);
    plan.pods().steps().forEach(this::run);
    if (plan.next() != null && observed.rollout() != null) {
      Applied applied = apply(next, plan.next().desired());
      observed = observed.with(observed.rollout().after(deployment(next), applied));
      plan = WorkerGroupPlanner.plan(group, observed, plan.decision(), now);
    }
    if (plan.retired() != null) {
      next.deployment = null;
      wrote();
    }
    if (plan.apply() != null) {
      Applied applied = apply(main, plan.apply().desired());
      plan =
          WorkerGroupPlanner.plan(
              group, observed.after(deployment(main), applied), plan.decision(), now);
    }
    if (plan.writing() != Plan.Writing.NONE) {
      status = plan.status();
      if (plan.writing() == Plan.Writing.AT_ONCE) {
        wrote();
      }
      plan.notes().forEach(it -> events.add(it.reason() + " " + it.message()));
    }
    if (plan.gate() != null
        && calls.stream().map(Plan.Gate::id).noneMatch(plan.gate().id()::equals)) {
      calls.add(plan.gate());
      wrote();
    }
  }

  private ObservedState observed() {
    String written = nameOf(group.getSpec().template());
    templates.put(written, group.getSpec().template());
    Sighting server =
        isForeign
            ? new Sighting.Unseen(ServerUnavailableException.Kind.NO_GROUPS_API, "no groups")
            : new Sighting.Seen(figures());
    Workforce workforce =
        Workforce.of(
            pods(), traces, new Nodes(Set.of(), Map.of(), Set.of()), server, told, null, now);
    traces = workforce.traces();
    boolean isGuarded = group.getSpec().goesByStep() || status.rollout() != null;
    return new ObservedState(
        main.deployment,
        main.applied,
        null,
        server,
        null,
        status,
        Instant.EPOCH,
        workforce,
        null,
        null,
        null,
        main.desired,
        false,
        isGuarded
            ? new RolloutView(
                written,
                Map.copyOf(templates),
                next.deployment,
                next.applied,
                null,
                Map.copyOf(gates),
                next.desired)
            : null,
        Surroundings.NONE);
  }

  /** Tests name templates by their image. */
  static String nameOf(JsonNode template) {
    return template.at("/spec/containers/0/image").asText();
  }

  private GroupFigures figures() {
    List<GroupFigures.Worker> workers =
        pods().stream()
            .filter(it -> !broken.contains(image(it)))
            .map(it -> it.getMetadata().getName())
            .map(pid ->
                new GroupFigures.Worker(
                    pid, null, 1, load.getOrDefault(pid, 0), draining.contains(pid), 0))
            .toList();
    return new GroupFigures("workers", 1, workers.size(), 0, 0, 0, 0, null, List.of(), workers);
  }

  private static Deployment deployment(Played played) {
    if (played.deployment == null) {
      throw new AssertionError("nothing was applied");
    }
    return played.deployment;
  }

  private Applied apply(Played played, Deployment desired) {
    Deployment before = played.deployment;
    long generation = before == null ? 0 : before.getMetadata().getGeneration();
    boolean differs = before == null || !before.getSpec().equals(desired.getSpec());
    played.deployment =
        new DeploymentBuilder(desired)
            .editMetadata()
            .withUid(desired.getMetadata().getName())
            .withGeneration(differs ? generation + 1 : generation)
            .endMetadata()
            .withStatus(before == null ? null : before.getStatus())
            .build();
    wrote();
    return new Applied(
        desired, desired.getMetadata().getName(), played.deployment.getMetadata().getGeneration());
  }

  private void run(PodStep step) {
    switch (step) {
      case PodStep.SayConnected(WorkerPod pod, boolean connected, _, _) ->
          edit(
              pod,
              it ->
                  it.editOrNewStatus()
                      .withPhase("Running")
                      .withConditions()
                      .addNewCondition()
                      .withType(Wiring.CONNECTED_CONDITION)
                      .withStatus(connected ? "True" : "False")
                      .endCondition()
                      .addNewCondition()
                      .withType("Ready")
                      .withStatus(connected ? "True" : "False")
                      .endCondition()
                      .endStatus()
                      .build());
      case PodStep.Mark(WorkerPod pod, var labels, var annotations, _) -> {
        marks++;
        edit(
            pod,
            it -> {
              Pod marked = it.build();
              marked.getMetadata().setLabels(merged(marked.getMetadata().getLabels(), labels));
              marked
                  .getMetadata()
                  .setAnnotations(merged(marked.getMetadata().getAnnotations(), annotations));
              return marked;
            });
      }
      case PodStep.Tell(WorkerPod pod, Signal signal, List<String> pids) -> {
        told.put(pod.uid(), signal);
        switch (signal) {
          case DRAIN -> draining.addAll(pids);
          case RESUME -> draining.removeAll(pids);
          case GONE -> pids.forEach(load::remove);
        }
      }
    }
    wrote();
  }

  private static Map<String, String> merged(
      @Nullable Map<String, String> there, Map<String, @Nullable String> changes) {
    Map<String, String> all = new HashMap<>(there == null ? Map.of() : there);
    changes.forEach((key, value) -> {
      if (value == null) {
        all.remove(key);
      } else {
        all.put(key, value);
      }
    });
    return all;
  }

  private interface Edit {
    Pod of(PodBuilder pod);
  }

  private void edit(WorkerPod which, Edit edit) {
    for (List<Pod> pods : List.of(main.pods, next.pods)) {
      pods.replaceAll(
          it -> it.getMetadata().getName().equals(which.name()) ? edit.of(new PodBuilder(it)) : it);
    }
  }

  /** What Kubernetes makes of a Deployment: new pods first, one in excess, old ones after that. */
  private void control(Played played) {
    Deployment deployment = played.deployment;
    if (deployment == null) {
      return;
    }
    int replicas = deployment.getSpec().getReplicas();
    PodTemplateSpec template = deployment.getSpec().getTemplate();
    List<Pod> old =
        new ArrayList<>(played.pods.stream().filter(it -> !isOf(it, template)).toList());
    List<Pod> fresh =
        new ArrayList<>(played.pods.stream().filter(it -> isOf(it, template)).toList());
    int most = replicas + (old.isEmpty() ? 0 : 1);
    boolean isRefused = refused.contains(imageOf(template));
    while (!isRefused && fresh.size() < replicas && fresh.size() + old.size() < most) {
      fresh.add(pod(played, deployment));
    }
    old.sort(byCost());
    while (!old.isEmpty()
        && old.stream().filter(this::isReady).count() + fresh.stream().filter(this::isReady).count()
            > replicas) {
      played.pods.remove(old.getFirst());
      draining.remove(old.removeFirst().getMetadata().getName()); // its own SDK drains
    }
    fresh.sort(byCost());
    while (fresh.size() > replicas) {
      delete(fresh.removeFirst());
    }
    while (old.size() + fresh.size() > most && !old.isEmpty()) {
      old.removeFirst();
    }
    played.pods.clear();
    played.pods.addAll(old);
    played.pods.addAll(fresh);
    int available = (int) played.pods.stream().filter(this::isReady).count();
    played.deployment =
        new DeploymentBuilder(deployment)
            .withNewStatus()
            .withObservedGeneration(deployment.getMetadata().getGeneration())
            .withReplicas(played.pods.size())
            .withUpdatedReplicas(fresh.size())
            .withReadyReplicas(available)
            .withAvailableReplicas(available)
            .addNewCondition()
            .withType("Progressing")
            .withStatus(
                isLate && (available < replicas || fresh.size() < replicas) ? "False" : "True")
            .withMessage("it has timed out")
            .withLastUpdateTime(now.toString())
            .endCondition()
            .addNewCondition()
            .withType("ReplicaFailure")
            .withStatus(isRefused && fresh.size() < replicas ? "True" : "False")
            .withMessage("exceeded quota: few")
            .endCondition()
            .endStatus()
            .build();
  }

  private void delete(Pod pod) {
    String name = pod.getMetadata().getName();
    if (load.getOrDefault(name, 0) > 0) {
      lost.add(name);
    }
  }

  /** As a ReplicaSet: those that are not ready, then by cost. */
  private Comparator<Pod> byCost() {
    return Comparator.<Pod>comparingInt(it -> isReady(it) ? 1 : 0)
        .thenComparingInt(it ->
            Integer.parseInt(
                it.getMetadata().getAnnotations().getOrDefault(Wiring.DELETION_COST, "0")));
  }

  private Pod pod(Played played, Deployment deployment) {
    String name = deployment.getMetadata().getName() + "-" + ++played.number;
    PodTemplateSpec template = deployment.getSpec().getTemplate();
    return new PodBuilder()
        .withNewMetadata()
        .withNamespace("ns")
        .withName(name)
        .withUid(name)
        .withResourceVersion("1")
        .withCreationTimestamp(now.toString())
        .withLabels(template.getMetadata().getLabels())
        .withAnnotations(template.getMetadata().getAnnotations())
        .endMetadata()
        .withNewSpecLike(template.getSpec())
        .withNodeName("node")
        .endSpec()
        .withNewStatus()
        .withPhase("Running")
        .endStatus()
        .build();
  }

  private static boolean isOf(Pod pod, PodTemplateSpec template) {
    return image(pod).equals(imageOf(template));
  }

  private static String imageOf(PodTemplateSpec template) {
    return template.getSpec().getContainers().getFirst().getImage();
  }

  static String image(Pod pod) {
    return pod.getSpec().getContainers().getFirst().getImage();
  }

  private boolean isReady(Pod pod) {
    return pod.getStatus().getConditions().stream()
        .anyMatch(it -> it.getType().equals("Ready") && it.getStatus().equals("True"));
  }

  /** Whether there is a Deployment beside the first one. */
  boolean hasNext() {
    return next.deployment != null;
  }
}
