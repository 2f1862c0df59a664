package dev.baton.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/**
 * A PostgreSQL on a free port of this machine, as a child of this process: it ends with it, and can
 * be killed, stopped and started again. Tests that need no more than a database share one.
 *
 * <p>Which one is said by the system property {@code baton.postgres}: the folder of an
 * installation, such as {@code /usr/lib/postgresql/15}; by default it is one from the package
 * registry.
 */
public final class Postgres implements AutoCloseable {

  /** Whom it lets in, without a password. */
  public static final String USER = "postgres";

  private static final Duration START = Duration.ofSeconds(60);
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(2);

  private static @Nullable Postgres shared;

  private final Path home;
  private final Path data;
  private final int port;
  private final List<String> options;
  private final AtomicInteger databases = new AtomicInteger();
  private @Nullable Process process;

  private Postgres(Path home, Path data, int port, List<String> options) {
    this.home = home;
    this.data = data;
    this.port = port;
    this.options = options;
  }

  /** Whether there is one for this machine. */
  public static boolean isAvailable() {
    return System.getProperty("baton.postgres") != null || PostgresBinaries.areThere();
  }

  /** The one that all tests of this process share; it does not sync, and nobody may stop it. */
  public static synchronized Postgres shared() {
    if (shared == null) {
      shared = start("fsync=off");
    }
    return shared;
  }

  /**
   * Starts one of its own, empty.
   *
   * @param settings further settings, such as {@code fsync=off}
   */
  public static Postgres start(String... settings) {
    return start(home(), settings);
  }

  /** The folder of its programs. */
  public static Path home() {
    String installed = System.getProperty("baton.postgres");
    return installed == null ? PostgresBinaries.home() : Path.of(installed);
  }

  /** Starts one of a certain installation. */
  public static Postgres start(Path home, String... settings) {
    try {
      Path data = Files.createTempDirectory("baton-postgres");
      Postgres postgres = new Postgres(home, data, Ports.free(), List.of(settings));
      Runtime.getRuntime().addShutdownHook(new Thread(postgres::close));
      postgres.initialise();
      postgres.startAgain();
      return postgres;
    } catch (IOException e) {
      throw new UncheckedIOException("starting PostgreSQL", e);
    }
  }

  /**
   * Makes a standby of this one, which is stopped and started again for it.
   *
   * @param primaryPort where the standby finds this one
   */
  public Postgres newStandby(int primaryPort) {
    stop();
    try {
      Path copy = Files.createTempDirectory("baton-postgres");
      copy(data, copy);
      Files.createFile(copy.resolve("standby.signal"));
      startAgain();
      List<String> of = new ArrayList<>(options);
      of.add("primary_conninfo=host=127.0.0.1 port=" + primaryPort + " user=" + USER);
      Postgres standby = new Postgres(home, copy, Ports.free(), of);
      Runtime.getRuntime().addShutdownHook(new Thread(standby::close));
      standby.startAgain();
      return standby;
    } catch (IOException e) {
      throw new UncheckedIOException("making a standby", e);
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> all = Files.walk(from)) {
      for (Path each : all.toList()) {
        Path target = to.resolve(from.relativize(each));
        if (!each.equals(from)) {
          Files.copy(each, target, StandardCopyOption.COPY_ATTRIBUTES);
        }
      }
    }
  }

  private void initialise() throws IOException {
    Process init =
        command(
                "initdb",
                "--pgdata=" + data,
                "--username=" + USER,
                "--auth=trust",
                "--encoding=UTF8",
                "--locale=C",
                "--no-sync")
            .start();
    String output = new String(init.getInputStream().readAllBytes());
    if (waitFor(init) != 0) {
      throw new IOException("initdb failed: " + output);
    }
  }

