package dev.baton.e2e;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** Whether this machine can run the cluster tests. */
final class Docker {
  static final String K3S_IMAGE =
      System.getenv().getOrDefault("K3S_IMAGE", "rancher/k3s:v1.34.4-k3s1");

  // The base of our images and the cluster's own.
  private static final String[] NEEDED = {"eclipse-temurin:25-jre", K3S_IMAGE};

  private Docker() {}

  /**
   * Skips the test, with the reason, where Docker or an image that must be pulled is missing. With
   * BATON_REQUIRE_CLUSTER=true that is a failure instead: a build server must not skip in silence.
   */
  static void assumeClusterCanRun() {
    var missing = missing();
    if (Boolean.parseBoolean(System.getenv("BATON_REQUIRE_CLUSTER")) && !missing.isEmpty()) {
      throw new AssertionError(missing);
    }
    assumeTrue(missing.isEmpty(), missing);
  }

  private static String missing() {
    var version = Shell.run("docker", "version");
    if (version.exitCode() != 0) {
      return "cluster tests need Docker: " + version.output().strip();
    }
    for (var image : NEEDED) {
      if (Shell.run("docker", "image", "inspect", image).exitCode() != 0) {
        var pull = Shell.run("docker", "pull", "--quiet", image);
        if (pull.exitCode() != 0) {
          return "cluster tests need the image " + image + ": " + pull.output().strip();
        }
      }
    }
    return "";
  }
}
