package dev.baton.operator.resources;

import dev.baton.operator.api.v1alpha1.WorkerGroup;
import dev.baton.operator.api.v1alpha1.WorkerGroupSpec;
import dev.baton.operator.api.v1alpha1.WorkerGroupSpec.ReadinessMode;
import dev.baton.operator.api.v1alpha1.WorkerGroupSpec.TokenSecretRef;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EnvVarBuilder;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.PodReadinessGate;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The user's pod template with what an SDK reads to find its server, group and name. */
final class WorkerPodTemplate {

  private WorkerPodTemplate() {}

  static PodTemplateSpec of(WorkerGroup group, PodTemplateSpec given) {
    WorkerGroupSpec spec = group.getSpec();
    PodTemplateSpec template = new PodTemplateSpecBuilder(given).build(); // a copy
    ObjectMeta named = template.getMetadata() == null ? new ObjectMeta() : template.getMetadata();
    ObjectMeta metadata = new ObjectMeta();
    metadata.setLabels(merged(named.getLabels(), Wiring.labels(group)));
    metadata.setAnnotations(merged(named.getAnnotations(), Wiring.annotations(group)));
    template.setMetadata(metadata);

    Duration drainTime = DrainTime.parse(spec.drainTimeout());
    PodSpec pod = template.getSpec();
    if (pod.getTerminationGracePeriodSeconds() == null) {
      pod.setTerminationGracePeriodSeconds(DrainTime.gracePeriodSeconds(drainTime));
    }
    if (pod.getAutomountServiceAccountToken() == null && pod.getServiceAccountName() == null) {
      // A worker speaks to its server, not to Kubernetes: a token would only be there to be stolen.
      pod.setAutomountServiceAccountToken(false);
    }
    if (spec.readiness() != ReadinessMode.Running) {
      pod.setReadinessGates(gates(pod.getReadinessGates()));
    }
    List<EnvVar> environment = environment(group, drainTime);
    pod.getContainers().forEach(container -> inject(container, environment));
    TokenFile.mount(group, pod);
    return template;
  }

  private static List<PodReadinessGate> gates(@Nullable List<PodReadinessGate> given) {
    List<PodReadinessGate> gates = new ArrayList<>(given == null ? List.of() : given);
    PodReadinessGate connected = new PodReadinessGate(Wiring.CONNECTED_CONDITION);
    if (!gates.contains(connected)) {
      gates.add(connected);
    }
    return gates;
  }

  private static List<EnvVar> environment(WorkerGroup group, Duration drainTime) {
    WorkerGroupSpec spec = group.getSpec();
    List<EnvVar> environment = new ArrayList<>();
    environment.add(value("RESONATE_URL", Wiring.url(group)));
    environment.add(value("RESONATE_GROUP", group.groupName()));
    environment.add(
        new EnvVarBuilder()
            .withName("RESONATE_PID")
            .withNewValueFrom()
            .withNewFieldRef("v1", "metadata.name")
            .endValueFrom()
            .build());
    environment.add(value("RESONATE_DRAIN_TIMEOUT", drainTime.toString()));
    if (spec.slots() != null) {
      environment.add(value("RESONATE_SLOTS", spec.slots().toString()));
    }
    TokenSecretRef token = spec.server().tokenSecretRef();
    if (token != null && !spec.server().isTokenAFile()) {
      environment.add(
          new EnvVarBuilder()
              .withName("RESONATE_TOKEN")
              .withNewValueFrom()
              .withNewSecretKeyRef(token.keyOrDefault(), token.name(), null)
              .endValueFrom()
              .build());
    }
    return environment;
  }

  private static EnvVar value(String name, String value) {
    return new EnvVar(name, value, null);
  }

  /** What the template sets stays. Ours goes first, so that the template's may refer to it. */
  private static void inject(Container container, List<EnvVar> environment) {
    List<EnvVar> given = container.getEnv() == null ? List.of() : container.getEnv();
    Set<String> set = given.stream().map(EnvVar::getName).collect(Collectors.toSet());
    List<EnvVar> all = new ArrayList<>();
    environment.stream().filter(ours -> !set.contains(ours.getName())).forEach(all::add);
    all.addAll(given);
    container.setEnv(all);
  }

  private static Map<String, String> merged(
      @Nullable Map<String, String> given, Map<String, String> ours) {
    Map<String, String> all = new HashMap<>();
    if (given != null) {
      all.putAll(given);
    }
    all.putAll(ours);
    return all;
  }
}
