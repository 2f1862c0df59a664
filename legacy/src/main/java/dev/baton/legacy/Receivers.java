package dev.baton.legacy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.baton.protocol.Address;
import dev.baton.protocol.Addresses;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/**
 * Receivers as addresses. The groups of the old message port are apart from those of the poll
 * channel, because their workers understand other messages.
 */
final class Receivers {

  private static final String GROUP_PREFIX = "legacy:";

  /** Valid, and never delivered to. */
  private static final String NOBODY = "bash://nobody";

  private Receivers() {}

  /** The dispatcher's name of a group of the old message port. */
  static String group(String name) {
    return GROUP_PREFIX + name;
  }

  /** The address that stands for a receiver; one that cannot be reached is accepted. */
  static String address(String receiver) {
    String text = receiver.strip();
    if (text.startsWith("{")) {
      try {
        return address(LegacyJson.MAPPER.readTree(text));
      } catch (JsonProcessingException e) {
        return NOBODY;
      }
    }
    if (text.equals("default")) {
      return poll("any", "default", "");
    }
    String rest = text.startsWith("poll://") ? text.substring("poll://".length()) : "";
    boolean isBareGroup = !rest.isEmpty() && rest.indexOf('@') < 0;
    return switch (Addresses.parse(isBareGroup ? "poll://any@" + rest : text)) {
      case Address.Any(String group, String id) -> poll("any", group, id);
      case Address.Uni(String group, String id) -> poll("uni", group, id);
      case Address.Http _, Address.Undelivered _ -> NOBODY;
      case null -> NOBODY;
    };
  }

  /** The same for a receiver that is an object. */
  static String address(JsonNode receiver) {
    if (receiver.isTextual()) {
      return address(receiver.textValue());
    }
    JsonNode data = receiver.path("data");
    String cast = data.path("cast").asText("any");
    String group = data.path("group").asText("");
    boolean isPoll =
        receiver.path("type").asText().equals("poll")
            && !group.isEmpty()
            && (cast.equals("any") || cast.equals("uni"));
    return isPoll ? poll(cast, group, data.path("id").asText("")) : NOBODY;
  }

  /** The address of a subscription: as many differ as there are subscriptions. */
  static String subscriber(JsonNode receiver, String subscription) {
    return address(receiver) + "#" + encode(subscription);
  }

  private static String poll(String cast, String group, String id) {
    if (!isName(group) || !isName(id)) {
      return NOBODY;
    }
    String address = "poll://" + cast + "@" + encode(group(group));
    return id.isEmpty() ? address : address + "/" + encode(id);
  }

  /** Text that can be the name of something: written as an address, another would be the same. */
  private static boolean isName(String text) {
    return text.indexOf('\0') < 0 && StandardCharsets.UTF_8.newEncoder().canEncode(text);
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
