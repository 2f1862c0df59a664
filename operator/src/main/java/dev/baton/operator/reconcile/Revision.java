package dev.baton.operator.reconcile;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.baton.operator.api.v1alpha1.WorkerGroup;
import dev.baton.operator.resources.Wiring;
import dev.baton.operator.resources.WorkerDeployment;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceBuilder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A template that was written once, kept as a ControllerRevision as StatefulSets keep theirs.
 *
 * @param name tells its template from all others
 * @param number the greatest is that of the newest
 */
record Revision(String name, long number, JsonNode template) {

  private static final ObjectMapper SORTING =
      new ObjectMapper().configure(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS, true);

  private static final int NAME_BYTES = 5;
  private static final String CHANGE_CAUSE = "kubernetes.io/change-cause";

  /** The name of a template: the same for the same fields, in whatever order. */
  static String nameOf(JsonNode template) {
    try {
      Object sorted = SORTING.treeToValue(template, Object.class);
      byte[] bytes = SORTING.writeValueAsString(sorted).getBytes(StandardCharsets.UTF_8);
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(bytes);
      return HexFormat.of().formatHex(hash, 0, NAME_BYTES);
    } catch (JsonProcessingException | NoSuchAlgorithmException e) {
      throw new IllegalStateException("naming a template", e);
    }
  }

  /** What the object is called that keeps it. */
  static String objectName(WorkerGroup group, String name) {
    return group.getMetadata().getName() + "-" + name;
  }

  /** The object to write. */
  GenericKubernetesResource object(WorkerGroup group) {
    Map<String, String> given = group.getMetadata().getAnnotations();
    String cause = given == null ? null : given.get(CHANGE_CAUSE);
    Map<String, String> annotations = new HashMap<>();
    annotations.put(Wiring.REVISION, name);
    if (cause != null) {
      annotations.put(CHANGE_CAUSE, cause);
    }
    GenericKubernetesResource object =
        new GenericKubernetesResourceBuilder()
            .withApiVersion("apps/v1")
            .withKind("ControllerRevision")
            .withNewMetadata()
            .withName(objectName(group, name))
            .withNamespace(group.getMetadata().getNamespace())
            .withLabels(Wiring.labels(group))
            .withAnnotations(annotations)
            .withOwnerReferences(WorkerDeployment.ownedBy(group))
            .endMetadata()
            .build();
    object.setAdditionalProperty("revision", number);
    object.setAdditionalProperty("data", Map.of("spec", Map.of("template", template)));
    return object;
  }

  /** What an object keeps; null if it keeps nothing of this kind. */
  static @Nullable Revision of(GenericKubernetesResource object) {
    Map<String, String> annotations = object.getMetadata().getAnnotations();
    String name = annotations == null ? null : annotations.get(Wiring.REVISION);
    JsonNode all = SORTING.valueToTree(object.getAdditionalProperties());
    JsonNode template = all.at("/data/spec/template");
    return name == null || !template.isObject()
        ? null
        : new Revision(name, all.path("revision").asLong(), template);
  }
}
