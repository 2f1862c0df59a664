package dev.baton.libraries;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.File;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * From an empty folder to a call that survives {@code kill -9}, by what the page says and nothing
 * else. Only the ports and Maven's repositories are this test's.
 */
final class FirstCallIT {

  private static final Path PAGE = Path.of("../docs/guides/first-call.md");
  private static final Path ROOT = Path.of("target", "first-call").toAbsolutePath();
  private static final Duration AT_MOST = Duration.ofMinutes(5);

  private final Path baton = ROOT.resolve("baton");
  private final Path folder = ROOT.resolve("folder");

  @Test
  void thePageLeadsToACallThatSurvivesKillNineWithinFiveMinutes() throws IOException {
    var environment = prepare();
    var page = Page.read(PAGE);
    assertThat(page.files()).containsOnlyKeys("pom.xml", "src/main/java/FirstCall.java");
    assertThat(page.commands()).hasSize(3);
    long begun = System.nanoTime();
    try (var server = Terminal.open(ROOT, environment, ROOT.resolve("server.log"));
        var terminal = Terminal.open(folder, environment, ROOT.resolve("terminal.log"))) {
      server.type(page.commands().get(0));
      for (var file : page.files().entrySet()) {
        var path = folder.resolve(file.getKey());
        Files.createDirectories(path.getParent());
        Files.writeString(path, file.getValue());
      }
      terminal.type(page.commands().get(1));
      awaitLine(terminal, "Ada counts 3");
      terminal.type(page.commands().get(2));
      awaitLine(terminal, "Ada has counted to ten");
      var took = Duration.ofNanos(System.nanoTime() - begun);
      System.out.println("The first call, by the page, took " + took);
      assertThat(took).isLessThan(AT_MOST);
      assertThat(counted(terminal, 1)).as("not counted again").isEqualTo(1);
      for (int number = 2; number <= 10; number++) {
        assertThat(counted(terminal, number)).as("%d", number).isPositive();
      }
    }
  }

  private static void awaitLine(Terminal terminal, String wanted) {
    await()
        .atMost(AT_MOST)
        .failFast(() -> {
          assertThat(terminal.text()).doesNotContain("[ERROR]", "Exception in thread");
        })
        .until(() -> terminal.lines().anyMatch(line -> line.endsWith(wanted)));
  }

  private static long counted(Terminal terminal, int number) throws IOException {
    return terminal.lines().filter(line -> line.endsWith(" Ada counts " + number)).count();
  }

  /** What the page takes to be there: a checkout that was built, a JDK and Maven. */
  private Map<String, String> prepare() throws IOException {
    LocalMaven.delete(ROOT);
    Files.createDirectories(folder);
    var maven = LocalMaven.with(Published.libraries(), ROOT.resolve("maven"));
    Files.createDirectories(baton.resolve("target"));
    Files.createSymbolicLink(baton.resolve("target/repository"), maven.repository());
    Files.createSymbolicLink(baton.resolve("baton"), Path.of("../baton").toRealPath());
    var programs = ROOT.resolve("bin");
    maven.install(programs);
    int port = freePort();
    var environment = new HashMap<String, String>();
    var java = System.getProperty("java.home");
    environment.put("BATON", baton.toString());
    environment.put("JAVA_HOME", java);
    environment.put(
        "PATH",
        String.join(File.pathSeparator, programs.toString(), java + "/bin", System.getenv("PATH")));
    environment.put("RESONATE_SERVER__PORT", Integer.toString(port));
    environment.put("RESONATE_OBSERVABILITY__METRICS_PORT", "0");
    environment.put("RESONATE_URL", "http://localhost:" + port);
    return environment;
  }

  static int freePort() throws IOException {
    try (var socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }
}
