package dev.baton.kubectl;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Takes out of objects and logs what others must not see. Rather too much than too little: who
 * needs to know more asks.
 */
final class Redaction {

  static final String HIDDEN = "(left out)";

  /** A JSON Web Token, and whatever stands behind the word Bearer. */
  private static final Pattern TOKEN =
      Pattern.compile(
          "eyJ[A-Za-z0-9_-]{5,}\\.[A-Za-z0-9_-]*\\.?[A-Za-z0-9_-]*|(?<=[Bb]earer )\\S+");

  /** Name and password in a URL. */
  private static final Pattern LOGIN = Pattern.compile("(?<=://)[^/@\\s]+(?=@)");

  /** What follows such a word and an equals sign or a colon. */
  private static final Pattern NAMED =
      Pattern.compile(
          "(?i)(?<=(?:password|passwd|secret|token|api[-_]?key|credential)s?[\"']?\\s?[=:]\\s?[\"']?)"
              + "[^\\s\"',;&]+");

  private static final Pattern SECRET_NAME =
      Pattern.compile("(?i).*(password|passwd|secret|token|api[-_]?key|credential|private).*");

  /** Of these values nothing is secret. */
  private static final Set<String> HARMLESS =
      Set.of(
          "RESONATE_URL",
          "RESONATE_GROUP",
          "RESONATE_PID",
          "RESONATE_SLOTS",
          "RESONATE_DRAIN_TIMEOUT");

  /** What names a Secret is no secret. */
  private static final Set<String> REFERENCES =
      Set.of(
          "tokenSecretRef",
          "secretKeyRef",
          "secretRef",
          "secretName",
          "imagePullSecrets",
          "automountServiceAccountToken",
          "serviceAccountToken",
          "secret",
          Names.TOKEN_ANNOTATION);

  private Redaction() {}

  /** The object without it. */
  static JsonNode of(JsonNode node) {
    return switch (node) {
      case ObjectNode object -> object(object);
      case ArrayNode array -> {
        ArrayNode copy = JsonNodeFactory.instance.arrayNode();
        array.forEach(each -> copy.add(of(each)));
        yield copy;
      }
      default -> node.isTextual() ? JsonNodeFactory.instance.textNode(of(node.asText())) : node;
    };
  }

  private static ObjectNode object(ObjectNode object) {
    ObjectNode copy = JsonNodeFactory.instance.objectNode();
    boolean isVariable = object.path("name").isTextual() && object.path("value").isTextual();
    boolean isHarmless = HARMLESS.contains(object.path("name").asText());
    for (Map.Entry<String, JsonNode> field : object.properties()) {
      String name = field.getKey();
      JsonNode value = field.getValue();
      if (name.equals("managedFields")
          || name.equals("kubectl.kubernetes.io/last-applied-configuration")) {
        continue;
      }
      boolean isHidden =
          (isVariable && !isHarmless && name.equals("value"))
              || (!REFERENCES.contains(name)
                  && value.isValueNode()
                  && !value.isBoolean()
                  && SECRET_NAME.matcher(name).matches())
              || name.equals("command")
              || name.equals("args");
      copy.set(name, isHidden ? JsonNodeFactory.instance.textNode(HIDDEN) : of(value));
    }
    return copy;
  }

  /** The text without it. */
  static String of(String text) {
    String tokens = TOKEN.matcher(text).replaceAll(HIDDEN);
    String named = NAMED.matcher(tokens).replaceAll(HIDDEN);
    return LOGIN.matcher(named).replaceAll(HIDDEN);
  }
}
