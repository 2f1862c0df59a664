package dev.baton.bench.sdk;

import dev.baton.bench.load.LoadException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** A {@link SdkLoad} in a process of its own. */
public final class SdkProcess implements AutoCloseable {

  private final Process process;
  private final PrintWriter rounds;
  private final BufferedReader figures;
  private final Path log;

  /**
   * Starts one.
   *
   * @param baseline jars of another build of the SDK, as a class path; empty for this build
   * @param folder where its log is
   */
  public SdkProcess(String baseline, String url, String group, Path folder) {
    log = folder.resolve(group + ".log");
    var classPath = System.getProperty("java.class.path");
    try {
      process =
          new ProcessBuilder(
                  List.of(
                      Path.of(System.getProperty("java.home"), "bin/java").toString(),
                      "-XX:+UseSerialGC",
                      "-Xms256m",
                      "-Xmx256m",
                      "-cp",
                      baseline.isEmpty() ? classPath : baseline + ":" + classPath,
                      SdkLoad.class.getName(),
                      url,
                      group))
              .redirectError(log.toFile())
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException("starting a client and a worker", e);
    }
    rounds = new PrintWriter(process.outputWriter(StandardCharsets.UTF_8), true);
    figures = process.inputReader(StandardCharsets.UTF_8);
  }

  /** Has it measure a function for so long. */
  public SdkRound round(String function, double seconds) {
    rounds.println(function + " " + seconds);
    try {
      var line = figures.readLine();
      if (line == null) {
        throw new LoadException("the SDK's process has ended; see " + log, null);
      }
      return SdkRound.of(line);
    } catch (IOException e) {
      throw new UncheckedIOException("reading a round's figures", e);
    }
  }

  /** Ends it in good order, or else by force. */
  @Override
  public void close() {
    rounds.close();
    process.destroy();
    process.onExit().join();
  }
}
