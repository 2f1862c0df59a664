package dev.baton.libraries;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A project that is no part of this build. */
final class Outside {

  private static final int LIMIT_MINUTES = 5;

  private final Path root = Path.of("target", "outside").toAbsolutePath();
  private final Path project = root.resolve("project");
  private final Path target = project.resolve("target");

  private Outside() {}

  /** Compiles the project and asks for its dependencies, without a network. */
  static Outside build(List<Published> libraries) throws IOException, InterruptedException {
    var outside = new Outside();
    LocalMaven.delete(outside.project);
    LocalMaven.copy(Path.of("src/test/outside"), outside.project);
    var maven = LocalMaven.with(libraries, outside.root);
    var command =
        maven.command(
            "-o",
            "-Daether.offline.protocols=file",
            "-Dbaton.version=" + Published.VERSION,
            "test-compile");
    outside.run(
        command,
        Map.of("JAVA_HOME", System.getProperty("java.home")),
        outside.root.resolve("mvn.log"));
    return outside;
  }

  /** What the project's program depends on, such as {@code org.slf4j:slf4j-api}. */
  List<String> dependencies() throws IOException {
    return Files.readAllLines(target.resolve("tree.txt")).stream()
        .skip(1)
        .map(line -> line.replaceFirst("^[^a-z]+", "").split(":"))
        .map(parts -> parts[0] + ":" + parts[1])
        .sorted()
        .toList();
  }

  /** What the project's program writes when that Java runs it. */
  String run(Path javaHome, Map<String, String> environment)
      throws IOException, InterruptedException {
    return java(javaHome, "classes", "class-path.txt", "outside.Main", environment);
  }

  /** What its program writes that uses the test kit. */
  String runTest(Path javaHome) throws IOException, InterruptedException {
    return java(javaHome, "test-classes", "tests-class-path.txt", "outside.Reminder", Map.of());
  }

  private String java(
      Path home, String classes, String libraries, String main, Map<String, String> environment)
      throws IOException, InterruptedException {
    var classPath =
        target.resolve(classes) + ":" + Files.readString(target.resolve(libraries)).strip();
    var command = List.of(home.resolve("bin/java").toString(), "-cp", classPath, main);
    return run(command, environment, root.resolve("run.log"));
  }

  private String run(List<String> command, Map<String, String> environment, Path log)
      throws IOException, InterruptedException {
    var builder =
        new ProcessBuilder(command)
            .directory(project.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    builder.environment().keySet().removeIf(key -> key.matches("MAVEN_.*|JAVA_TOOL_OPTIONS"));
    builder.environment().putAll(environment);
    var process = builder.start();
    if (!process.waitFor(LIMIT_MINUTES, TimeUnit.MINUTES)) {
      process.destroyForcibly();
    }
    var said = Files.readString(log, StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new AssertionError(command + " ended with " + process.exitValue() + ":\n" + said);
    }
    return said;
  }
}
