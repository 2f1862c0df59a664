package dev.baton.operator.api.v1alpha1;

import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Categories;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;

/** A group of durable workers: as many pods of one template as are asked for, serving one group. */
@Group("baton.dev")
@Version("v1alpha1")
@ShortNames("wg")
@Categories({"all", "baton"})
@AdditionalPrinterColumn(
    name = "Age",
    jsonPath = ".metadata.creationTimestamp",
    type = AdditionalPrinterColumn.Type.DATE)
@AdditionalPrinterColumn(
    name = "Figures-age",
    jsonPath = ".status.figuresTime",
    type = AdditionalPrinterColumn.Type.DATE,
    priority = 1)
@ValidationRule(
    value = "size(self.metadata.name) <= 63",
    message = "the name of a WorkerGroup may have at most 63 characters")
@ValidationRule(
    value =
        "(has(self.spec.group) ? self.spec.group : self.metadata.name)"
            + " == (has(oldSelf.spec.group) ? oldSelf.spec.group : oldSelf.metadata.name)",
    message = "group cannot be changed: create another WorkerGroup, then delete this one",
    fieldPath = ".spec.group")
public final class WorkerGroup extends CustomResource<WorkerGroupSpec, WorkerGroupStatus>
    implements Namespaced {

  /** The name of the group that its workers serve: the spec's, else that of the resource. */
  public String groupName() {
    String named = getSpec().group();
    return named != null ? named : getMetadata().getName();
  }
}
