package dev.baton.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A PgBouncer in front of a PostgreSQL of this machine, as a child of this process. Which one is
 * said by the system property {@code baton.pgbouncer}; by default it is Debian's.
 */
public final class PgBouncer implements AutoCloseable {

  private static final Path PROGRAM =
      Path.of(System.getProperty("baton.pgbouncer", "/usr/sbin/pgbouncer"));
  private static final Duration START = Duration.ofSeconds(30);

  private final Path folder;
  private final int port;
  private final Process process;

  private PgBouncer(Path folder, int port, Process process) {
    this.folder = folder;
    this.port = port;
    this.process = process;
  }

  /** Whether there is one on this machine. */
  public static boolean isAvailable() {
    return Files.isExecutable(PROGRAM);
  }

  /** Whether it can keep prepared statements for those who come by transaction: since 1.21. */
  public static boolean knowsStatements() {
    try {
      Process process = new ProcessBuilder(PROGRAM.toString(), "--version").start();
      String said = new String(process.getInputStream().readAllBytes());
      Matcher version = Pattern.compile("PgBouncer 1\\.(\\d+)").matcher(said);
      return !version.find() || Integer.parseInt(version.group(1)) >= 21;
    } catch (IOException e) {
      throw new UncheckedIOException("asking PgBouncer for its version", e);
    }
  }

  /**
   * Starts one; it accepts connections when this returns.
   *
   * @param mode session, transaction or statement
   * @param settings further lines of its file
   */
  public static PgBouncer start(Postgres postgres, String mode, String... settings) {
    try {
      int port = Ports.free();
      Path folder = Files.createTempDirectory("baton-pgbouncer");
      List<String> lines =
          new ArrayList<>(
              List.of(
                  "[databases]",
                  "* = host=127.0.0.1 port=%d user=%s".formatted(postgres.port(), Postgres.USER),
                  "[pgbouncer]",
                  "listen_addr = 127.0.0.1",
                  "listen_port = " + port,
                  "unix_socket_dir =",
                  "auth_type = any",
                  "pool_mode = " + mode,
                  "max_client_conn = 200",
                  "default_pool_size = 30"));
      lines.addAll(List.of(settings));
      Path file = Files.write(folder.resolve("pgbouncer.ini"), lines);
      Path log = folder.resolve("pgbouncer.log");
      List<String> command = new ArrayList<>();
      if (System.getProperty("user.name").equals("root")) { // Which it refuses to be.
        command.addAll(List.of("unshare", "--user"));
      }
      command.addAll(List.of(PROGRAM.toString(), file.toString()));
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
      PgBouncer started = new PgBouncer(folder, port, process);
      Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
      Starts.await(
          "PgBouncer",
          process,
          log,
          START,
          () -> new Socket(InetAddress.getLoopbackAddress(), port).close());
      return started;
    } catch (IOException e) {
      throw new UncheckedIOException("starting PgBouncer", e);
    }
  }

  /** Its port on the loopback address. */
  public int port() {
    return port;
  }

  @Override
  public void close() {
    process.destroyForcibly();
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    PostgresBinaries.delete(folder);
  }
}
