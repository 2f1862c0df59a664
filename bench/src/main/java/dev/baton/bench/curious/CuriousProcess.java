package dev.baton.bench.curious;

import dev.baton.bench.load.LoadException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * A {@link CuriousLoad} in a process that gives way to all others: whoever reads is at another
 * machine, and what it makes of what it has read is not what is measured here.
 */
public final class CuriousProcess implements AutoCloseable {

  private final Process process;
  private final PrintWriter orders;
  private final BufferedReader answers;
  private final Path log;

  /**
   * Starts one; it makes its groups at once.
   *
   * @param host the server's name and port
   * @param trees how many there are
   * @param groups how many to make
   * @param folder where its log is
   */
  public CuriousProcess(String host, int metricsPort, int trees, int groups, Path folder) {
    log = folder.resolve("curious.log");
    try {
      process =
          new ProcessBuilder(
                  List.of(
                      "nice",
                      "-n",
                      "19",
                      Path.of(System.getProperty("java.home"), "bin/java").toString(),
                      "-XX:+UseSerialGC",
                      "-Xms256m",
                      "-Xmx512m",
                      "-cp",
                      System.getProperty("java.class.path"),
                      CuriousLoad.class.getName(),
                      host,
                      Integer.toString(metricsPort),
                      Integer.toString(trees),
                      Integer.toString(groups)))
              .redirectError(log.toFile())
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException("starting curious clients", e);
    }
    orders = new PrintWriter(process.outputWriter(StandardCharsets.UTF_8), true);
    answers = process.inputReader(StandardCharsets.UTF_8);
    answer();
  }

  /** Lets all read. */
  public void begin() {
    perform("begin");
  }

  /** Lets all come to the end of what they read. */
  public void pause() {
    perform("pause");
  }

  /** How long one of each kind took, in seconds. */
  public Map<Kind, Double> seconds() {
    String[] seconds = perform("seconds").split(" ");
    Map<Kind, Double> figures = new EnumMap<>(Kind.class);
    for (Kind kind : Kind.values()) {
      figures.put(kind, Double.valueOf(seconds[kind.ordinal()]));
    }
    return figures;
  }

  private String perform(String order) {
    orders.println(order);
    return answer();
  }

  private String answer() {
    try {
      String line = answers.readLine();
      if (line == null) {
        throw new LoadException("the curious clients have ended; see " + log, null);
      }
      return line;
    } catch (IOException e) {
      throw new UncheckedIOException("hearing of the curious clients", e);
    }
  }

  @Override
  public void close() {
    orders.close();
    process.destroy();
    process.onExit().join();
  }
}
