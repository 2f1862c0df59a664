package dev.baton.sdk.internal.value;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.baton.sdk.RetryPolicy;
import dev.baton.sdk.internal.wire.Times;
import java.time.Duration;

/** Retry policies as the TypeScript SDK writes them: {@code {"type","data":{...}}}, times in ms. */
final class RetryJson {

  private static final long FOREVER_MS = Duration.ofDays(36_500).toMillis();

  private RetryJson() {}

  static JsonNode write(RetryPolicy policy) {
    ObjectNode data = Values.MAPPER.createObjectNode();
    return switch (policy) {
      case RetryPolicy.Never never -> typed("never", data);
      case RetryPolicy.Constant(var delay, var maxRetries) -> {
        data.put("delay", Times.millis(delay)).put("maxRetries", maxRetries);
        yield typed("constant", data);
      }
      case RetryPolicy.Linear(var delay, var maxRetries) -> {
        data.put("delay", Times.millis(delay)).put("maxRetries", maxRetries);
        yield typed("linear", data);
      }
      case RetryPolicy.Exponential(var delay, var factor, var maxDelay, var maxRetries) -> {
        data.put("delay", Times.millis(delay))
            .put("factor", factor)
            .put("maxRetries", maxRetries)
            .put("maxDelay", Times.millis(maxDelay));
        yield typed("exponential", data);
      }
    };
  }

  /** What is missing has the TypeScript SDK's default; an unknown policy is none. */
  static RetryPolicy read(JsonNode json) {
    JsonNode data = json.path("data");
    Duration delay = millis(data.path("delay"), 1000);
    int maxRetries =
        Math.clamp(data.path("maxRetries").asLong(RetryPolicy.UNLIMITED), 0, RetryPolicy.UNLIMITED);
    return switch (json.path("type").asText("")) {
      case "constant" -> new RetryPolicy.Constant(delay, maxRetries);
      case "linear" -> new RetryPolicy.Linear(delay, maxRetries);
      case "exponential" ->
          new RetryPolicy.Exponential(
              delay,
              Math.max(1, data.path("factor").asDouble(2)),
              millis(data.path("maxDelay"), 30_000),
              maxRetries);
      default -> RetryPolicy.never();
    };
  }

  private static ObjectNode typed(String type, ObjectNode data) {
    ObjectNode json = Values.MAPPER.createObjectNode();
    json.put("type", type);
    json.set("data", data);
    return json;
  }

  private static Duration millis(JsonNode json, long otherwise) {
    return Duration.ofMillis(Math.clamp(json.asLong(otherwise), 0, FOREVER_MS));
  }
}
