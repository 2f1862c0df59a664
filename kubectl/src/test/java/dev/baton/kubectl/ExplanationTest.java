package dev.baton.kubectl;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ExplanationTest {

  private static final Instant NOW = Instant.parse("2026-01-01T01:00:00Z");

  private static final String SCALED =
      """
      {"metadata":{"name":"w"},"spec":{"autoscaling":{"min":1,"max":%d}},
       "status":{"desiredReplicas":3,"replicas":3,"readyReplicas":%d,"figuresTime":"%s",
        "autoscaling":{"desired":3,"reason":"3 tasks, 1 slot each","lastScaleTime":"2026-01-01T00:59:20Z"},
        "conditions":[{"type":"Available","status":"False","message":"2 of 3 workers are ready"},
          {"type":"Stuck","status":"%s","message":"pods run, none is connected"}]}}
      """;

  private static final String FIGURES =
      """
      {"group":"w","connectedWorkers":3,"ready":20,"inFlight":3,"suspended":1,"oldestReadySeconds":4.2,
       "fulfilledPerSecond":2.0,"meanServiceSeconds":1.5,"redelivered":[],"workers":[{"pid":"a","draining":true}]}
      """;

  @Test
  void autoscalingAtItsLimitSaysSo() {
    assertThat(text(SCALED.formatted(3, 3, NOW, "False"), FIGURES, null))
        .isEqualTo(
            """
            workers: 3 workers are wished for; there are 3 pods, 3 of them ready; the server sees 3 connected.
            why so many: spec.autoscaling decided so 40 s ago: 3 tasks, 1 slot each.
            why not more: spec.autoscaling.max is 3.
            work: 20 tasks wait, the oldest for 4.2 s; 3 run, 1 waits for other promises. At 2.0 a second that takes 10 s.
            what hinders: 1 worker gets no new work, for it is about to leave.\
            """);
  }

  @Test
  void whatHindersIsSaidInItsOwnWords() {
    String text = text(SCALED.formatted(9, 2, "2026-01-01T00:00:00Z", "True"), null, "no way");
    assertThat(text)
        .contains(
            "why not more: 2 of 3 workers are ready.",
            "the server sees an unknown number connected",
            "work: The server could not be asked: no way.",
            "what hinders: Pods run, none is connected. The operator has not looked for 60 min: it"
                + " does not run, or stands still.");
  }

  @Test
  void withoutAutoscalingTheSpecSaysSo() {
    String text =
        text(
            "{\"metadata\":{\"name\":\"w\"},\"spec\":{\"replicas\":1},\"status\":{\"desiredReplicas\":1,\"replicas\":1,\"readyReplicas\":1,\"rollout\":{\"message\":\"revision"
                + " a is in use\"}}}",
            "{\"connectedWorkers\":1}",
            null);
    assertThat(text)
        .contains(
            "workers: 1 worker is wished for; there are 1 pod, 1 of them ready",
            "spec.replicas says so; there is no spec.autoscaling",
            "Nobody asks for more",
            "rollout: Revision a is in use.",
            "what hinders: Nothing is known to.");
  }

  private static String text(String group, @Nullable String figures, @Nullable String unseen) {
    return new Explanation(
            new GroupState(json(group)),
            figures == null ? null : json(figures),
            unseen,
            List.of(),
            NOW)
        .paragraphs().stream()
            .map(it -> it.topic() + ": " + it.text())
            .collect(Collectors.joining("\n"));
  }

  private static JsonNode json(String text) {
    try {
      return new ObjectMapper().readTree(text);
    } catch (JsonProcessingException e) {
      throw new AssertionError(text, e);
    }
  }
}
