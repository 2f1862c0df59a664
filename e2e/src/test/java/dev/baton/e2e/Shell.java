package dev.baton.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Commands on this machine, run in the project's root. */
final class Shell {

  private Shell() {}

  /** What a command printed, both streams together, and its exit code. */
  record Result(int exitCode, String output) {

    String orFail(String what) {
      if (exitCode != 0) {
        throw new AssertionError(
            "%s failed with exit code %d:%n%s".formatted(what, exitCode, output));
      }
      return output;
    }
  }

  /** The project's; Surefire names the module's directory. */
  static Path root() {
    return Path.of(System.getProperty("basedir", "e2e"), "..").toAbsolutePath().normalize();
  }

  static ProcessBuilder builder(List<String> command) {
    var builder = new ProcessBuilder(command).directory(root().toFile()).redirectErrorStream(true);
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    return builder;
  }

  static Result run(String... command) {
    try {
      var process = builder(List.of(command)).start();
      process.outputWriter().close();
      var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return new Result(process.waitFor(), output);
    } catch (IOException e) {
      return new Result(127, String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while running " + command[0], e);
    }
  }

  static boolean ends(Process process, long seconds) {
    try {
      return process.waitFor(seconds, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for a process", e);
    }
  }

  static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException("could not read " + file, e);
    }
  }
}
