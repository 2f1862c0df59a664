package dev.baton.bench.host;

import dev.baton.bench.load.LoadException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A load in a Java process of its own, which answers each line with a line. */
public final class LoadProcess implements AutoCloseable {

  private final Process process;
  private final PrintWriter orders;
  private final BufferedReader answers;
  private final Path log;

  private LoadProcess(Process process, Path log) {
    this.process = process;
    this.orders = new PrintWriter(process.outputWriter(StandardCharsets.UTF_8), true);
    this.answers = process.inputReader(StandardCharsets.UTF_8);
    this.log = log;
  }

  /**
   * Starts one.
   *
   * @param prefix of the command, such as {@code nice}; may be empty
   * @param javaOptions such as {@code -Xmx256m}
   * @param classPathBefore jars that go before those of the benchmark; may be empty
   * @param main the class that runs
   * @param arguments of it
   * @param log what it says besides its answers
   */
  public static LoadProcess start(
      List<String> prefix,
      List<String> javaOptions,
      String classPathBefore,
      Class<?> main,
      List<String> arguments,
      Path log) {
    String classPath = System.getProperty("java.class.path");
    List<String> command = new ArrayList<>(prefix);
    command.add(Path.of(System.getProperty("java.home"), "bin/java").toString());
    command.add("-XX:+UseSerialGC");
    command.addAll(javaOptions);
    command.add("-cp");
    command.add(classPathBefore.isEmpty() ? classPath : classPathBefore + ":" + classPath);
    command.add(main.getName());
    command.addAll(arguments);
    try {
      return new LoadProcess(new ProcessBuilder(command).redirectError(log.toFile()).start(), log);
    } catch (IOException e) {
      throw new UncheckedIOException("starting " + main.getName(), e);
    }
  }

  /** Says a line; returns when it has been answered. */
  public String ask(String order) {
    orders.println(order);
    return answer();
  }

  /** The next line that it says. */
  public String answer() {
    try {
      String line = answers.readLine();
      if (line == null) {
        throw new LoadException("a load's process has ended; see " + log, null);
      }
      return line;
    } catch (IOException e) {
      throw new UncheckedIOException("hearing of a load's process", e);
    }
  }

  /** Ends it in good order. */
  @Override
  public void close() {
    orders.close();
    process.destroy();
    process.onExit().join();
  }
}
