package dev.baton.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.baton.testing.Postgres;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code make demo}, after the build. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class DemoIT {
  private static final Pattern STORE = Pattern.compile("data in (\\S+)/baton.db");

  @Test
  void endsWellAndLeavesNothingBehind(@TempDir Path directory) throws IOException {
    try (var demo = new RunningDemo(directory)) {
      demo.awaitEnd();
      assertThat(demo.process.exitValue()).as(demo::output).isZero();
      assertThat(demo.output())
          .contains("kill -9 worker-", "took over demo-3", "6/6", "All 6 calls succeeded");
      demo.assertNothingIsLeft();
      demo.assertNoStoreIsLeft();
    }
  }

  @Test
  void threeServersEndWellAndLeaveNothingBehind(@TempDir Path directory) throws IOException {
    assumeTrue(Postgres.isAvailable(), "there is no PostgreSQL for this machine");
    try (var demo = new RunningDemo(directory, "--servers=3")) {
      demo.awaitEnd();
      assertThat(demo.process.exitValue()).as(demo::output).isZero();
      assertThat(demo.output())
          .contains("kill -9 server-", "kill -9 worker-", "6/6", "All 6 calls succeeded")
          .contains("The killed owner's store belonged to another server");
      demo.assertNothingIsLeft();
    }
  }

  @Test
  void stoppedInTheMiddleItLeavesNothingBehind(@TempDir Path directory) throws IOException {
    try (var demo = new RunningDemo(directory)) {
      demo.awaitOutput("started  demo-1");
      demo.process.destroy(); // SIGTERM; as Ctrl-C does, it runs the shutdown hooks.
      demo.awaitEnd();
      assertThat(demo.process.exitValue()).as(demo::output).isNotZero();
      demo.assertNothingIsLeft();
      demo.assertNoStoreIsLeft();
    }
  }

  private static final class RunningDemo implements AutoCloseable {
    final Process process;
    private final Path log;
    private final Set<ProcessHandle> players = new HashSet<>();

    RunningDemo(Path directory, String... options) throws IOException {
      log = directory.resolve("log");
      List<String> command = new ArrayList<>(List.of("scripts/demo.sh"));
      command.addAll(List.of(options));
      var builder = Shell.builder(command).redirectOutput(log.toFile());
      builder.environment().put("COST_UNIT_MS", "300");
      process = builder.start();
    }

    String output() {
      return Shell.read(log);
    }

    void awaitOutput(String text) {
      await().atMost(Duration.ofSeconds(60)).until(() -> hasEnded() || output().contains(text));
      assertThat(output()).contains(text);
    }

    void awaitEnd() {
      await().atMost(Duration.ofSeconds(90)).until(this::hasEnded);
    }

    /** Also notes who plays: they are children of the demo only as long as it lives. */
    private boolean hasEnded() {
      players.addAll(process.descendants().toList());
      return !process.isAlive();
    }

    /** Who has ended is there until the system has noticed. */
    void assertNothingIsLeft() {
      assertThat(players).hasSizeGreaterThanOrEqualTo(5);
      await()
          .atMost(Duration.ofSeconds(10))
          .untilAsserted(() -> assertThat(players).noneMatch(ProcessHandle::isAlive));
    }

    void assertNoStoreIsLeft() {
      var store = STORE.matcher(output());
      assertThat(store.find()).isTrue();
      assertThat(Path.of(store.group(1))).doesNotExist();
    }

    @Override
    public void close() {
      process.destroyForcibly();
      players.forEach(ProcessHandle::destroyForcibly);
    }
  }
}
