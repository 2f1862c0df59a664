package dev.baton.kubectl;

import com.fasterxml.jackson.databind.JsonNode;
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
  static Served of(JsonNode group) {
    JsonNode metadata = group.path("metadata");
    JsonNode spec = group.path("spec");
    JsonNode status = group.path("status");
    String name = metadata.path("name").asText();
    JsonNode token = spec.at("/server/tokenSecretRef");
    return new Served(
        metadata.path("namespace").asText(),
        name,
        spec.path("group").asText(name),
        spec.at("/server/url").asText(),
        token.hasNonNull("name")
            ? new SecretKey(token.path("name").asText(), token.path("key").asText("token"))
            : null,
        status.path("desiredReplicas").asInt(spec.path("replicas").asInt(1)),
        status.path("readyReplicas").asInt(0),
        trouble(status.path("conditions")));
  }

  private static @Nullable String trouble(JsonNode conditions) {
    for (JsonNode condition : conditions) {
      if ("Available".equals(condition.path("type").textValue())
          && "False".equals(condition.path("status").textValue())) {
        return condition.path("message").asText();
      }
    }
    return null;
  }
}
