package dev.baton.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.baton.protocol.json.JsonProblem;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ParseResult;

/** What was given on the command line. Whatever is wrong with it is a usage error. */
final class Arguments {

  /** Apart, because most commands do without it and start sooner. */
  private static final class Mapper {
    private static final ObjectMapper INSTANCE =
        JsonMapper.builder()
            .enable(DeserializationFeature.USE_LONG_FOR_INTS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();
  }

  private final ParseResult parsed;
  private final Map<String, String> environment;

  Arguments(ParseResult parsed, Map<String, String> environment) {
    this.parsed = parsed;
    this.environment = environment;
  }

  static ObjectMapper mapper() {
    return Mapper.INSTANCE;
  }

  /** The argument at that place. */
  String argument(int index) {
    return parsed.matchedPositional(index).getValue();
  }

  /** An option that is required or has a default. */
  String text(String flag) {
    String text = textOrNull(flag);
    if (text == null) {
      throw new IllegalStateException(flag + " has neither value nor default");
    }
    return text;
  }

  @Nullable String textOrNull(String flag) {
    return parsed.matchedOptionValue(flag, parsed.commandSpec().findOption(flag).getValue());
  }

  /** An option that the environment may set as well. */
  @Nullable String textOrNull(String flag, String variable) {
    String text = textOrNull(flag);
    String fallback = environment.get(variable);
    return text != null || fallback == null || fallback.isEmpty() ? text : fallback;
  }

  boolean isSet(String flag) {
    return parsed.hasMatchedOption(flag);
  }

  List<String> texts(String flag) {
    return parsed.matchedOptionValue(flag, List.of());
  }

  long number(String flag) {
    String text = text(flag);
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw wrong(flag, "must be an integer, not '" + text + "'");
    }
  }

  @Nullable Long numberOrNull(String flag) {
    return textOrNull(flag) == null ? null : Long.valueOf(number(flag));
  }

  /** Milliseconds. */
  long millis(String flag) {
    String text = text(flag);
    Duration duration = Durations.parse(text);
    if (duration == null) {
      throw wrong(flag, "must be a duration such as 1h, 1m30s or 100ms, not '" + text + "'");
    }
    return duration.toMillis();
  }

  /** The instant so long from now, epoch milliseconds. */
  long fromNow(String flag) {
    long now = System.currentTimeMillis();
    long millis = millis(flag);
    return millis > Long.MAX_VALUE - now ? Long.MAX_VALUE : now + millis;
  }

  @Nullable JsonNode jsonOrNull(String flag) {
    String text = textOrNull(flag);
    if (text == null) {
      return null;
    }
    try {
      return mapper().readTree(text);
    } catch (JsonProcessingException e) {
      throw wrong(flag, "is " + JsonProblem.describe(e));
    }
  }

  /** A value that is passed on; integers of any length are such. */
  static JsonNode value(String text) throws JsonProcessingException {
    return mapper().reader().without(DeserializationFeature.USE_LONG_FOR_INTS).readTree(text);
  }

  JsonNode json(String flag) {
    JsonNode json = jsonOrNull(flag);
    if (json == null) {
      throw new IllegalStateException(flag + " is not required");
    }
    return json;
  }

  /** An object of strings, or null if the option is absent. */
  @Nullable Map<String, String> stringsOrNull(String flag) {
    JsonNode json = jsonOrNull(flag);
    return json == null ? null : strings(flag, json);
  }

  Map<String, String> strings(String flag) {
    Map<String, String> strings = stringsOrNull(flag);
    return strings == null ? Map.of() : strings;
  }

  Map<String, String> strings(String flag, JsonNode json) {
    if (!(json instanceof ObjectNode object)) {
      throw wrong(flag, "must be a JSON object of strings");
    }
    Map<String, String> strings = new LinkedHashMap<>();
    for (var member : object.properties()) {
      if (!member.getValue().isTextual()) {
        throw wrong(flag, "must be a JSON object of strings; " + member.getKey() + " is none");
      }
      strings.put(member.getKey(), member.getValue().textValue());
    }
    return strings;
  }

  /** A usage error. */
  CommandLine.ParameterException wrong(String flag, String rule) {
    return new CommandLine.ParameterException(
        parsed.commandSpec().commandLine(), flag + " " + rule);
  }
}
