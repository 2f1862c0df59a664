package dev.baton.kubectl;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Where a Service's port ends, of Services and pods as the API server has them. */
final class Endpoint {

  private static final int HTTP = 80;

  private Endpoint() {}

  /** The labels of the pods that are behind a Service; none where it has other ends. */
  static Map<String, String> selector(JsonNode service) {
    Map<String, String> labels = new LinkedHashMap<>();
    service
        .at("/spec/selector")
        .properties()
        .forEach(it -> labels.put(it.getKey(), it.getValue().asText()));
    return labels;
  }

  static boolean isReady(JsonNode pod) {
    return pod.at("/status/conditions")
        .valueStream()
        .anyMatch(it ->
            "Ready".equals(it.path("type").textValue())
                && "True".equals(it.path("status").textValue()));
  }

  /** The port of a Service that is called http, else its first one. */
  static int port(JsonNode service) {
    JsonNode ports = service.at("/spec/ports");
    return ports
        .valueStream()
        .filter(it -> "http".equals(it.path("name").textValue()))
        .findFirst()
        .map(it -> it.path("port").intValue())
        .orElse(ports.path(0).path("port").asInt(HTTP));
  }

  /** The port of a pod that a Service's port means, by its number or by its name. */
  static int port(JsonNode service, int port, JsonNode pod) {
    return service
        .at("/spec/ports")
        .valueStream()
        .filter(it -> it.path("port").intValue() == port)
        .findFirst()
        .map(it -> it.path("targetPort"))
        .flatMap(
            target -> target.isInt() ? Optional.of(target.intValue()) : named(pod, target.asText()))
        .orElse(port);
  }

  private static Optional<Integer> named(JsonNode pod, String name) {
    return pod.at("/spec/containers")
        .valueStream()
        .flatMap(container -> container.path("ports").valueStream())
        .filter(it -> name.equals(it.path("name").textValue()))
        .map(it -> it.path("containerPort").intValue())
        .findFirst();
  }
}
