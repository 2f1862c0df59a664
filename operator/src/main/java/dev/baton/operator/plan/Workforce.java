package dev.baton.operator.plan;

import dev.baton.operator.server.GroupAddress;
import dev.baton.operator.server.Sighting;
import dev.baton.operator.server.Signal;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The pods of a WorkerGroup and what the server sees of their workers.
 *
 * @param isComplete whether these are all; if not, nothing may be concluded from one that is
 *     missing
 * @param traces of the pods, by uid
 * @param nodes null if they are not seen
 * @param served whose word the attendance is; null where all pods are of it
 * @param told what the server took last of what the plans wanted it to be told, by the pod's uid
 */
public record Workforce(
    boolean isComplete,
    List<WorkerPod> pods,
    Attendance attendance,
    Map<String, PodTrace> traces,
    @Nullable Nodes nodes,
    Map<String, Signal> told,
    @Nullable GroupAddress served) {

  /** Nobody was told anything since the operator started. */
  Workforce(
      boolean isComplete,
      List<WorkerPod> pods,
      Attendance attendance,
      Map<String, PodTrace> traces,
      @Nullable Set<String> cordonedNodes) {
    this(
        isComplete,
        pods,
        attendance,
        traces,
        cordonedNodes == null ? null : Nodes.cordoned(cordonedNodes),
        Map.of(),
        null);
  }

  /** Before the pods have been listed. */
  public static Workforce unknown() {
    return new Workforce(
        false, List.of(), new Attendance.Unknown(), Map.of(), (Nodes) null, Map.of(), null);
  }

  /**
   * All pods.
   *
   * @param before the traces of the look before this one
   * @param served whose word the attendance is; null where all pods are of it
   * @param told what the server took last, by uid
   */
  public static Workforce of(
      List<Pod> pods,
      Map<String, PodTrace> before,
      @Nullable Nodes nodes,
      Sighting server,
      Map<String, Signal> told,
      @Nullable GroupAddress served,
      Instant now) {
    List<WorkerPod> workers = pods.stream().map(WorkerPod::of).toList();
    Attendance attendance = Attendance.of(server, workers);
    Workforce untraced = new Workforce(true, workers, attendance, Map.of(), nodes, told, served);
    return new Workforce(
        true,
        workers,
        attendance,
        PodTrace.follow(before, workers, untraced::attendance, now),
        nodes,
        told,
        served);
  }

  /** The same with some of the pods. */
  Workforce only(Predicate<WorkerPod> which) {
    return new Workforce(
        isComplete, pods.stream().filter(which).toList(), attendance, traces, nodes, told, served);
  }

  /** Why pods do not get ready, of one of them; null if Kubernetes knows no reason. */
  @Nullable String trouble() {
    return pods.stream()
        .filter(it -> it.trouble() != null && it.life() instanceof WorkerPod.Life.Starting)
        .map(it -> "pod " + it.name() + ": " + it.trouble())
        .min(Comparator.naturalOrder())
        .orElse(null);
  }

  /** What is known of a pod: nothing, where it still serves another server or group. */
  Attendance attendance(WorkerPod pod) {
    return served == null || pod.serves(served) || attendance instanceof Attendance.Untold
        ? attendance
        : new Attendance.Unknown();
  }

  /** How many of the pods are still of another server: this one cannot see their workers. */
  int elsewhere() {
    GroupAddress here = served;
    return here == null
        ? 0
        : (int) pods.stream().filter(it -> it.isActive() && !it.serves(here)).count();
  }

  boolean seesNodes() {
    return nodes != null;
  }

  /** Whether its node takes no pods, or is about to go. */
  boolean isCordoned(WorkerPod pod) {
    return nodes != null && pod.node() != null && nodes.leaving().contains(pod.node());
  }

  /** When its node is gone, if that is known. */
  @Nullable Instant deadline(WorkerPod pod) {
    return nodes == null || pod.node() == null ? null : nodes.deadlines().get(pod.node());
  }

  /**
   * Whether there is a pod, not about to leave, whose worker the server, which answers, has lost.
   */
  public boolean hasLost() {
    return pods.stream().anyMatch(it -> it.isActive() && trace(it).lostSince() != null);
  }

  boolean isUnreachable(WorkerPod pod) {
    return nodes != null && pod.node() != null && nodes.unreachable().contains(pod.node());
  }

  /** How many tasks the pod's worker has, as far as is seen. */
  int load(WorkerPod pod) {
    Attendance.Presence presence =
        attendance instanceof Attendance.Known known ? known.of(pod) : null;
    return presence == null ? 0 : presence.load();
  }

  PodTrace trace(WorkerPod pod) {
    return traces.getOrDefault(pod.uid(), PodTrace.NONE);
  }
}
