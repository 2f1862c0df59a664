package dev.baton.operator.plan;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Who else has changed the number of workers lately: an autoscaler of Kubernetes that has the same
 * target does so again and again.
 *
 * @param deployment when somebody else changed that of the Deployment
 * @param replicas when somebody changed spec.replicas though autoscaling decides
 */
public record Contention(List<Instant> deployment, List<Instant> replicas) {

  /** Nobody. */
  public static final Contention NONE = new Contention(List.of(), List.of());

  /** So often is no accident. */
  static final int TIMES = 3;

  /** In so long. */
  static final Duration WITHIN = Duration.ofMinutes(10);

  /** Copies. */
  public Contention {
    deployment = List.copyOf(deployment);
    replicas = List.copyOf(replicas);
  }

  /** The same after another change of the Deployment. */
  public Contention withDeployment(Instant now) {
    return new Contention(with(deployment, now), replicas);
  }

  /** The same after another change of spec.replicas. */
  public Contention withReplicas(Instant now) {
    return new Contention(deployment, with(replicas, now));
  }

  private static List<Instant> with(List<Instant> times, Instant now) {
    return Stream.concat(times.stream(), Stream.of(now))
        .skip(Math.max(0, times.size() + 1 - TIMES))
        .toList();
  }

  private static boolean isOften(List<Instant> times, Instant now) {
    return times.size() >= TIMES && now.isBefore(times.getFirst().plus(WITHIN));
  }

  /** What goes on, in words; null if nothing does. */
  @Nullable String sentence(String name, boolean isAutoscaled, Instant now) {
    if (isOften(deployment, now)) {
      return "Deployment %s was scaled by somebody else %d times in ten minutes, and put back: an autoscaler that has it as its target fights with the operator. Give it WorkerGroup %s as its target%s"
          .formatted(name, TIMES, name, isAutoscaled ? ", and take spec.autoscaling out" : "");
    }
    return isAutoscaled && isOften(replicas, now)
        ? "spec.replicas was changed %d times in ten minutes and has no effect, for spec.autoscaling decides: an autoscaler of Kubernetes has this WorkerGroup as its target. Take one of the two out"
            .formatted(TIMES)
        : null;
  }

  /** When it is forgotten if nothing more happens; null if there is nothing to forget. */
  @Nullable Instant nextLook(Instant now) {
    return Stream.of(deployment, replicas)
        .filter(it -> isOften(it, now))
        .map(it -> it.getFirst().plus(WITHIN))
        .min(Instant::compareTo)
        .orElse(null);
  }
}
