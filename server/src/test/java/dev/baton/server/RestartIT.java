package dev.baton.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.baton.server.config.Layers;
import dev.baton.testing.Client;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was acknowledged is there after a restart, whatever ended the server. */
class RestartIT {

  private static final String FAR = "99999999999999";

  @TempDir Path folder;

  /** The layers of a server on the store of that name. */
  Layers layers(String store) {
    return Servers.sqlite(folder.resolve(store + ".db"));
  }

  /** A process that serves the store of that name. */
  ServerProcess process(String store) throws IOException {
    return ServerProcess.start(folder.resolve(store + ".db"));
  }

  private BatonServer open() {
    return Servers.start(layers("baton"));
  }

  @Test
  void aStoppedServerGoesOnWhereItWas() {
    try (var server = open();
        var client = new Client(server.port())) {
      client.call(
          "task.create",
          "{'pid':'a','ttl':60000,'action':{'kind':'promise.create','head':{},'data':{'id':'held','timeoutAt':%s,'tags':{'resonate:target':'poll://any@g'}}}}"
              .formatted(FAR));
      client.call(
          "promise.create",
          "{'id':'ready','timeoutAt':%s,'tags':{'resonate:target':'poll://any@g'}}".formatted(FAR));
      client.call("promise.create", "{'id':'done','timeoutAt':%s}".formatted(FAR));
      client.call(
          "promise.register_listener", "{'awaited':'done','address':'poll://uni@clients/c'}");
      client.call("promise.settle", "{'id':'done','state':'rejected','value':{'data':'x'}}");
      client.send("PUT", "/groups/g", "{\"slotsPerWorker\":3}");
    }
    try (var server = open();
        var client = new Client(server.port());
        var worker = client.open("/poll/g/w");
        var listener = client.open("/poll/clients/c")) {
      assertThat(worker.nextTask()).isEqualTo("ready");
      assertThat(listener.next().path("data").path("promise").path("id").asText())
          .isEqualTo("done");
      assertThat(client.call("promise.get", "{'id':'done'}").data().toString())
          .contains("\"state\":\"rejected\"", "\"data\":\"x\"");
      assertThat(client.call("task.get", "{'id':'held'}").data().toString())
          .contains("acquired", "\"pid\":\"a\"");
      var group = client.send("GET", "/groups/g", null).body();
      assertThat(group.path("slotsPerWorker").asInt()).isEqualTo(3);
      assertThat(group.path("inFlight").asInt()).isEqualTo(2);
    }
  }

  private static JsonNode schedule(Client client, String id) {
    return client.call("schedule.get", "{'id':'%s'}".formatted(id)).data().path("schedule");
  }

  @Test
  void aScheduleStaysPausedAndWhatWaitsGoesOnWaiting() {
    String definition =
        "'cron':'* * * * *"
            + " *','promiseId':'{{.id}}-{{.timestamp}}','promiseTimeout':3600000,'promiseParam':{}";
    String waiting;
    try (var server = open();
        var client = new Client(server.port())) {
      client.call(
          "schedule.create",
          "{'id':'waits',%s,'promiseTags':{'baton:overlap':'buffer_one'}}".formatted(definition));
      client.call("schedule.create", "{'id':'rests',%s,'promiseTags':{}}".formatted(definition));
      client.call("schedule.pause", "{'id':'rests'}");
      await().until(() -> schedule(client, "waits").path("promiseTags").has("baton:buffered"));
      waiting = schedule(client, "waits").path("promiseTags").path("baton:buffered").asText();
    }
    try (var server = open();
        var client = new Client(server.port())) {
      assertThat(schedule(client, "rests").path("promiseTags").path("baton:paused").asText())
          .isEqualTo("true");
      assertThat(schedule(client, "rests").path("nextRunAt").asLong()).isEqualTo(Long.MAX_VALUE);
      var waits = schedule(client, "waits");
      assertThat(waits.path("promiseTags").path("baton:buffered").asText()).isEqualTo(waiting);
      client.call(
          "promise.settle",
          "{'id':'waits-%s','state':'resolved','value':{}}"
              .formatted(waits.path("lastRunAt").asText()));
      await()
          .until(() ->
              client
                  .call("promise.get", "{'id':'waits-%s'}".formatted(waiting))
                  .data()
                  .at("/promise/state")
                  .asText()
                  .equals("pending"));
      assertThat(client.call("schedule.resume", "{'id':'rests'}").status()).isEqualTo(200);
      assertThat(schedule(client, "rests").path("nextRunAt").asLong()).isLessThan(Long.MAX_VALUE);
    }
  }

