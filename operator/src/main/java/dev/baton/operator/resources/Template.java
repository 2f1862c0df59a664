package dev.baton.operator.resources;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import java.util.stream.Collectors;

/**
 * The pod template of a WorkerGroup, read. It is kept as it was written until here, so that one
 * that cannot be read stops its own WorkerGroup only.
 */
public sealed interface Template {

  /** A pod template; fields that this program does not know are kept. */
  record Readable(PodTemplateSpec template) implements Template {}

  /** Something else. */
  record Unreadable(String message) implements Template {}

  /** Making one takes longer than all the rest of a plan; thread-safe once it is made. */
  ObjectMapper JSON = new ObjectMapper();

  /** Reads. */
  static Template read(JsonNode written) {
    try {
      PodTemplateSpec template = JSON.treeToValue(written, PodTemplateSpec.class);
      return template == null || template.getSpec() == null
          ? new Unreadable("template has no spec")
          : new Readable(template);
    } catch (JsonMappingException e) {
      return new Unreadable("template" + path(e) + ": " + e.getOriginalMessage());
    } catch (JsonProcessingException e) {
      return new Unreadable("template: " + e.getOriginalMessage());
    }
  }

  private static String path(JsonMappingException e) {
    return e.getPath().stream()
        .map(step ->
            step.getFieldName() != null ? "." + step.getFieldName() : "[" + step.getIndex() + "]")
        .collect(Collectors.joining());
  }
}
