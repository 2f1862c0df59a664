package dev.baton.kubectl;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Why a WorkerGroup has the workers that it has, why not more, and what hinders it: from its
 * status, what the server tells of its group, and its events.
 *
 * @param group as the API server has it
 * @param figures of its group; null if the server could not be asked
 * @param unseen why not, if it could not
 * @param events of it, the newest last
 */
record Explanation(
    GroupState group,
    @Nullable JsonNode figures,
    @Nullable String unseen,
    List<JsonNode> events,
    Instant now) {

  private static final int EVENTS_SHOWN = 5;

  /** A sentence or two about one thing. */
  record Paragraph(String topic, String text) {}

  List<Paragraph> paragraphs() {
    List<Paragraph> all = new ArrayList<>();
    all.add(new Paragraph("workers", workers()));
    all.add(new Paragraph("why so many", whySoMany()));
    all.add(new Paragraph("why not more", whyNotMore()));
    all.add(new Paragraph("work", work()));
    String rollout = group.status("/rollout/message");
    if (rollout != null) {
      all.add(new Paragraph("rollout", sentence(rollout)));
    }
    all.add(new Paragraph("what hinders", obstacles()));
    List<String> lately = lately();
    if (!lately.isEmpty()) {
      all.add(new Paragraph("lately", String.join("\n", lately)));
    }
    return all;
  }

  private JsonNode spec(String pointer) {
    return group.object().path("spec").at(pointer);
  }

  private int number(String pointer) {
    return group.object().path("status").at(pointer).asInt();
  }

  private boolean isAutoscaled() {
    return spec("/autoscaling").isObject() && !spec("/autoscaling/dryRun").asBoolean();
  }

  private String workers() {
    return "%d %s wished for; there are %s, %d of them ready; the server sees %s connected."
        .formatted(
            number("/desiredReplicas"),
            number("/desiredReplicas") == 1 ? "worker is" : "workers are",
            count(number("/replicas"), "pod"),
            number("/readyReplicas"),
            figures == null
                ? "an unknown number"
                : String.valueOf(figures.path("connectedWorkers").asInt()));
  }

  private String whySoMany() {
    if (!isAutoscaled()) {
      return "spec.replicas says so"
          + (spec("/autoscaling").isObject()
              ? ", for spec.autoscaling.dryRun only tells: it would wish for %d (%s)."
                  .formatted(number("/autoscaling/desired"), group.status("/autoscaling/reason"))
              : "; there is no spec.autoscaling, so the work does not change it.");
    }
    String since = group.status("/autoscaling/lastScaleTime");
    String reason = group.status("/autoscaling/reason");
    String paused = annotation(Names.AUTOSCALING_PAUSED);
    String floor = annotation(Names.AUTOSCALING_FLOOR);
    return "spec.autoscaling decided so%s: %s.%s%s"
        .formatted(
            since == null ? "" : " " + ago(since) + " ago",
            reason == null ? "it has not said why" : reason,
            "true".equals(paused)
                ? " It is paused by the annotation " + Names.AUTOSCALING_PAUSED + "."
                : "",
            floor == null
                ? ""
                : " The annotation %s asks for %s at least."
                    .formatted(Names.AUTOSCALING_FLOOR, floor));
  }

  private String whyNotMore() {
    int wished = number("/desiredReplicas");
    if (number("/readyReplicas") < wished) {
      return sentence(
          group.condition("Available").path("message").asText("not all workers are ready"));
    }
    if (!isAutoscaled()) {
      return "Nobody asks for more: change spec.replicas, or set spec.autoscaling.";
    }
    int max = spec("/autoscaling/max").asInt();
    if (wished >= max) {
      return "spec.autoscaling.max is %d.".formatted(max);
    }
    int waiting = figures == null ? 0 : figures.path("ready").asInt();
    return waiting == 0
        ? "Nothing waits; up to %d are allowed.".formatted(max)
        : "What waits is begun in time by those that there are (targetWaitingSeconds %d, tasks of %s); up to %d are allowed."
            .formatted(
                spec("/autoscaling/targetWaitingSeconds").asInt(0),
                mean() == null ? "unknown length" : seconds(mean()),
                max);
  }

  private @Nullable Double mean() {
    JsonNode mean = figures == null ? null : figures.path("meanServiceSeconds");
    return mean == null || !mean.isNumber() ? null : (Double) mean.asDouble();
  }

  private String work() {
    if (figures == null) {
      return "The server could not be asked: %s.".formatted(unseen);
    }
    int waiting = figures.path("ready").asInt();
    int running = figures.path("inFlight").asInt();
    int suspended = figures.path("suspended").asInt();
    double done = figures.path("fulfilledPerSecond").asDouble();
    String line =
        waiting == 0
            ? "Nothing waits"
            : "%s, the oldest for %s"
                .formatted(
                    waiting == 1 ? "1 task waits" : waiting + " tasks wait",
                    seconds(figures.path("oldestReadySeconds").asDouble()));
    String speed =
        done > 0 && waiting > 0
            ? " At %.1f a second that takes %s.".formatted(done, seconds(waiting / done))
            : "";
    return "%s; %s, %s for other promises.%s"
        .formatted(
            line,
            running == 1 ? "1 runs" : running + " run",
            suspended == 1 ? "1 waits" : suspended + " wait",
            speed);
  }

  private String obstacles() {
    List<String> all = new ArrayList<>();
    for (String type : List.of("Stalled", "Stuck", "ScalingContended")) {
      if (group.is(type)) {
        all.add(sentence(group.condition(type).path("message").asText()));
      }
    }
    JsonNode server = group.condition("ServerReachable");
    if ("False".equals(server.path("status").asText())) {
      all.add(
          sentence("the operator does not reach the server: " + server.path("message").asText()));
    }
    String figuresTime = group.status("/figuresTime");
    if (figuresTime != null && isOld(figuresTime)) {
      all.add(
          "The operator has not looked for %s: it does not run, or stands still."
              .formatted(ago(figuresTime)));
    }
    long draining =
        figures == null
            ? 0
            : figures
                .path("workers")
                .valueStream()
                .filter(it -> it.path("draining").asBoolean())
                .count();
    if (draining > 0) {
      all.add(
          draining == 1
              ? "1 worker gets no new work, for it is about to leave."
              : draining + " workers get no new work, for they are about to leave.");
    }
    if (figures != null && !figures.path("redelivered").isEmpty()) {
      JsonNode worst = figures.path("redelivered").get(0);
      all.add(
          "Task %s was given to workers %d times and never finished."
              .formatted(worst.path("task").asText(), worst.path("failedDeliveries").asInt()));
    }
    return all.isEmpty() ? "Nothing is known to." : String.join(" ", all);
  }

  private boolean isOld(String time) {
    Duration age = age(time);
    return age != null && age.compareTo(Duration.ofMinutes(15)) > 0;
  }

  private List<String> lately() {
    return events.subList(Math.max(0, events.size() - EVENTS_SHOWN), events.size()).stream()
        .map(event -> {
          String time = event.path("lastTimestamp").asText();
          return "%s ago: %s"
              .formatted(
                  age(time) == null ? "some time" : ago(time), event.path("message").asText());
        })
        .toList();
  }

  private @Nullable String annotation(String name) {
    return group.object().path("metadata").path("annotations").path(name).textValue();
  }

  private @Nullable Duration age(String time) {
    try {
      Duration age = Duration.between(Instant.parse(time), now);
      return age.isNegative() ? Duration.ZERO : age;
    } catch (DateTimeParseException e) {
      return null;
    }
  }

  private String ago(String time) {
    Duration age = age(time);
    return age == null ? time : seconds(age.toSeconds());
  }

  private static String seconds(double seconds) {
    if (seconds < 10) {
      return String.format(Locale.ROOT, "%.1f s", seconds);
    }
    long whole = Math.round(seconds);
    return whole < 120 ? whole + " s" : whole < 7200 ? whole / 60 + " min" : whole / 3600 + " h";
  }

  private static String count(int number, String what) {
    return number == 1 ? "1 " + what : number + " " + what + "s";
  }

  private static String sentence(String text) {
    String stripped = text.strip();
    return stripped.isEmpty()
        ? "It has not said why."
        : stripped.substring(0, 1).toUpperCase(Locale.ROOT)
            + stripped.substring(1)
            + (stripped.endsWith(".") ? "" : ".");
  }
}
