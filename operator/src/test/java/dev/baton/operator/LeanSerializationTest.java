package dev.baton.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.operator.api.v1alpha1.WorkerGroup;
import dev.baton.operator.resources.Groups;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.WatchEvent;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import org.junit.jupiter.api.Test;

class LeanSerializationTest {

  private static final String POD =
      """
      {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a", "labels": {"b": "c"},
       "managedFields": [{"manager": "m", "fieldsV1": {"f:a": {}}}]}}
      """;

  private final KubernetesSerialization lean = new OperatorBeans().serialization();

  @Test
  void whoSetWhichFieldIsLeftOut() {
    Pod pod = lean.unmarshal(POD, Pod.class);
    assertThat(pod.getMetadata().getManagedFields()).isEmpty();
    assertThat(pod.getMetadata().getLabels()).containsEntry("b", "c");
    WatchEvent event =
        lean.unmarshal("{\"type\": \"ADDED\", \"object\": " + POD + "}", WatchEvent.class);
    assertThat(((Pod) event.getObject()).getMetadata().getManagedFields()).isEmpty();
  }

  @Test
  void aWorkerGroupIsNotCopiedAndOthersAre() {
    WorkerGroup group = Groups.plain();
    assertThat(lean.clone(group)).isSameAs(group);
    Pod pod = lean.unmarshal(POD, Pod.class);
    assertThat(lean.clone(pod)).isEqualTo(pod).isNotSameAs(pod);
  }
}
