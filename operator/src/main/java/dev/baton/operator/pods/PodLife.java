package dev.baton.operator.pods;

import dev.baton.operator.resources.Wiring;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.PodStatus;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How far a pod's life has been told. Pure: what is seen next gives the signals that are due.
 *
 * <pre>
 *   serving --deleted, evicted--> leaving --all containers ended, object removed--> ended
 *      ^----the eviction failed------'                       (the phase Failed or Succeeded, too)
 * </pre>
 *
 * @param endedContainer the last process of the worker's container whose end was told
 */
record PodLife(boolean leaving, boolean ended, @Nullable String endedContainer) {

  /** What ended longer ago is not told when a pod is first seen: leases have run out since. */
  static final Duration NEWS = Duration.ofMinutes(1);

  private static final String DEFAULT_CONTAINER = "kubectl.kubernetes.io/default-container";

  /** What is known now and what is to be told. */
  record Step(PodLife life, List<PodSignal> signals) {}

  /** The pod has been seen, for the first time if {@code before} is null. */
  static Step seen(@Nullable PodLife before, Pod pod, PodWorker worker, Instant now) {
    List<PodSignal> signals = new ArrayList<>();
    boolean wasLeaving = before != null && before.leaving;
    boolean wasEnded = before != null && before.ended;
    String departure = departure(pod);
    boolean ended = hasEnded(pod, departure != null);
    ContainerStatus process = workerContainer(pod);
    ContainerStateTerminated end = process == null ? null : lastEnd(process);

    if (ended) {
      if (!wasEnded && (before != null || isNews(end, now))) {
        signals.add(
            new PodSignal.Gone(
                worker,
                "has ended" + manner(end),
                departure != null || wasLeaving,
                false,
                end == null ? null : finishedAt(end, now)));
      }
    } else {
      if (process != null && end != null && isUntold(before, end) && isNews(end, now)) {
        signals.add(
            new PodSignal.ProcessEnded(
                worker,
                "container " + process.getName() + " has ended" + manner(end),
                finishedAt(end, now)));
      }
      if (departure != null && !wasLeaving) {
        signals.add(new PodSignal.Draining(worker, departure, isKnown(pod, process)));
      } else if (departure == null && wasLeaving) {
        signals.add(new PodSignal.Staying(worker));
      }
    }
    String told =
        end != null ? end.getContainerID() : before == null ? null : before.endedContainer;
    return new Step(new PodLife(departure != null, wasEnded || ended, told), signals);
  }

  /** The object has been removed. */
  static List<PodSignal> removed(@Nullable PodLife before, PodWorker worker) {
    return before != null && before.ended
        ? List.of()
        : List.of(
            new PodSignal.Gone(
                worker, "was removed", before != null && before.leaving, true, null));
  }

  /** Whether it was chosen to leave, which was told then, or its worker has never begun. */
  private static boolean isKnown(Pod pod, @Nullable ContainerStatus process) {
    Map<String, String> annotations = pod.getMetadata().getAnnotations();
    return (annotations != null && annotations.containsKey(Wiring.DRAINING_SINCE))
        || process == null
        || (process.getState().getRunning() == null
            && process.getState().getTerminated() == null
            && (process.getLastState() == null || process.getLastState().getTerminated() == null));
  }

  /** Why the pod is about to stop, or null if it is not. */
  private static @Nullable String departure(Pod pod) {
    if (pod.getStatus() != null && pod.getStatus().getConditions() != null) {
      for (PodCondition condition : pod.getStatus().getConditions()) {
        if ("DisruptionTarget".equals(condition.getType())
            && "True".equals(condition.getStatus())) {
          return "is being evicted (" + condition.getReason() + ")";
        }
      }
    }
    return pod.getMetadata().getDeletionTimestamp() == null ? null : "is being deleted";
  }

  private static boolean hasEnded(Pod pod, boolean leaving) {
    PodStatus status = pod.getStatus();
    if (status == null) {
      return false;
    }
    if ("Failed".equals(status.getPhase()) || "Succeeded".equals(status.getPhase())) {
      return true;
    }
    List<ContainerStatus> containers = status.getContainerStatuses();
    return leaving
        && containers != null
        && !containers.isEmpty()
        && containers.stream()
            .allMatch(it -> it.getState() != null && it.getState().getTerminated() != null);
  }

  /**
   * The container in which the worker runs: the one that the pod names as its default, else the
   * first. Others, such as sidecars, may end without taking the worker's tasks with them.
   */
  private static @Nullable ContainerStatus workerContainer(Pod pod) {
    if (pod.getStatus() == null || pod.getStatus().getContainerStatuses() == null) {
      return null;
    }
    Map<String, String> annotations = pod.getMetadata().getAnnotations();
    String named = annotations == null ? null : annotations.get(DEFAULT_CONTAINER);
    List<Container> containers = pod.getSpec().getContainers();
    String name =
        containers.stream()
            .map(Container::getName)
            .filter(it -> it.equals(named))
            .findFirst()
            .orElseGet(() -> containers.getFirst().getName());
    return pod.getStatus().getContainerStatuses().stream()
        .filter(it -> it.getName().equals(name) && it.getState() != null)
        .findFirst()
        .orElse(null);
  }

  private static @Nullable ContainerStateTerminated lastEnd(ContainerStatus container) {
    ContainerStateTerminated now = container.getState().getTerminated();
    return now != null || container.getLastState() == null
        ? now
        : container.getLastState().getTerminated();
  }

  private static boolean isUntold(@Nullable PodLife before, ContainerStateTerminated end) {
    return before == null || !Objects.equals(before.endedContainer, end.getContainerID());
  }

  private static boolean isNews(@Nullable ContainerStateTerminated end, Instant now) {
    return end == null || finishedAt(end, now).isAfter(now.minus(NEWS));
  }

  private static Instant finishedAt(ContainerStateTerminated end, Instant now) {
    try {
      return end.getFinishedAt() == null ? now : Instant.parse(end.getFinishedAt());
    } catch (DateTimeParseException e) {
      return now;
    }
  }

  private static String manner(@Nullable ContainerStateTerminated end) {
    if (end == null) {
      return "";
    }
    return " (exit code %d%s)"
        .formatted(
            end.getExitCode(),
            end.getReason() == null || end.getReason().equals("Error")
                ? ""
                : ", " + end.getReason());
  }
}
