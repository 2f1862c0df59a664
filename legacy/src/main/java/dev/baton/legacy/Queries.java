package dev.baton.legacy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.baton.protocol.PromiseRecord;
import io.vertx.core.MultiMap;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the parameters of searches. */
final class Queries {

  private static final int MOST_LIMIT = 100;

  private Queries() {}

  static PromiseSearch.Query promises(MultiMap parameters) {
    String cursor = parameters.get("cursor");
    if (cursor != null && !cursor.isEmpty()) {
      return next(cursor);
    }
    Map<String, String> tags = new LinkedHashMap<>();
    for (Map.Entry<String, String> parameter : parameters) {
      String name = parameter.getKey();
      if (name.startsWith("tags[") && name.endsWith("]")) {
        tags.put(name.substring("tags[".length(), name.length() - 1), parameter.getValue());
      }
    }
    return new PromiseSearch.Query(
        pattern(parameters), states(parameters.get("state")), tags, limit(parameters), null);
  }

  static Glob pattern(MultiMap parameters) {
    String id = parameters.get("id");
    if (id == null || id.isEmpty()) {
      throw new BadRequestException("id is missing");
    }
    return new Glob(id);
  }

  static int limit(MultiMap parameters) {
    String text = parameters.get("limit");
    if (text == null) {
      return MOST_LIMIT;
    }
    try {
      int limit = Integer.parseInt(text);
      if (limit >= 1 && limit <= MOST_LIMIT) {
        return limit;
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw new BadRequestException("limit must be from 1 to " + MOST_LIMIT + ", not " + text);
  }

  private static Set<PromiseRecord.State> states(@Nullable String text) {
    return text == null
        ? Set.of()
        : switch (text.toLowerCase(Locale.ROOT)) {
          case "pending" -> EnumSet.of(PromiseRecord.State.PENDING);
          case "resolved" -> EnumSet.of(PromiseRecord.State.RESOLVED);
          case "rejected" ->
              EnumSet.of(
                  PromiseRecord.State.REJECTED,
                  PromiseRecord.State.REJECTED_CANCELED,
                  PromiseRecord.State.REJECTED_TIMEDOUT);
          default ->
              throw new BadRequestException(
                  "state must be pending, resolved or rejected, not " + text);
        };
  }

  private static PromiseSearch.Query next(String cursor) {
    try {
      JsonNode node =
          LegacyJson.MAPPER.readTree(
              new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8));
      Set<PromiseRecord.State> states = EnumSet.noneOf(PromiseRecord.State.class);
      for (JsonNode state : node.required("states")) {
        states.add(PromiseRecord.State.valueOf(state.asText()));
      }
      Map<String, String> tags = new LinkedHashMap<>();
      node.required("tags")
          .properties()
          .forEach(tag -> tags.put(tag.getKey(), tag.getValue().asText()));
      return new PromiseSearch.Query(
          new Glob(node.required("pattern").asText()),
          states,
          tags,
          Math.clamp(node.required("limit").asInt(), 1, MOST_LIMIT),
          new PromiseSearch.Position(node.required("at").asLong(), node.required("id").asText()));
    } catch (JsonProcessingException | IllegalArgumentException e) {
      throw new BadRequestException("the cursor is not one of this server");
    }
  }
}
