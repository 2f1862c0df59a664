package dev.baton.server.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.baton.server.BatonServer;
import dev.baton.server.Servers;
import dev.baton.server.config.Key;
import dev.baton.testing.Client;
import dev.baton.testing.Recordings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Replays the recorded transcripts about authentication, where they are: {@link Recordings}. */
@Timeout(60)
class RecordedAuthIT {

  private static final ObjectMapper JSON = new ObjectMapper();

  @Test
  void everyTranscriptReplaysWithoutAMismatch() throws IOException {
    Path folder = Recordings.folder("auth");
    assumeTrue(folder != null, "no recorded vectors here: set -Dbaton.vectors=<directory>");
    List<String> mismatches = new ArrayList<>();
    int steps = 0;
    try (BatonServer server =
            Servers.start(
                Servers.memory()
                    .set(Key.DEBUG, "true")
                    .set(Key.AUTH_PUBLICKEY, folder.resolve("public.pem").toString()));
        Client client = new Client(server.port());
        var files = Files.newDirectoryStream(folder, "*.jsonl")) {
      for (Path file : files) {
        List<String> lines = Files.readAllLines(file);
        for (int i = 1; i < lines.size(); i++) {
          steps++;
          String problem = step(client, JSON.readTree(lines.get(i)));
          if (problem != null) {
            mismatches.add(file.getFileName() + " line " + (i + 1) + ": " + problem);
          }
        }
      }
    }
    System.out.printf("auth vectors: %d steps, %d mismatches%n", steps, mismatches.size());
    assertThat(mismatches).isEmpty();
    assertThat(steps).isGreaterThan(70);
  }

  private static @Nullable String step(Client client, JsonNode step) {
    return switch (step.get("type").textValue()) {
      case "call" -> {
        Client.Answer answer = client.post(step.get("request").toString());
        yield difference(step, answer, step.get("response"));
      }
      case "http" -> {
        JsonNode request = step.get("request");
        Client.Answer answer =
            client.send(
                request.get("method").textValue(),
                request.get("path").textValue(),
                step.at("/body/text").isTextual() ? step.at("/body/text").textValue() : null,
                headers(request.get("headers")));
        yield difference(step, answer, step.get("json"));
      }
      case "poll.open" -> {
        try (Client.Stream stream =
            client.open(step.get("path").textValue(), headers(step.path("headers")))) {
          yield stream.status() == step.get("status").intValue() ? null : "" + stream.status();
        }
      }
      default -> throw new IllegalArgumentException("unknown step " + step);
    };
  }

  private static String[] headers(JsonNode headers) {
    List<String> flat = new ArrayList<>();
    for (var entry : headers.properties()) {
      flat.add(entry.getKey());
      flat.add(entry.getValue().textValue());
    }
    return flat.toArray(String[]::new);
  }

  private static @Nullable String difference(
      JsonNode step, Client.Answer answer, @Nullable JsonNode body) {
    if (answer.status() != step.get("status").intValue()) {
      return "expected status " + step.get("status") + ", got " + answer.status();
    }
    if (body == null) {
      return null;
    }
    // The details of a shape error are each server's own.
    boolean isShape = body.path("data").asText().startsWith("Invalid request:");
    boolean isSame =
        isShape
            ? answer.data().asText().startsWith("Invalid request:")
            : body.equals(answer.body());
    return isSame ? null : "expected " + body + ", got " + answer.body();
  }
}
