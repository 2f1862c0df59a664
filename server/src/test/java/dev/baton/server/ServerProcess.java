package dev.baton.server;

import dev.baton.testing.Postgres;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The server as a process of its own, which can be killed. */
public final class ServerProcess {

  private static final String CLASS_PATH = System.getProperty("java.class.path");

  private static final Pattern READY = Pattern.compile("Baton serves on https?://\\S+:(\\d+) ");

  private final Process process;
  private final int port;

  private ServerProcess(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /** Starts {@code serve} on a file and a free port, and waits until it takes requests. */
  public static ServerProcess start(Path file) throws IOException {
    return start(file, List.of());
  }

  /** Starts {@code serve} on a database and a free port, and waits until it takes requests. */
  public static ServerProcess onPostgres(String url) throws IOException {
    return start(
        List.of(),
        Path.of(":memory:"),
        List.of(),
        List.of("--storage-type=postgres", "--storage-postgres-url=" + url));
  }

  /** The same with further options for its JVM. */
  public static ServerProcess start(Path file, List<String> jvmOptions) throws IOException {
    return start(List.of(), file, jvmOptions, List.of());
  }

  /** The same with further options for itself. */
  static ServerProcess start(Path file, List<String> jvmOptions, List<String> options)
      throws IOException {
    return start(List.of(), file, jvmOptions, options);
  }

  /** The same, with words before its command. */
  static ServerProcess start(List<String> before, Path file, List<String> jvmOptions)
      throws IOException {
    return start(before, file, jvmOptions, List.of());
  }

  private static ServerProcess start(
      List<String> before, Path file, List<String> jvmOptions, List<String> options)
      throws IOException {
    List<String> all = new ArrayList<>(List.of("--storage-sqlite-path=" + file));
    all.addAll(options);
    return launch(before, jvmOptions, all);
  }

  /** Starts one of several over a database. */
  public static ServerProcess startMember(String database, int clusterPort, List<String> options)
      throws IOException {
    return startMember(CLASS_PATH, ServerMain.class.getName(), database, clusterPort, options);
  }

  /** The same of another build, which that class path is. */
  static ServerProcess startMember(String classPath, String main, String database, int clusterPort)
      throws IOException {
    return startMember(classPath, main, database, clusterPort, List.of());
  }

  private static ServerProcess startMember(
      String classPath, String main, String database, int clusterPort, List<String> options)
      throws IOException {
    List<String> all =
        new ArrayList<>(
            List.of(
                "--storage-type=postgres",
                "--storage-postgres-url=" + database,
                "--storage-postgres-user=" + Postgres.USER,
                "--server-host=127.0.0.1",
                "--cluster-port=" + clusterPort,
                "--cluster-secret=" + Members.SECRET));
    all.addAll(options);
    return launch(List.of(), List.of("-Xmx256m"), all, classPath, main);
  }

  private static ServerProcess launch(
      List<String> before, List<String> jvmOptions, List<String> options) throws IOException {
    return launch(before, jvmOptions, options, CLASS_PATH, ServerMain.class.getName());
  }

  private static ServerProcess launch(
      List<String> before,
      List<String> jvmOptions,
      List<String> options,
      String classPath,
      String main)
      throws IOException {
    List<String> command = new ArrayList<>(before);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("--sun-misc-unsafe-memory-access=allow");
    command.add("-XX:+UseSerialGC");
    // Most live for seconds, in which they would compile twice and compute little.
    command.add("-XX:TieredStopAtLevel=1");
    command.addAll(jvmOptions);
    command.addAll(List.of("-cp", classPath, main));
    command.addAll(
        List.of(
            "serve",
            "--server-port=0",
            "--server-bind=127.0.0.1",
            "--observability-metrics-port=0"));
    command.addAll(options);
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    StringBuilder output = new StringBuilder();
    BufferedReader reader = process.inputReader();
    for (String line = reader.readLine(); line != null; line = reader.readLine()) {
      output.append(line).append('\n');
      Matcher ready = READY.matcher(line);
      if (ready.find()) {
        Thread.ofVirtual().start(() -> forget(reader));
        return new ServerProcess(process, Integer.parseInt(ready.group(1)));
      }
    }
    process.destroyForcibly();
    throw new IOException("the server ended before it was ready:\n" + output);
  }

  /** Reads on, so that the process can write: to files in the folder {@code baton.output}. */
  private static void forget(BufferedReader output) {
    try {
      String folder = System.getProperty("baton.output");
      try (Writer to =
          folder == null
              ? Writer.nullWriter()
              : Files.newBufferedWriter(Path.of(folder, "server" + System.nanoTime() + ".log"))) {
        output.transferTo(to);
      }
    } catch (IOException e) {
      // The process has ended.
    }
  }

  /** Where it listens. */
  public int port() {
    return port;
  }

  /** The system's number for it. */
  public long pid() {
    return process.pid();
  }

  /** {@code kill -9}. */
  public void kill() {
    process.destroyForcibly();
  }

  /** Stops the process for a while: SIGSTOP, or SIGCONT to let it go on. */
  public void freeze(boolean on) throws IOException, InterruptedException {
    String signal = on ? "-STOP" : "-CONT";
    new ProcessBuilder("kill", signal, Long.toString(process.pid())).start().waitFor();
  }

  /** SIGTERM. */
  public void terminate() {
    process.destroy();
  }

  /** The exit code; throws if it has not ended in time. */
  public int waitFor(long timeout, TimeUnit unit) throws InterruptedException {
    if (!process.waitFor(timeout, unit)) {
      throw new IllegalStateException("the server has not ended");
    }
    return process.exitValue();
  }
}
