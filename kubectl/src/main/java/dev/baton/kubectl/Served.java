package dev.baton.kubectl;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a WorkerGroup says of the group that it serves.
 *
 * @param token where the server's token is; null if the server asks for none
 * @param wished how many workers are asked for
 * @param ready how many of its pods are ready
 * @param trouble why it is not available; null if it is, or does not say
 */
record Served(
    String namespace,
    String name,
    String group,
    String server,
    @Nullable SecretKey token,
    int wished,
    int ready,
    @Nullable String trouble) {

  /** A key in a Secret of the same namespace. */
  record SecretKey(String name, String key) {}

  /** Of an object as the API server has it. */
  static Served of(GenericKubernetesResource group) {
    String name = group.getMetadata().getName();
    String own = group.get("spec", "group");
    String secret = group.get("spec", "server", "tokenSecretRef", "name");
    String key = group.get("spec", "server", "tokenSecretRef", "key");
    String server = group.get("spec", "server", "url");
    return new Served(
        group.getMetadata().getNamespace(),
        name,
        own == null ? name : own,
        server == null ? "" : server,
        secret == null ? null : new SecretKey(secret, key == null ? "token" : key),
        number(group.get("status", "desiredReplicas"), number(group.get("spec", "replicas"), 1)),
        number(group.get("status", "readyReplicas"), 0),
        trouble(group.get("status", "conditions")));
  }

  private static int number(@Nullable Object value, int fallback) {
    return value instanceof Number number ? number.intValue() : fallback;
  }

  private static @Nullable String trouble(@Nullable Object conditions) {
    if (conditions instanceof List<?> list) {
      for (Object each : list) {
        if (each instanceof Map<?, ?> condition
            && "Available".equals(condition.get("type"))
            && "False".equals(condition.get("status"))) {
          return String.valueOf(condition.get("message"));
        }
      }
    }
    return null;
  }
}
