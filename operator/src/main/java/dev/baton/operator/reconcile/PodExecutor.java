package dev.baton.operator.reconcile;

import dev.baton.operator.plan.PodStep;
import dev.baton.operator.plan.WorkerPod;
import dev.baton.operator.pods.PodWatch;
import dev.baton.operator.resources.Wiring;
import dev.baton.operator.server.Signal;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Does what a plan says about pods, with no choices left. */
final class PodExecutor {

  private static final Logger log = LoggerFactory.getLogger(PodExecutor.class);
  private static final PatchContext MERGE = PatchContext.of(PatchType.STRATEGIC_MERGE);

  private final KubernetesClient client;
  private final PodWatch pods;
  private final Clock clock;

  PodExecutor(KubernetesClient client, PodWatch pods, Clock clock) {
    this.client = client;
    this.pods = pods;
    this.clock = clock;
  }

  /**
   * Does the steps; a pod that has gone meanwhile needs none. One that fails holds up its own pod
   * only. Returns the failures: the steps of other pods are done, or are the server's to be told,
   * or wait for their turn.
   *
   * @param turn takes a turn for what is not urgent
   */
  List<KubernetesClientException> run(
      List<PodStep> steps, Predicate<PodStep.Mark.When> turn, Memory memory) {
    Set<WorkerPod> failed = new HashSet<>();
    List<KubernetesClientException> failures = new ArrayList<>();
    for (PodStep step : steps) {
      try {
        if (!failed.contains(step.pod())) {
          run(step, turn, memory);
        }
      } catch (KubernetesClientException e) {
        if (e.getCode() != 404) {
          failed.add(step.pod());
          failures.add(e);
          log.warn("pod {}/{}: {}", step.pod().namespace(), step.pod().name(), e.getMessage());
        }
      }
    }
    return failures;
  }

  private void run(PodStep step, Predicate<PodStep.Mark.When> turn, Memory memory) {
    switch (step) {
      case PodStep.SayConnected(WorkerPod pod, boolean connected, String reason, String message) ->
          memory.rememberPod(
              pod.resourceVersion(),
              client
                  .resource(connected(pod, connected, reason, message))
                  .subresource("status")
                  .patch(MERGE));
      case PodStep.Mark(WorkerPod pod, var labels, var annotations, var when) -> {
        if (turn.test(when)) {
          memory.rememberPod(
              pod.resourceVersion(),
              client
                  .resource(
                      patch(pod)
                          .editMetadata()
                          .withLabels(labels)
                          .withAnnotations(annotations)
                          .endMetadata()
                          .build())
                  .patch(MERGE));
        }
      }
      case PodStep.Tell(WorkerPod pod, Signal signal, List<String> pids) ->
          pods.tell(pod.uid(), signal, pids);
    }
  }

  private Pod connected(WorkerPod pod, boolean connected, String reason, String message) {
    return patch(pod)
        .withNewStatus()
        .addNewCondition()
        .withType(Wiring.CONNECTED_CONDITION)
        .withStatus(connected ? "True" : "False")
        .withReason(reason)
        .withMessage(message)
        .withLastTransitionTime(clock.instant().truncatedTo(ChronoUnit.SECONDS).toString())
        .endCondition()
        .endStatus()
        .build();
  }

  /** The uid sees to it that a namesake that came later is not meant. */
  private static PodBuilder patch(WorkerPod pod) {
    return new PodBuilder()
        .withNewMetadata()
        .withNamespace(pod.namespace())
        .withName(pod.name())
        .withUid(pod.uid())
        .endMetadata();
  }
}
