package dev.baton.e2e;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Skips tests, with the reason, where Docker or an image that must be pulled is missing. With
 * BATON_REQUIRE_CLUSTER=true they run and fail instead: a build server must not skip in silence.
 */
final class Docker implements ExecutionCondition {
  static final String K3S_IMAGE =
      System.getenv().getOrDefault("K3S_IMAGE", "rancher/k3s:v1.34.4-k3s1");

  // The base of our images, what one of them is made with, and the cluster's own.
  private static final List<String> NEEDED =
      List.of("eclipse-temurin:25-jre", "eclipse-temurin:25-jdk", K3S_IMAGE);

  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    if (Boolean.parseBoolean(System.getenv("BATON_REQUIRE_CLUSTER"))) {
      return ConditionEvaluationResult.enabled("BATON_REQUIRE_CLUSTER is true");
    }
    return missing()
        .map(ConditionEvaluationResult::disabled)
        .orElseGet(() -> ConditionEvaluationResult.enabled("Docker and the images are there"));
  }

  private static Optional<String> missing() {
    var version = Shell.run("docker", "version");
    if (version.exitCode() != 0) {
      return Optional.of("cluster tests need Docker: " + version.output().strip());
    }
    return NEEDED.stream().flatMap(image -> missing(image).stream()).findFirst();
  }

  private static Optional<String> missing(String image) {
    if (Shell.run("docker", "image", "inspect", image).exitCode() == 0) {
      return Optional.empty();
    }
    var pull = Shell.run("docker", "pull", "--quiet", image);
    return pull.exitCode() == 0
        ? Optional.empty()
        : Optional.of("cluster tests need the image " + image + ": " + pull.output().strip());
  }
}
