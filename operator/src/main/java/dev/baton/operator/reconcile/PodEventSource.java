package dev.baton.operator.reconcile;

import dev.baton.operator.api.v1alpha1.WorkerGroup;
import dev.baton.operator.pods.NodeLeases;
import dev.baton.operator.pods.NodeWatch;
import dev.baton.operator.pods.PodWatch;
import dev.baton.operator.server.Tokens;
import io.fabric8.kubernetes.api.model.Pod;
import io.javaoperatorsdk.operator.processing.event.Event;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.AbstractEventSource;
import java.util.Set;

/**
 * Wakes the reconciler when a pod of a WorkerGroup or a node has changed, or what is read beside;
 * watches are shared.
 */
final class PodEventSource extends AbstractEventSource<Pod, WorkerGroup> {

  private final PodWatch pods;

  PodEventSource(PodWatch pods, NodeWatch nodes, NodeLeases leases, Tokens tokens) {
    super(Pod.class, "pods");
    this.pods = pods;
    pods.onChange((namespace, name) -> wake(new ResourceID(name, namespace)));
    nodes.onChange(this::wakeAll);
    leases.onChange(this::wakeAll);
    tokens.onChange(this::wakeAll);
  }

  @Override
  public Set<Pod> getSecondaryResources(WorkerGroup group) {
    return Set.copyOf(pods.of(group));
  }

  private void wakeAll() {
    pods.forEachGroup((namespace, name) -> wake(new ResourceID(name, namespace)));
  }

  private void wake(ResourceID id) {
    if (isRunning()) {
      getEventHandler().handleEvent(new Event(id));
    }
  }
}
