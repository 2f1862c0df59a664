package dev.baton.bench.measure;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import dev.baton.bench.ceiling.EchoServer;
import dev.baton.bench.load.Repetition;
import dev.baton.bench.load.Requests;
import dev.baton.bench.load.Target;
import dev.baton.bench.load.Template;
import dev.baton.server.BatonServer;
import dev.baton.server.config.Key;
import dev.baton.server.config.Layers;
import dev.baton.server.config.ServerConfig;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import javax.management.JMException;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/**
 * Counts what a task and a request cost the server, and compares with {@code
 * src/test/resources/baseline.properties}. Allocated bytes hardly depend on the machine or on what
 * else it does. CPU time does, so it is counted in echoes: what the same HTTP stack takes to send a
 * body back, measured beside it.
 */
class RegressionGuardIT {

  private static final double BYTES_MARGIN = 1.15;
  private static final double CPU_MARGIN = 2.5;
  private static final double CHUNK_SECONDS = 0.7;
  private static final int CHUNKS = 4;
  private static final int WARM_UP_COUNT = 12_000;
  private static final int MOST_WARM_UP_CHUNKS = 8;

  /** What one task, request or echo costs. */
  private record Cost(double bytes, double cpuNanos) {
    Cost least(Cost other) {
      return new Cost(Math.min(bytes, other.bytes), Math.min(cpuNanos, other.cpuNanos));
    }
  }

  /** A load that runs for a while and answers how much it did. */
  private interface Load {
    int run(double seconds);
  }

  @Test
  void neitherTasksNorRequestsCostMoreThanTheBaseline(@TempDir Path temporary) throws IOException {
    Properties baseline = new Properties();
    try (InputStream file = RegressionGuardIT.class.getResourceAsStream("/baseline.properties")) {
      baseline.load(file);
    }
    // A line for every worker that comes and goes would be most of the test's output.
    ((Logger) LoggerFactory.getLogger("dev.baton")).setLevel(Level.WARN);
    Path folder = fastFolder(temporary);
    ServerConfig config =
        ServerConfig.of(
            new Layers()
                .set(Key.SERVER_PORT, "0")
                .set(Key.SERVER_BIND, "127.0.0.1")
                .set(Key.METRICS_PORT, "0")
                .set(Key.STORAGE_SQLITE_PATH, folder.resolve("guard.db").toString()));
    Cost task;
    Cost busyTask;
    Cost request;
    Cost list;
    Cost echo;
    Vertx vertx = Vertx.vertx();
    Target echoTarget = Target.local(EchoServer.start(vertx));
    try (BatonServer server = BatonServer.start(config);
        Subject subject = new Subject("guard", Target.local(server.port()), null);
        Subject echoed = new Subject("guard-echo", echoTarget, null)) {
      List<Load> loads =
          List.of(
              seconds -> tasks(subject, 1, seconds),
              seconds -> tasks(subject, 64, seconds),
              seconds -> requests(subject, 64, seconds),
              seconds -> lists(subject, seconds),
              seconds -> echoes(echoed, 64, seconds));
      loads.forEach(RegressionGuardIT::warmUp);
      List<Cost> costs = costs(loads);
      task = costs.get(0);
      busyTask = costs.get(1);
      request = costs.get(2);
      list = costs.get(3);
      echo = costs.get(4);
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().join();
    }
    assertThat(loadedClasses())
        .as("who sends no spans does not pay for them")
        .contains("dev.baton.server.BatonServer/")
        .doesNotContain("io.opentelemetry.");
    String found =
        String.format(
            Locale.ROOT,
            """
            bytes-per-task = %.0f
            bytes-per-task-of-64 = %.0f
            bytes-per-request-of-64 = %.0f
            bytes-per-list = %.0f
            echoes-per-task-of-64 = %.2f
            echoes-per-request-of-64 = %.2f
            echoes-per-list = %.1f
            """,
            task.bytes(),
            busyTask.bytes(),
            request.bytes(),
            list.bytes(),
            busyTask.cpuNanos() / echo.cpuNanos(),
            request.cpuNanos() / echo.cpuNanos(),
            list.cpuNanos() / echo.cpuNanos());
    System.out.printf("Costs:%n%s(an echo: %.0f ns of CPU)%n", found, echo.cpuNanos());
    Properties now = new Properties();
    now.load(new StringReader(found));
    assertThat(now.stringPropertyNames())
        .as("the figures of the baseline")
        .isEqualTo(baseline.stringPropertyNames());
    List<String> above =
        now.stringPropertyNames().stream()
            .filter(name -> number(now, name) > margin(name) * number(baseline, name))
            .map(name -> name + " = " + number(now, name) + " was " + number(baseline, name))
            .toList();
    assertThat(above).as("if these rises are meant, the baseline is now:%n%s", found).isEmpty();
  }

