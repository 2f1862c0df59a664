package dev.baton.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.baton.testing.Ports;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code ./baton}, as a person calls it. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class LauncherIT {
  /**
   * How many classes a server that is ready has loaded. A start is mostly that, and unlike its time
   * this is the same on every machine: 5,394 without the cache of loaded classes, 6,067 with it.
   */
  private static final int CLASSES_MOST = 6_600;

  /**
   * Of them, those that are not in the cache, if there is one: 190. They are code that Java makes
   * while it runs; a library of which the cache takes no class would add to them.
   */
  private static final int CLASSES_BESIDE_THE_CACHE_MOST = 280;

  /** An upgrade to HTTP/2, which clients of Java ask for, loads some 180 classes more. */
  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  @Test
  void servesWithinSecondsFromAnyDirectoryThroughALinkAndStopsOnSigterm(@TempDir Path directory)
      throws IOException, InterruptedException {
    var link = Files.createSymbolicLink(directory.resolve("b"), Shell.root().resolve("baton"));
    var port = Ports.free();
    var store = directory.resolve("data.db");
    var begin = System.nanoTime();
    var process =
        Shell.builder(
                List.of(
                    link.toString(),
                    "serve",
                    "--server-port=" + port,
                    "--observability-metrics-port=0",
                    "--storage-sqlite-path=" + store))
            .directory(directory.toFile())
            .redirectOutput(directory.resolve("log").toFile())
            .start();
    try {
      await()
          .pollInterval(Duration.ofMillis(20))
          .atMost(Duration.ofSeconds(20))
          .until(() -> !process.isAlive() || isReady(port));
      var took = Duration.ofNanos(System.nanoTime() - begin);
      assertThat(process.isAlive()).as(() -> Shell.read(directory.resolve("log"))).isTrue();
      assertThat(store).exists();
      var counters = counters(process);
      var loaded = counter(counters, "java.cls.loadedClasses");
      var cached = counter(counters, "java.cls.sharedLoadedClasses");
      System.out.printf(
          "./baton serve is ready after %d ms; %d classes loaded, %d more from a cache%n",
          took.toMillis(), loaded, cached);
      assertThat(loaded + cached).isLessThan(CLASSES_MOST);
      if (Files.exists(Shell.root().resolve("launcher/target/baton.aot"))) {
        assertThat(loaded).isLessThan(CLASSES_BESIDE_THE_CACHE_MOST);
      }

      process.destroy(); // SIGTERM, to the launcher's own process id.
      assertThat(Shell.ends(process, 15)).isTrue();
      assertThat(process.exitValue()).as(() -> Shell.read(directory.resolve("log"))).isZero();
      assertThat(isReady(port)).isFalse();
    } finally {
      process.destroyForcibly();
      Files.delete(link);
    }
  }

  /** What the JVM counts about itself. */
  private static String counters(Process process) {
    var jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
    return Shell.run(jcmd, String.valueOf(process.pid()), "PerfCounter.print").orFail("jcmd");
  }

  private static int counter(String counters, String name) {
    return counters
        .lines()
        .filter(line -> line.startsWith(name + "="))
        .mapToInt(line -> Integer.parseInt(line.substring(name.length() + 1)))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void aCheckoutThatIsNotBuiltSaysHowToBuild(@TempDir Path directory) throws IOException {
    Files.createDirectory(directory.resolve("scripts"));
    for (var file : List.of("baton", "scripts/find-jdk.sh")) {
      Files.copy(Shell.root().resolve(file), directory.resolve(file));
    }
    var result = Shell.run("bash", directory.resolve("baton").toString(), "dev");
    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.output()).contains("not built yet").contains("make build");
  }

  @ParameterizedTest
  @ValueSource(strings = {"./baton", "./kubectl-baton"})
  void theVersionIsThatOfTheBuild(String program) {
    var result = Shell.run(program, "--version");
    assertThat(result.exitCode()).isZero();
    assertThat(result.output().strip()).matches("(Baton|kubectl baton) \\d+\\.\\d+\\.\\d+.*");
  }

  @Test
  void anUnknownOptionIsNamed() {
    var result = Shell.run("./baton", "serve", "--colour=blue");
    assertThat(result.exitCode()).isNotZero();
    assertThat(result.output()).contains("--colour");
  }

  /** As under cron, systemd, ssh, and in slim images. */
  @ParameterizedTest
  @ValueSource(strings = {"C", "POSIX", "xx_XX.UTF-8", "C.UTF-8"})
  void argumentsAreReadAsTheyWereTypedWhateverTheLocale(String locale) {
    var result =
        Shell.run(
            "env",
            "-u",
            "LANG",
            "LC_ALL=" + locale,
            "bash",
            "-c",
            "./baton promises $'gr\\303\\266\\303\\237e'");
    assertThat(result.output()).contains("'größe'");
  }

  private static boolean isReady(int port) {
    var request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/ready")).build();
    try {
      return HTTP.send(request, BodyHandlers.discarding()).statusCode() == 200;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /**
   * Below the range from which systems serve those who ask for any port, or it may be gone soon.
   */
  private static boolean isFree(int port) {
    try (var socket = new ServerSocket(port)) {
      return socket.isBound();
    } catch (IOException e) {
      return false;
    }
  }
}
