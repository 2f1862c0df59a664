package dev.baton.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

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
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code ./baton}, as a person calls it. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class LauncherIT {
  /** On a quiet machine it takes about two; this one has a cluster and what runs in it. */
  private static final Duration READY_LIMIT = Duration.ofSeconds(3);

  @Test
  void servesWithinSecondsFromAnyDirectoryThroughALinkAndStopsOnSigterm(@TempDir Path directory)
      throws IOException, InterruptedException {
    var link = Files.createSymbolicLink(directory.resolve("b"), Shell.root().resolve("baton"));
    var port = freePort();
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
      var computed = process.info().totalCpuDuration().orElse(took);
      System.out.printf(
          "./baton serve is ready after %d ms, with %d ms of CPU%n",
          took.toMillis(), computed.toMillis());
      assertThat(process.isAlive()).as(() -> Shell.read(directory.resolve("log"))).isTrue();
      // On a machine that is busy with other things, what counts is what the server needs itself.
      assertThat(took.compareTo(computed) < 0 ? took : computed).isLessThan(READY_LIMIT);
      assertThat(store).exists();

      process.destroy(); // SIGTERM, to the launcher's own process id.
      assertThat(Shell.ends(process, 15)).isTrue();
      assertThat(process.exitValue()).as(() -> Shell.read(directory.resolve("log"))).isZero();
      assertThat(isReady(port)).isFalse();
    } finally {
      process.destroyForcibly();
      Files.delete(link);
    }
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
    try (var http = HttpClient.newHttpClient()) {
      var request =
          HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/ready")).build();
      return http.send(request, BodyHandlers.discarding()).statusCode() == 200;
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
  private static int freePort() {
    return new Random().ints(20_000, 30_000).filter(LauncherIT::isFree).findFirst().orElseThrow();
  }

  private static boolean isFree(int port) {
    try (var socket = new ServerSocket(port)) {
      return socket.isBound();
    } catch (IOException e) {
      return false;
    }
  }
}
