package dev.baton.operator.reconcile;

import dev.baton.operator.api.v1alpha1.WorkerGroup;
import dev.baton.operator.api.v1alpha1.WorkerGroupStatus;
import dev.baton.operator.api.v1alpha1.WorkerGroupStatus.AutoscalingStatus;
import dev.baton.operator.plan.Contention;
import dev.baton.operator.plan.Nodes;
import dev.baton.operator.plan.ObservedState.Applied;
import dev.baton.operator.plan.ObservedState.Rejected;
import dev.baton.operator.plan.PodTrace;
import dev.baton.operator.plan.Quiet;
import dev.baton.operator.plan.Workforce;
import dev.baton.operator.pods.PodExcerpts;
import dev.baton.operator.resources.DesiredDeployment;
import dev.baton.operator.resources.Wiring;
import dev.baton.operator.server.GroupAddress;
import dev.baton.operator.server.GroupFigures;
import dev.baton.operator.server.Sighting;
import dev.baton.operator.server.Signal;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What the operator did for one WorkerGroup since it started. It bridges the moments in which the
 * caches do not show it yet; losing it costs one apply. Only the reconciler's thread of the moment
 * touches it: there is one at a time for a WorkerGroup.
 */
final class Memory {

  /** A cache that is behind for longer is broken, and then it is right to act upon what it says. */
  private static final Duration CACHE_LAG_MAX = Duration.ofSeconds(5);

  /** One that only connects again, or has just started, is not looked for. */
  private static final Duration LOST_FOR = Duration.ofSeconds(3);

  @Nullable Applied applied;
  @Nullable Rejected rejected;

  private @Nullable Deployment result;
  private Instant resultAt = Instant.EPOCH;
  private @Nullable WorkerGroupStatus written;
  private @Nullable String writtenAs;

  /** The versions of the WorkerGroup that are older than the written status. */
  private final Set<String> writtenOver = new HashSet<>();

  Instant writtenAt = Instant.EPOCH;
  final TokenReading token = new TokenReading();
  Instant budgetForeignUntil = Instant.EPOCH;
  private @Nullable PodDisruptionBudget budget;
  private Instant budgetAt = Instant.EPOCH;
  final DesiredDeployment desired = new DesiredDeployment();
  final RolloutMemory rollout = new RolloutMemory();
  Contention contention = Contention.NONE;

  /** What spec.replicas was last, where autoscaling decides. */
  private @Nullable Integer replicas;

  private @Nullable GroupAddress served;

  /** The slots that it has set at servers that it has left since. */
  private final Map<GroupAddress, Integer> leftSlots = new HashMap<>();

  /**
   * Takes notice of the server that is served.
   *
   * @param slotsSet what it has set at the server that was served before; null for nothing
   */
  void noteServer(GroupAddress now, @Nullable Integer slotsSet) {
    GroupAddress before = served;
    if (before != null && !before.server().equals(now.server()) && slotsSet != null) {
      leftSlots.put(before, slotsSet);
    }
    leftSlots.keySet().removeIf(it -> it.server().equals(now.server()));
    served = now;
  }

  /** Takes the slots that are to be taken back now: those of servers that no pod serves. */
  Map<GroupAddress, Integer> takeLeftSlots(List<Pod> pods) {
    if (leftSlots.isEmpty()) {
      return Map.of();
    }
    Set<String> servers =
        pods.stream()
            .map(Wiring::addressOf)
            .filter(Objects::nonNull)
            .map(GroupAddress::server)
            .collect(Collectors.toSet());
    Map<GroupAddress, Integer> taken = new HashMap<>(leftSlots);
    taken.keySet().removeIf(it -> servers.contains(it.server()));
    leftSlots.keySet().removeAll(taken.keySet());
    return taken;
  }

  /** Takes notice of a change that has no effect. */
  void noteReplicas(WorkerGroup group, Instant now) {
    Integer written = group.getSpec().autoscaling() == null ? null : group.getSpec().replicas();
    if (replicas != null && written != null && !written.equals(replicas)) {
      contention = contention.withReplicas(now);
    }
    replicas = written;
  }

  /** What autoscaling decided last; the status follows when it is its turn. */
  @Nullable AutoscalingStatus decided;

  /** A pod as it was written, and the versions of it that are older than that. */
  private record WrittenPod(Pod pod, Set<String> older) {}

  private final Map<String, WrittenPod> writtenPods = new HashMap<>();
  private volatile Map<String, PodTrace> traces = Map.of();

  /** What the last look found; null where the next change takes another. */
  volatile @Nullable Quiet quiet;

  /**
   * Takes what the server shows; returns whether that is enough. From any one thread besides the
   * reconciler's: what both write at once is lost for one of them, which puts off a mark by a look.
   */
  boolean follow(GroupFigures figures, Instant now) {
    Quiet known = quiet;
    Map<String, PodTrace> after = known == null ? null : known.follow(figures, traces, now);
    if (after != null) {
      traces = after;
    }
    return after != null;
  }

