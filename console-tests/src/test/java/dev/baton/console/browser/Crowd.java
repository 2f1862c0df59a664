package dev.baton.console.browser;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Connected workers that take nothing: a process of their own, since the limit of open files is one
 * of each process, and the server's ends of the connections are here.
 */
final class Crowd implements AutoCloseable {

  private final Process process;

  private Crowd(Process process) {
    this.process = process;
  }

  /** Connects so many to a group; each has one slot. */
  static Crowd connect(int port, String group, int count) throws IOException {
    Process process =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-XX:TieredStopAtLevel=1",
                    "-XX:+UseSerialGC",
                    "-Xmx128m",
                    "-cp",
                    System.getProperty("java.class.path"),
                    CrowdMain.class.getName(),
                    Integer.toString(port),
                    group,
                    Integer.toString(count)))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    BufferedReader said = process.inputReader();
    String line = said.readLine();
    if (!CrowdMain.ALL_ARE_CONNECTED.equals(line)) {
      process.destroyForcibly();
      throw new IOException("%d workers were to connect, but: %s".formatted(count, line));
    }
    return new Crowd(process);
  }

  /** As {@code kill -9}: all connections break. */
  void die() {
    process.destroyForcibly();
  }

  @Override
  public void close() {
    die();
  }
}
