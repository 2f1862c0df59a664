package dev.baton.operator.reconcile;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.baton.operator.resources.Wiring;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import org.jspecify.annotations.Nullable;

/**
 * The fields of what the operator has created rather than applied. Kubernetes keeps the two apart:
 * what a later apply leaves out would stay, and a budget with both kinds of limit is refused.
 */
final class CreatedFields {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String BUDGETS = "/apis/policy/v1/namespaces/%s/poddisruptionbudgets";

  private static final int MOST_TRIES = 3;

  /** A test of a patch failed: what was looked at has changed meanwhile. */
  private static final int HAS_CHANGED = 422;

  private CreatedFields() {}

  /**
   * Creates a budget in the operator's name, which the client's own way to create does not take.
   */
  static PodDisruptionBudget create(KubernetesClient client, PodDisruptionBudget budget) {
    String created =
        client.raw(
            BUDGETS.formatted(budget.getMetadata().getNamespace())
                + "?fieldManager="
                + Wiring.OPERATOR,
            "POST",
            budget);
    return client.getKubernetesSerialization().unmarshal(created, PodDisruptionBudget.class);
  }

  /**
   * Makes those of a budget, if there are any, the applied ones, as kubectl does. Kubernetes writes
   * a budget's status just when it is new: then it is looked at again.
   */
  static void ownByApply(KubernetesClient client, PodDisruptionBudget budget) {
    for (int tries = 1; ; tries++) {
      String patch = ownership(client, budget);
      if (patch == null) {
        return;
      }
      try {
        client.resource(budget).patch(PatchContext.of(PatchType.JSON), patch);
        return;
      } catch (KubernetesClientException e) {
        if (e.getCode() != HAS_CHANGED || tries == MOST_TRIES) {
          throw e;
        }
      }
    }
  }

  /**
   * What makes them the applied ones of the budget as it is now; null if there is nothing to do.
   */
  private static @Nullable String ownership(KubernetesClient client, PodDisruptionBudget budget) {
    // As text: objects are read without their managed fields.
    String found =
        client.raw(
            BUDGETS.formatted(budget.getMetadata().getNamespace())
                + "/"
                + budget.getMetadata().getName());
    if (found == null) {
      return null;
    }
    JsonNode metadata = read(found).path("metadata");
    int created = indexOf(metadata, "Update");
    if (created < 0 || indexOf(metadata, "Apply") >= 0) {
      return null;
    }
    ArrayNode patch = JSON.createArrayNode();
    // Nobody else has changed the list meanwhile.
    patch
        .addObject()
        .put("op", "test")
        .put("path", "/metadata/resourceVersion")
        .put("value", metadata.path("resourceVersion").asText());
    patch
        .addObject()
        .put("op", "replace")
        .put("path", "/metadata/managedFields/%d/operation".formatted(created))
        .put("value", "Apply");
    return patch.toString();
  }

  /** Where the operator's own fields of such an operation are listed; -1 if nowhere. */
  private static int indexOf(JsonNode metadata, String operation) {
    JsonNode all = metadata.path("managedFields");
    for (int i = 0; i < all.size(); i++) {
      if (all.get(i).path("manager").asText().equals(Wiring.OPERATOR)
          && all.get(i).path("operation").asText().equals(operation)
          && !all.get(i).hasNonNull("subresource")) {
        return i;
      }
    }
    return -1;
  }

  private static JsonNode read(String json) {
    try {
      return JSON.readTree(json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the API server's answer is not JSON", e);
    }
  }
}