  void rememberPod(String before, Pod after) {
    String uid = after.getMetadata().getUid();
    WrittenPod last = writtenPods.get(uid);
    Set<String> older = new HashSet<>(last == null ? Set.of() : last.older);
    older.add(before);
    older.remove(after.getMetadata().getResourceVersion()); // it changed nothing
    writtenPods.put(uid, new WrittenPod(PodExcerpts.of(after), older));
  }

  /**
   * The nodes on which a worker runs, as far as is known, that the server, which answers, has not
   * seen for a moment.
   */
  Set<String> nodesOfLost(List<Pod> pods, Instant now) {
    Map<String, PodTrace> known = traces;
    return pods.stream()
        .filter(pod -> {
          PodTrace trace = known.get(pod.getMetadata().getUid());
          return pod.getStatus() != null
              && "Running".equals(pod.getStatus().getPhase())
              && pod.getMetadata().getDeletionTimestamp() == null
              && trace != null
              && trace.lostSince() != null
              && !now.isBefore(trace.lostSince().plus(LOST_FOR));
        })
        .map(pod -> pod.getSpec().getNodeName())
        .filter(Objects::nonNull)
        .collect(Collectors.toSet());
  }

  /** The pods, from the cache unless that lags behind what was written. */
  Workforce workforce(
      List<Pod> cached,
      @Nullable Nodes nodes,
      Sighting server,
      Map<String, Signal> told,
      @Nullable GroupAddress served,
      Instant now) {
    Set<String> uids =
        cached.stream().map(pod -> pod.getMetadata().getUid()).collect(Collectors.toSet());
    writtenPods.keySet().retainAll(uids);
    List<Pod> pods = cached.stream().map(this::newer).toList();
    Workforce workforce = Workforce.of(pods, traces, nodes, server, told, served, now);
    traces = workforce.traces();
    return workforce;
  }

  private Pod newer(Pod cached) {
    WrittenPod written = writtenPods.get(cached.getMetadata().getUid());
    if (written != null && written.older.contains(cached.getMetadata().getResourceVersion())) {
      return withCostOf(cached, written.pod);
    }
    writtenPods.remove(cached.getMetadata().getUid());
    return cached;
  }

  /**
   * The deletion cost counts only when the watch shows it: the ReplicaSet's controller acts upon
   * its own watch of pods, which then is likely to show it, too.
   */
  private static Pod withCostOf(Pod cached, Pod written) {
    Map<String, String> annotations = cached.getMetadata().getAnnotations();
    String cost = annotations == null ? null : annotations.get(Wiring.DELETION_COST);
    var metadata =
        new PodBuilder(written).editMetadata().removeFromAnnotations(Wiring.DELETION_COST);
    if (cost != null) {
      metadata.addToAnnotations(Wiring.DELETION_COST, cost);
    }
    return metadata.endMetadata().build();
  }

  void rememberApply(Applied applied, Deployment result, Instant now) {
    this.applied = applied;
    this.rejected = null;
    this.result = DeploymentExcerpt.of(result);
    this.resultAt = now;
  }

  void rememberStatus(
      WorkerGroup basis, WorkerGroup result, WorkerGroupStatus status, Instant now) {
    writtenOver.add(basis.getMetadata().getResourceVersion());
    if (writtenAs != null) {
      writtenOver.add(writtenAs);
    }
    written = status;
    writtenAs = result.getMetadata().getResourceVersion();
    writtenOver.remove(writtenAs); // it changed nothing
    writtenAt = now;
  }

  void rememberBudget(PodDisruptionBudget made, Instant now) {
    budget = made;
    budgetAt = now;
  }

  /** The disruption budget, from the cache unless that does not show yet what was made. */
  @Nullable PodDisruptionBudget budget(@Nullable PodDisruptionBudget cached, Instant now) {
    if (cached != null || now.isAfter(budgetAt.plus(CACHE_LAG_MAX))) {
      budget = null;
    }
    return cached != null ? cached : budget;
  }

  /** The Deployment, from the cache unless that lags behind what was applied. */
  @Nullable Deployment deployment(@Nullable Deployment cached, Instant now) {
    return newer(cached, result, resultAt, now);
  }

  /** Of a Deployment in the cache and the one that came of an apply. */
  static @Nullable Deployment newer(
      @Nullable Deployment cached, @Nullable Deployment result, Instant resultAt, Instant now) {
    if (cached == null || result == null || now.isAfter(resultAt.plus(CACHE_LAG_MAX))) {
      return cached;
    }
    boolean same = cached.getMetadata().getUid().equals(result.getMetadata().getUid());
    if (same && cached.getMetadata().getGeneration() < result.getMetadata().getGeneration()) {
      return result;
    }
    result = null; // the cache shows it
    return cached;
  }

  /** The status, from the cache unless that still shows an object that was written over. */
  WorkerGroupStatus status(WorkerGroup cached) {
    WorkerGroupStatus shown = cached.getStatus();
    if (written != null && writtenOver.contains(cached.getMetadata().getResourceVersion())) {
      return written;
    }
    writtenOver.clear();
    written = null; // the cache shows it
    return shown != null ? shown : WorkerGroupStatus.unknown();
  }
}
