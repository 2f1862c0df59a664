package dev.baton.operator.server;

import static dev.baton.operator.server.ServerUnavailableException.Kind.UNEXPECTED_ANSWER;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A call of a function as the protocol has it: {@code promise.create}, as SDKs write it. */
final class DurableCall {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int QUOTED_CHARACTERS_MAX = 300;

  private DurableCall() {}

  static String envelope(
      @Nullable String token,
      String id,
      String target,
      String function,
      List<JsonNode> args,
      Instant timeoutAt) {
    ObjectNode call = JSON.createObjectNode();
    call.put("func", function);
    call.putArray("args").addAll(args);
    call.put("version", 1);
    ObjectNode envelope = JSON.createObjectNode().put("kind", "promise.create");
    ObjectNode head = envelope.putObject("head");
    head.put("corrId", "").put("version", GroupsApi.PROTOCOL_VERSION);
    if (token != null) {
      head.put("auth", token);
    }
    ObjectNode data = envelope.putObject("data");
    data.put("id", id).put("timeoutAt", timeoutAt.toEpochMilli());
    ObjectNode param = data.putObject("param");
    param.putObject("headers");
    param.put(
        "data",
        Base64.getEncoder().encodeToString(call.toString().getBytes(StandardCharsets.UTF_8)));
    data.putObject("tags").put("resonate:target", target);
    return envelope.toString();
  }

  static Promised read(JsonNode answer, URI uri) {
    JsonNode promise = answer.at("/data/promise");
    String value = text(promise.at("/value/data").asText(""));
    return switch (promise.path("state").asText()) {
      case "pending" -> new Promised.Pending();
      case "resolved" -> new Promised.Resolved(value);
      case "rejected" ->
          new Promised.Rejected("was rejected" + (value.isEmpty() ? "" : ": " + value));
      case "rejected_canceled" -> new Promised.Rejected("was canceled");
      case "rejected_timedout" -> new Promised.Rejected("has not ended in time");
      default ->
          throw new ServerUnavailableException(
              UNEXPECTED_ANSWER, uri + " answered a call with " + shortened(answer.toString()));
    };
  }

  private static String text(String base64) {
    try {
      return shortened(
          new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8).strip());
    } catch (IllegalArgumentException e) {
      return "";
    }
  }

  private static String shortened(String text) {
    return text.length() <= QUOTED_CHARACTERS_MAX
        ? text
        : text.substring(0, QUOTED_CHARACTERS_MAX) + "...";
  }
}
