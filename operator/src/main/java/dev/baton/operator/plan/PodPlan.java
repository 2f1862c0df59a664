package dev.baton.operator.plan;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is to be done with the pods.
 *
 * @param steps those of one pod in their order
 * @param nextLook when time alone makes more of it due, or null
 */
record PodPlan(List<PodStep> steps, @Nullable Instant nextLook) {

  static PodPlan of(Workforce workforce, Instant now) {
    List<PodStep> steps = new ArrayList<>();
    Instant nextLook = workforce.isComplete() ? null : now;
    for (WorkerPod pod : workforce.pods()) {
      PodTrace trace = workforce.trace(pod);
      Readiness.Verdict verdict = Readiness.of(pod, workforce.attendance(), trace, now);
      if (verdict != null) {
        steps.add(
            new PodStep.SayConnected(
                pod, verdict.connected(), verdict.reason(), verdict.message()));
      }
      nextLook = earlier(nextLook, Readiness.nextLook(pod, trace));
    }
    return new PodPlan(List.copyOf(steps), nextLook);
  }

  private static @Nullable Instant earlier(@Nullable Instant one, @Nullable Instant other) {
    return one == null || (other != null && other.isBefore(one)) ? other : one;
  }
}
