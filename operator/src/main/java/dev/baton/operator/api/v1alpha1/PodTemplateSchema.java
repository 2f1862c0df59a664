package dev.baton.operator.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.crd.generator.annotation.PreserveUnknownFields;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the CRD says about a pod template: little, and it keeps everything else. So fields of any
 * Kubernetes version reach the Deployment, whose own schema judges them, and the CRD has 10 kB
 * instead of 158.
 */
record PodTemplateSchema(@Nullable Metadata metadata, @Required PodSpecSchema spec) {

  record Metadata(
      @Nullable Map<String, String> labels, @Nullable Map<String, String> annotations) {}

  @PreserveUnknownFields
  record PodSpecSchema(
      @Required
          @Size(max = 64)
          @ValidationRule(
              value = "size(self) > 0",
              message = "template must have at least one container")
          List<ContainerSchema> containers,
      @ValidationRule(
              value = "self == 'Always'",
              message = "template.spec.restartPolicy must be Always, as in a Deployment")
          @Nullable String restartPolicy) {}

  @PreserveUnknownFields
  record ContainerSchema(
      @JsonPropertyDescription("Unique within the pod.") @Required @Size(min = 1, max = 63)
          String name,
      @Nullable String image) {}
}
