package dev.baton.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.server.config.Key;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Values of every kind as arguments, results of steps and results, through a server. */
@Timeout(120)
class TypesIT {

  private static final Duration LIMIT = Duration.ofSeconds(60);

  private static final List<TypeTable.Row> ROWS = TypeTable.rows();

  /** A function for each: it gives its argument to a step, whose result it reads by replay. */
  private static void register(Resonate worker) {
    for (int i = 0; i < ROWS.size(); i++) {
      var type = ROWS.get(i).type();
      worker.register(
          "echo" + i,
          List.of(type),
          (context, arguments) -> {
            var step = context.run("step", GenericType.<Object>of(type), () -> arguments[0]);
            context.sleep(Duration.ofMillis(1));
            return step;
          });
    }
  }

  private static void callAll(Resonate client) {
    var toWorkers = client.with(Options.target("workers"));
    for (int i = 0; i < ROWS.size(); i++) {
      toWorkers.beginRpc("a" + i, "echo" + i, Object.class, ROWS.get(i).value());
    }
  }

  private static void assertResults(Resonate client) {
    for (int i = 0; i < ROWS.size(); i++) {
      var row = ROWS.get(i);
      var handle = client.get("a" + i, GenericType.<Object>of(row.type()));
      assertThat(handle.result(LIMIT)).as("%s", row).isEqualTo(row.value());
    }
  }

  @Test
  void everyTypeTravelsThroughMemory() {
    try (var server = LiveServer.inMemory();
        var worker = server.worker("w1");
        var client = server.client()) {
      register(worker);
      worker.start();
      callAll(client);
      assertResults(client);
    }
  }

  @Test
  void everyTypeTravelsThroughSqliteAndARestart(@TempDir Path directory) {
    var layers =
        LiveServer.layers().set(Key.STORAGE_SQLITE_PATH, directory.resolve("t.db").toString());
    try (var server = LiveServer.start(layers);
        var worker = server.worker("w1");
        var client = server.client()) {
      register(worker);
      worker.start();
      callAll(client);
      assertResults(client);
    }
    try (var server = LiveServer.start(layers);
        var client = server.client()) {
      assertResults(client);
    }
  }
}
