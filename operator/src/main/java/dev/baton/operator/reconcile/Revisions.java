package dev.baton.operator.reconcile;

import com.fasterxml.jackson.databind.JsonNode;
import dev.baton.operator.api.v1alpha1.RolloutStatus;
import dev.baton.operator.api.v1alpha1.WorkerGroup;
import dev.baton.operator.resources.Wiring;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * The templates that a WorkerGroup has had. They are listed once; afterwards the operator knows
 * what it has written.
 */
final class Revisions {

  /** As many as Deployments and StatefulSets keep. */
  private static final int KEPT = 10;

  private static final ResourceDefinitionContext KIND =
      new ResourceDefinitionContext.Builder()
          .withGroup("apps")
          .withVersion("v1")
          .withKind("ControllerRevision")
          .withPlural("controllerrevisions")
          .withNamespaced(true)
          .build();

  private final KubernetesClient client;

  Revisions(KubernetesClient client) {
    this.client = client;
  }

  /** Sees to it that the template of the spec is kept, as the newest, and answers its name. */
  String keep(WorkerGroup group, RolloutMemory memory) {
    JsonNode template = group.getSpec().template();
    String name = memory.nameOf(template);
    Map<String, Revision> known = memory.revisions;
    if (known == null) {
      known = list(group);
      memory.revisions = known;
    }
    long newest = known.values().stream().mapToLong(Revision::number).max().orElse(0);
    Revision there = known.get(name);
    if (there == null || there.number() < newest) {
      Revision revision = new Revision(name, newest + 1, template);
      client
          .resource(revision.object(group))
          .fieldManager(Wiring.OPERATOR)
          .forceConflicts()
          .serverSideApply();
      known.put(name, revision);
      forget(group, known);
    }
    return name;
  }

  private Map<String, Revision> list(WorkerGroup group) {
    String uid = group.getMetadata().getUid();
    return new HashMap<>(
        client
            .genericKubernetesResources(KIND)
            .inNamespace(group.getMetadata().getNamespace())
            .withLabels(Wiring.selector(group))
            .list()
            .getItems()
            .stream()
            .filter(it ->
                it.getMetadata().getOwnerReferences().stream()
                    .anyMatch(owner -> uid.equals(owner.getUid())))
            .map((GenericKubernetesResource it) -> Revision.of(it))
            .filter(Objects::nonNull)
            .collect(Collectors.toMap(Revision::name, it -> it, (a, b) -> a)));
  }

  private void forget(WorkerGroup group, Map<String, Revision> known) {
    RolloutStatus rollout = group.getStatus() == null ? null : group.getStatus().rollout();
    List<Revision> old =
        known.values().stream()
            .sorted(Comparator.comparingLong(Revision::number).reversed())
            .skip(KEPT)
            .filter(it ->
                rollout == null
                    || !(it.name().equals(rollout.stable()) || it.name().equals(rollout.target())))
            .toList();
    for (Revision revision : old) {
      try {
        client
            .genericKubernetesResources(KIND)
            .inNamespace(group.getMetadata().getNamespace())
            .withName(Revision.objectName(group, revision.name()))
            .delete();
      } catch (KubernetesClientException e) {
        if (e.getCode() != 404) {
          throw e;
        }
      }
      known.remove(revision.name());
    }
  }
}
