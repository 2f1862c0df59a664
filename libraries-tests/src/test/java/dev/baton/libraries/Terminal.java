package dev.baton.libraries;

import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;

/** A shell that somebody types into. */
final class Terminal implements AutoCloseable {

  private final Path log;
  private final Process shell;
  private final Writer keyboard;

  private Terminal(Path log, Process shell) {
    this.log = log;
    this.shell = shell;
    this.keyboard = shell.outputWriter();
  }

  /** With jobs, such as {@code %1}. */
  static Terminal open(Path folder, Map<String, String> environment, Path log) throws IOException {
    var builder =
        new ProcessBuilder("bash", "--noprofile", "--norc", "-m")
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    builder.environment().keySet().removeIf(key -> key.matches("MAVEN_.*|JAVA_TOOL_OPTIONS"));
    builder.environment().putAll(environment);
    return new Terminal(log, builder.start());
  }

  void type(String commands) throws IOException {
    keyboard.write(commands + "\n");
    keyboard.flush();
  }

  /** What is on the screen. */
  String text() throws IOException {
    return Files.readString(log);
  }

  Stream<String> lines() throws IOException {
    return text().lines();
  }

  /** What was begun here and has not ended. */
  Stream<ProcessHandle> processes() {
    return shell.descendants();
  }

  /** Ends everything that was begun here. */
  @Override
  public void close() throws IOException {
    shell.descendants().forEach(ProcessHandle::destroyForcibly);
    shell.destroyForcibly();
    shell.onExit().join();
  }
}