  /** As {@code jcmd VM.class_hierarchy} tells them. */
  private static String loadedClasses() {
    try {
      return ManagementFactory.getPlatformMBeanServer()
          .invoke(
              new ObjectName("com.sun.management:type=DiagnosticCommand"),
              "vmClassHierarchy",
              new Object[] {new String[] {}},
              new String[] {String[].class.getName()})
          .toString();
    } catch (JMException e) {
      throw new IllegalStateException("this JVM does not tell its classes", e);
    }
  }

  private static double margin(String name) {
    return name.startsWith("bytes") ? BYTES_MARGIN : CPU_MARGIN;
  }

  private static double number(Properties properties, String name) {
    return Double.parseDouble(properties.getProperty(name));
  }

  /** In memory where that is possible: the disk's pace changes how requests fall into batches. */
  private static Path fastFolder(Path temporary) throws IOException {
    Path memory = Path.of("/dev/shm");
    if (!Files.isWritable(memory)) {
      return temporary;
    }
    Path folder = Files.createTempDirectory(memory, "guard-");
    folder.toFile().deleteOnExit();
    return folder;
  }

  /** Repeats a load until the compiler has done its part, or for long enough. */
  private static void warmUp(Load load) {
    int done = 0;
    for (int chunk = 0; chunk < MOST_WARM_UP_CHUNKS && done < WARM_UP_COUNT; chunk++) {
      done += load.run(CHUNK_SECONDS);
    }
  }

  /** The least that each load cost in several chunks; they take turns, to meet the same weather. */
  private static List<Cost> costs(List<Load> loads) {
    List<Cost> costs = new ArrayList<>(loads.stream().map(RegressionGuardIT::cost).toList());
    for (int chunk = 1; chunk < CHUNKS; chunk++) {
      for (int i = 0; i < loads.size(); i++) {
        Cost more = cost(loads.get(i));
        costs.set(i, costs.get(i).least(more));
      }
    }
    return costs;
  }

  private static Cost cost(Load load) {
    ServerThreads.Use before = ServerThreads.now();
    int count = load.run(CHUNK_SECONDS);
    ServerThreads.Use use = ServerThreads.now().since(before);
    return new Cost((double) use.bytes() / count, (double) use.cpuNanos() / count);
  }

  private static int tasks(Subject subject, int callers, double seconds) {
    ClosedLoop load = new ClosedLoop(subject, "guard", ClosedLoop.Told.BY_THE_SERVER);
    load.silentWorkers(4);
    load.start(callers);
    subject.pause(seconds);
    load.stop();
    int count = load.tally().count();
    load.close();
    return count;
  }

  private static int requests(Subject subject, int connections, double seconds) {
    PromiseLoop load = new PromiseLoop(subject, "guard");
    load.start(connections);
    subject.pause(seconds);
    load.stop();
    return load.tally().count();
  }

  /**
   * What a page of the console asks for again and again, in turns: what was settled last, and all.
   */
  private static int lists(Subject subject, double seconds) {
    return repeated(
            subject, get(subject, "/calls?limit=100&order=recent&state=settled"), 1, seconds / 2)
        + repeated(subject, get(subject, "/calls?limit=100"), 1, seconds / 2);
  }

  private static Template get(Subject subject, String path) {
    return Template.of(subject.target(), "GET", path);
  }

  private static int echoes(Subject subject, int connections, double seconds) {
    return repeated(
        subject,
        new Requests(subject.target(), "guard-echo").createPromise(),
        connections,
        seconds);
  }

  private static int repeated(Subject subject, Template request, int connections, double seconds) {
    Repetition load =
        Repetition.start(subject.loop(), subject.target(), request, connections, Integer.MAX_VALUE);
    subject.pause(seconds);
    load.stop();
    subject.until(load::isQuiet, 30);
    load.close();
    return subject.loop().call(load.samples()::size);
  }
}
