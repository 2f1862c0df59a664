package dev.baton.charts;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Helm, as a command. Tests that need it are skipped where it is absent, with the reason; with
 * BATON_REQUIRE_CLUSTER=true they run and fail.
 */
final class Helm implements ExecutionCondition {

  /** What a cluster would say of itself. */
  private static final List<String> CLUSTER =
      List.of("--kube-version", "1.34.0", "--api-versions", "baton.dev/v1alpha1/WorkerGroup");

  /** What a command printed, both streams together, and its exit code. */
  record Result(int exitCode, String output) {}

  /** The project's; Surefire names the module's directory. */
  static Path root() {
    return Path.of(System.getProperty("basedir", "."), "..").toAbsolutePath().normalize();
  }

  /** The chart. */
  static Path chart() {
    return root().resolve("charts/baton");
  }

  /** Renders the chart. */
  static Result template(String... options) {
    List<String> command =
        new ArrayList<>(List.of("helm", "template", "baton", chart().toString(), "-n", "baton"));
    command.addAll(CLUSTER);
    command.addAll(List.of(options));
    return run(command.toArray(String[]::new));
  }

  static Result run(String... command) {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      process.outputWriter().close();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return new Result(process.waitFor(), output);
    } catch (IOException e) {
      throw new UncheckedIOException("could not run " + String.join(" ", command), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while running " + command[0], e);
    }
  }

  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    if (Boolean.parseBoolean(System.getenv("BATON_REQUIRE_CLUSTER"))) {
      return ConditionEvaluationResult.enabled("BATON_REQUIRE_CLUSTER is true");
    }
    try {
      run("helm", "version");
      return ConditionEvaluationResult.enabled("helm is there");
    } catch (UncheckedIOException e) {
      return ConditionEvaluationResult.disabled("needs helm: " + e.getCause());
    }
  }
}