  @Test
  void deadlinesFireAfterARestart() {
    try (var server = open();
        var client = new Client(server.port())) {
      long soon = System.currentTimeMillis() + 2_000;
      client.call("promise.create", "{'id':'p','timeoutAt':%d}".formatted(soon));
      client.call("promise.register_listener", "{'awaited':'p','address':'poll://uni@c/c'}");
    }
    try (var server = open();
        var client = new Client(server.port());
        var listener = client.open("/poll/c/c")) {
      assertThat(listener.next().path("data").path("promise").path("state").asText())
          .isEqualTo("rejected_timedout");
    }
  }

  /** A real process, killed while clients write as fast as they can. */
  @Test
  void nothingAcknowledgedIsLostByKillMinusNine() throws Exception {
    List<String> acknowledged = new ArrayList<>();
    for (int round = 0; round < 3; round++) {
      ServerProcess process = process("killed");
      try (var client = new Client(process.port())) {
        for (String id : acknowledged) {
          assertThat(client.call("promise.get", "{'id':'%s'}".formatted(id)).status())
              .as("acknowledged promise %s", id)
              .isEqualTo(200);
        }
        acknowledged.addAll(writeUntilKilled(client, process, round));
      } finally {
        process.kill();
      }
    }
    assertThat(acknowledged).hasSizeGreaterThan(100);
  }

  private static List<String> writeUntilKilled(Client client, ServerProcess process, int round)
      throws InterruptedException {
    List<String> acknowledged = new ArrayList<>();
    List<Thread> writers = new ArrayList<>();
    for (int w = 0; w < 8; w++) {
      int writer = w;
      writers.add(
          Thread.ofVirtual()
              .start(() -> {
                for (int i = 0; i < 100_000; i++) {
                  String id = "p-" + round + "-" + writer + "-" + i;
                  try {
                    String data = "{'id':'%s','timeoutAt':%s}".formatted(id, FAR);
                    if (client.call("promise.create", data).status() != 200) {
                      return;
                    }
                  } catch (UncheckedIOException e) {
                    return; // Killed.
                  }
                  synchronized (acknowledged) {
                    acknowledged.add(id);
                    if (acknowledged.size() == 300) {
                      process.kill();
                    }
                  }
                }
              }));
    }
    for (Thread writer : writers) {
      assertThat(writer.join(Duration.ofSeconds(60))).isTrue();
    }
    return acknowledged;
  }

  /** The worker's acquire was durable, but the answer died with the server: it asks again. */
  @Test
  void aTaskWhoseHolderNeverHeardOfItIsOfferedAgainAtOnce() throws Exception {
    ServerProcess process = process("unheard");
    String acquire = "{'id':'t','version':0,'pid':'w','ttl':60000}";
    try (var client = new Client(process.port())) {
      client.call(
          "promise.create",
          "{'id':'t','timeoutAt':%s,'tags':{'resonate:target':'poll://any@g'}}".formatted(FAR));
      client.call("task.acquire", acquire);
    } finally {
      process.kill();
      process.waitFor(10, TimeUnit.SECONDS);
    }
    try (var server = Servers.start(layers("unheard"));
        var client = new Client(server.port());
        var worker = client.open("/poll/g/w?slots=1")) {
      assertThat(client.call("task.acquire", acquire).status()).isEqualTo(409);
      assertThat(worker.nextTask()).isEqualTo("t");
    }
  }

  @Test
  void aServerThatIsAskedToStopEndsWithZero() throws Exception {
    ServerProcess process = process("stopped");
    try {
      process.terminate();
      assertThat(process.waitFor(10, TimeUnit.SECONDS)).isZero();
    } finally {
      process.kill();
    }
  }
}
