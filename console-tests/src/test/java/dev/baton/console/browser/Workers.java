package dev.baton.console.browser;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Worker processes, as they run in their image. */
final class Workers implements AutoCloseable {

  /** What a call of cost 1 takes. */
  private static final String COST_UNIT_MS = "400";

  private final Map<String, Process> processes = new LinkedHashMap<>();
  private final String url;
  private final String group;
  private final Path folder;

  /**
   * @param folder where their output goes
   */
  Workers(String url, String group, Path folder) {
    this.url = url;
    this.group = group;
    this.folder = folder;
  }

  void start(String... pids) throws IOException {
    for (String pid : pids) {
      var builder =
          new ProcessBuilder(
                  List.of(
                      Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                      "-XX:TieredStopAtLevel=1",
                      "-XX:+UseSerialGC",
                      "-Xmx64m",
                      "-cp",
                      System.getProperty("java.class.path"),
                      "dev.baton.worker.Main"))
              .redirectErrorStream(true)
              .redirectOutput(folder.resolve(pid + ".log").toFile());
      builder
          .environment()
          .putAll(
              Map.of(
                  "RESONATE_URL", url,
                  "RESONATE_GROUP", group,
                  "RESONATE_PID", pid,
                  "RESONATE_SLOTS", "2",
                  "COST_UNIT_MS", COST_UNIT_MS));
      processes.put(pid, builder.start());
    }
  }

  /** As {@code kill -9}; answers with the exit code. */
  int kill(String pid) throws InterruptedException {
    Process process = Objects.requireNonNull(processes.get(pid), pid);
    process.destroyForcibly();
    return process.waitFor();
  }

  @Override
  public void close() {
    processes.values().forEach(Process::destroyForcibly);
  }
}
