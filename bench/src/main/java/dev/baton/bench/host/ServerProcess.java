package dev.baton.bench.host;

import dev.baton.bench.load.LoadException;
import dev.baton.bench.load.Target;
import dev.baton.testing.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A server in a process of its own, on a file of its own. */
public final class ServerProcess implements AutoCloseable {

  private static final long START_LIMIT_NANOS = TimeUnit.SECONDS.toNanos(60);

  private static final String DATABASE = "{database}";
  private static final String WIRE = "{wire}";

  private final List<String> command;
  private final Path log;
  private final String javaOptions;
  private final int port;
  private final int wirePort;
  private Process process;
  private double readySeconds;

  private ServerProcess(
      List<String> command, Path log, String javaOptions, int port, int wirePort) {
    this.command = command;
    this.log = log;
    this.javaOptions = javaOptions;
    this.port = port;
    this.wirePort = wirePort;
    this.process = launch();
  }

  /**
   * Starts a server by a command, and returns when it is ready.
   *
   * @param command its words; {@code {port}}, {@code {wire}}, {@code {file}} and {@code {database}}
   *     stand for the port, that for other servers, the file and the URL of a database
   * @param folder where its file and its log are
   * @param javaOptions for {@code JDK_JAVA_OPTIONS}; empty for none
   */
  public static ServerProcess start(List<String> command, Path folder, String javaOptions) {
    return start(command, folder, folder.resolve("bench.db"), javaOptions);
  }

  /** The same, on a file that may exist. */
  public static ServerProcess start(
      List<String> command, Path folder, Path file, String javaOptions) {
    int port = Ports.free();
    int wirePort = Ports.free();
    List<String> words = new ArrayList<>();
    for (String word : command) {
      words.add(
          word.contains(DATABASE)
              ? word.replace(DATABASE, Databases.urlOf(file))
              : word.replace("{port}", Integer.toString(port))
                  .replace(WIRE, Integer.toString(wirePort))
                  .replace("{file}", file.toString()));
    }
    return new ServerProcess(words, folder.resolve("server.log"), javaOptions, port, wirePort);
  }

  private Process launch() {
    long started = System.nanoTime();
    try {
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
      builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
      if (!javaOptions.isEmpty()) {
        builder.environment().put("JDK_JAVA_OPTIONS", javaOptions);
      }
      Process launched = builder.start();
      while (!isReady()) {
        if (!launched.isAlive() || System.nanoTime() - started > START_LIMIT_NANOS) {
          launched.destroyForcibly();
          throw new LoadException("the server did not start: " + Files.readString(log), null);
        }
        Thread.sleep(2);
      }
      readySeconds = (System.nanoTime() - started) / 1e9;
      return launched;
    } catch (IOException e) {
      throw new UncheckedIOException("starting " + command, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LoadException("interrupted while the server started", e);
    }
  }

  private boolean isReady() {
    try {
      HttpURLConnection request =
          (HttpURLConnection)
              URI.create("http://127.0.0.1:" + port + "/ready").toURL().openConnection();
      request.setConnectTimeout(1_000);
      request.setReadTimeout(5_000);
      return request.getResponseCode() == 200;
    } catch (IOException _) {
      return false;
    }
  }

  public Target target() {
    return Target.local(port);
  }

  public long pid() {
    return process.pid();
  }

  /** Where other servers reach it. */
  int wirePort() {
    return wirePort;
  }

  /** Asks it to end in good order, and does not wait. */
  public void terminate() {
    process.destroy();
  }

  /** Waits until it has ended; answers whether it ended well. */
  public boolean awaitEnd() {
    await(60);
    return process.exitValue() == 0;
  }

  /** From the start of the process to its saying that it is ready. */
  public double readySeconds() {
    return readySeconds;
  }

  /** Sends SIGKILL and waits until the process is gone. */
  public void kill() {
    process.destroyForcibly();
    await(10);
  }

  /** Starts it again, on the same port and file. */
  public void restart() {
    process = launch();
  }

  private void await(int seconds) {
    try {
      if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      process.destroyForcibly();
    }
  }

  /** Ends it in good order. */
  @Override
  public void close() {
    process.destroy();
    await(20);
  }
}