  /**
   * The superuser of a machine may not run it: then it runs as nobody of a namespace of its own.
   */
  private ProcessBuilder command(String program, String... arguments) {
    List<String> command = new ArrayList<>();
    if (System.getProperty("user.name").equals("root")) {
      command.addAll(List.of("unshare", "--user"));
    }
    command.add(home.resolve("bin").resolve(program).toString());
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command).redirectErrorStream(true);
  }

  /** Starts it again, after it was killed or stopped; it accepts connections when this returns. */
  public void startAgain() {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "-D",
                data.toString(),
                "-p",
                Integer.toString(port),
                "-c",
                "listen_addresses=127.0.0.1",
                "-c",
                "unix_socket_directories=",
                "-c",
                "max_connections=200",
                "-c",
                "shared_buffers=64MB"));
    for (String option : options) {
      arguments.addAll(List.of("-c", option));
    }
    try {
      process =
          command("postgres", arguments.toArray(new String[0]))
              .redirectOutput(log().toFile())
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException("starting PostgreSQL", e);
    }
    awaitConnections();
  }

  private void awaitConnections() {
    Starts.await(
        "PostgreSQL",
        process(),
        log(),
        START,
        () -> DriverManager.getConnection(url("postgres")).close());
  }

  /**
   * Says who gets in how, besides {@link #USER}, in lines of {@code pg_hba.conf}; sessions that are
   * there stay.
   */
  public void letIn(String... lines) {
    List<String> all = new ArrayList<>(List.of("host all " + USER + " 127.0.0.1/32 trust"));
    all.addAll(List.of(lines));
    try (Connection connection = DriverManager.getConnection(url("postgres"));
        var reload = connection.createStatement()) {
      Files.write(data.resolve("pg_hba.conf"), all);
      reload.execute("SELECT pg_reload_conf()");
    } catch (IOException e) {
      throw new UncheckedIOException("writing pg_hba.conf", e);
    } catch (SQLException e) {
      throw new IllegalStateException("reloading pg_hba.conf", e);
    }
  }

  /** What it says. */
  public Path log() {
    return data.resolve("postgres.log");
  }

  /** Its port on the loopback address. */
  public int port() {
    return port;
  }

  /** How to reach a database, as JDBC takes it. */
  public String url(String database) {
    return "jdbc:postgresql://127.0.0.1:" + port + "/" + database + "?user=" + USER;
  }

  /** Makes an empty database; answers how to reach it. */
  public String newDatabase() {
    String name = "baton_" + databases.incrementAndGet();
    try (Connection connection = DriverManager.getConnection(url("postgres"));
        var create = connection.createStatement()) {
      create.execute("CREATE DATABASE " + name + " TEMPLATE template0");
    } catch (SQLException e) {
      throw new IllegalStateException("creating a database", e);
    }
    return url(name);
  }

  /** The process that all others are children of. */
  public long pid() {
    return process().pid();
  }

  /** Those of its processes that run. */
  public List<ProcessHandle> children() {
    return process().children().toList();
  }

  private Process process() {
    if (process == null) {
      throw new IllegalStateException("it was never started");
    }
    return process;
  }

  /** Ends all its processes at once, as a machine does that loses power. */
  public void kill() {
    // Its children would notice that it is gone only when they have something to say; while it
    // stands still it has no others.
    signal("STOP", List.of(process().toHandle()));
    List<ProcessHandle> children = process().descendants().toList();
    process().destroyForcibly();
    children.forEach(ProcessHandle::destroyForcibly);
    waitFor(process());
    // Until the last has ended their shared memory is in use, and it would not start again.
    Awaitility.await("the end of " + children)
        .pollDelay(Duration.ZERO)
        .pollInterval(BETWEEN_LOOKS)
        .until(() -> children.stream().noneMatch(Postgres::isRunning));
  }

  /** Whoever has ended, and whose parent has not asked for its exit code yet, is listed still. */
  private static boolean isRunning(ProcessHandle process) {
    return process.isAlive() && !isZombie(process);
  }

  private static boolean isZombie(ProcessHandle process) {
    try {
      String stat = Files.readString(Path.of("/proc", Long.toString(process.pid()), "stat"));
      return stat.charAt(stat.lastIndexOf(')') + 2) == 'Z';
    } catch (IOException e) {
      return false; // It is gone altogether, or this is no Linux.
    }
  }

  /** Stops it in order: it ends the sessions, whatever they do. */
  public void stop() {
    signal("INT", List.of(process().toHandle()));
    waitFor(process());
  }

  /** Lets none of its processes run until {@link #resume}. */
  public void pause() {
    signal("STOP", all());
  }

  /** Lets them run again. */
  public void resume() {
    signal("CONT", all());
  }

  private List<ProcessHandle> all() {
    List<ProcessHandle> all = new ArrayList<>(List.of(process().toHandle()));
    all.addAll(process().descendants().toList());
    return all;
  }

  private static void signal(String name, List<ProcessHandle> processes) {
    List<String> command = new ArrayList<>(List.of("kill", "-" + name));
    processes.forEach(each -> command.add(Long.toString(each.pid())));
    try {
      waitFor(new ProcessBuilder(command).inheritIO().start());
    } catch (IOException e) {
      throw new UncheckedIOException("sending a signal", e);
    }
  }

  private static int waitFor(Process process) {
    try {
      return process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  @Override
  public void close() {
    if (process != null && process.isAlive()) {
      kill();
    }
    PostgresBinaries.delete(data);
  }
}
