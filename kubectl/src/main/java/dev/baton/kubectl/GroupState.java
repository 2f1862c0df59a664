package dev.baton.kubectl;

import com.fasterxml.jackson.databind.JsonNode;
import dev.baton.cli.CommandFailure;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A WorkerGroup as the API server has it, and what its conditions come to.
 *
 * @param object of the kind WorkerGroup
 */
record GroupState(JsonNode object) {

  /** How a rollout stands. */
  enum Standing {
    /** Its pods are as the spec says. */
    DONE,
    /** It moves, or has not been looked at by the operator. */
    MOVING,
    /** It waits for somebody, and nothing is wrong. */
    WAITING,
    /** It will not get there by itself. */
    FAILED
  }

  /** A template that was written once. */
  record Revision(
      String name, long number, String createdAt, @Nullable String cause, JsonNode template) {

    static Revision of(JsonNode object) {
      JsonNode annotations = object.path("metadata").path("annotations");
      return new Revision(
          annotations.path(Names.REVISION).asText(),
          object.path("revision").asLong(),
          object.at("/metadata/creationTimestamp").asText(),
          annotations.path("kubernetes.io/change-cause").textValue(),
          object.at("/data/spec/template"));
    }
  }

  String name() {
    return object.at("/metadata/name").asText();
  }

  /** A field of the status, or null. */
  @Nullable String status(String pointer) {
    JsonNode value = object.path("status").at(pointer);
    return value.isMissingNode() || value.isNull() ? null : value.asText();
  }

  /** A condition, or an empty object. */
  JsonNode condition(String type) {
    for (JsonNode each : object.at("/status/conditions")) {
      if (type.equals(each.path("type").asText())) {
        return each;
      }
    }
    return object.path("status").path("there is none");
  }

  boolean is(String type) {
    return "True".equals(condition(type).path("status").asText());
  }

  Standing standing() {
    boolean isSeen =
        object.at("/status/observedGeneration").asLong(-1)
            >= object.at("/metadata/generation").asLong();
    if (!isSeen) {
      return Standing.MOVING;
    }
    if (is("Stalled")) {
      return Standing.FAILED;
    }
    if ("Paused".equals(condition("Progressing").path("reason").asText())) {
      return Standing.WAITING;
    }
    return is("Ready") ? Standing.DONE : Standing.MOVING;
  }

  /** Where it stands, in a sentence without the stop. */
  String sentence() {
    boolean isSeen =
        object.at("/status/observedGeneration").asLong(-1)
            >= object.at("/metadata/generation").asLong();
    return isSeen
        ? condition("Progressing").path("message").asText("nothing is known of it")
        : "the operator has not looked at it yet";
  }

  /**
   * Which template to write again.
   *
   * @param wanted its name; null: the one that was in use before the one that is written
   * @throws CommandFailure if there is none
   */
  Revision former(List<Revision> revisions, @Nullable String wanted) {
    if (revisions.isEmpty()) {
      throw new CommandFailure(
          "WorkerGroup %s keeps no revisions: its spec.rollout has neither steps nor a gate"
              .formatted(name()));
    }
    List<Revision> newest = newestFirst(revisions);
    JsonNode written = object.at("/spec/template");
    String stable = status("/rollout/stable");
    Function<String, @Nullable Revision> named =
        name -> newest.stream().filter(it -> it.name().equals(name)).findFirst().orElse(null);
    if (wanted != null) {
      Revision found = named.apply(wanted);
      if (found == null) {
        throw new CommandFailure(
            "WorkerGroup %s has no revision %s; it has %s"
                .formatted(
                    name(),
                    wanted,
                    String.join(", ", newest.stream().map(Revision::name).toList())));
      }
      return found;
    }
    Revision inUse = stable == null ? null : named.apply(stable);
    if (inUse != null && !inUse.template().equals(written)) {
      return inUse;
    }
    return newest.stream()
        .filter(it -> !it.template().equals(written))
        .findFirst()
        .orElseThrow(
            () -> new CommandFailure("WorkerGroup %s has had one template only".formatted(name())));
  }

  static List<Revision> newestFirst(List<Revision> revisions) {
    List<Revision> sorted = new ArrayList<>(revisions);
    sorted.sort(Comparator.comparingLong(Revision::number).reversed());
    return sorted;
  }

  /** What a revision is to it: in use, being rolled out, failed; empty for any other. */
  String roleOf(Revision revision) {
    String phase = status("/rollout/phase");
    if (revision.name().equals(status("/rollout/stable"))) {
      return "in use";
    }
    if (!revision.name().equals(status("/rollout/target")) || phase == null) {
      return "";
    }
    return switch (phase) {
      case "RollingBack", "RolledBack" -> "rolled back";
      case "Held" -> "held";
      default -> "being rolled out";
    };
  }
}
