package dev.baton.operator.resources;

import dev.baton.operator.api.v1alpha1.WorkerGroup;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.utils.Serialization;

/** WorkerGroups for tests. */
public final class Groups {

  private Groups() {}

  /** What is written, as the API server would hand it over. */
  public static WorkerGroup of(String spec) {
    WorkerGroup group =
        Serialization.unmarshal(
            """
            apiVersion: baton.dev/v1alpha1
            kind: WorkerGroup
            metadata: {name: workers, namespace: ns, uid: u-1, generation: 1}
            spec:
            %s
            """
                .formatted(spec.indent(2)),
            WorkerGroup.class);
    return group;
  }

  /** One of three workers, that is complete and has nothing special. */
  public static WorkerGroup plain() {
    return of(
        """
        replicas: 3
        server: {url: "http://baton:8001"}
        template: {spec: {containers: [{name: worker, image: "worker:1"}]}}
        """);
  }

  /** The Deployment of a WorkerGroup whose template can be read. */
  public static Deployment desired(WorkerGroup group) {
    Integer replicas = group.getSpec().replicas();
    return switch (Template.read(group.getSpec().template())) {
      case Template.Readable(PodTemplateSpec template) ->
          WorkerDeployment.desired(group, template, replicas == null ? 1 : replicas);
      case Template.Unreadable(String message) -> throw new AssertionError(message);
    };
  }
}
