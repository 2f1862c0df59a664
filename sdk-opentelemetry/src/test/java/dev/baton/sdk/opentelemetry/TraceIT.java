package dev.baton.sdk.opentelemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.baton.sdk.Options;
import dev.baton.sdk.Resonate;
import dev.baton.sdk.Settings;
import dev.baton.server.BatonServer;
import dev.baton.server.config.Key;
import dev.baton.server.config.Layers;
import dev.baton.server.config.ServerConfig;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One trace from a client through the server and two workers, the first of which is killed. */
@Timeout(120)
class TraceIT {

  private static final Path GUIDE = Path.of("..", "docs", "guides", "observe-java.md");
  private static final Path PICTURE = Path.of("..", "docs", "images", "trace.svg");

  /** Where it is and what it says. */
  private static final Pattern LABEL =
      Pattern.compile("<text x=\"\\d+\" y=\"\\d+\" fill=\"#222222\">[^<]*");

  private final OtlpReceiver collector = new OtlpReceiver();
  private final BatonServer server =
      BatonServer.start(
          ServerConfig.of(
              Layers.inMemory()
                  .set(Key.HANDOVER_GRACE, "200")
                  .set(Key.OTLP_PROTOCOL, "http/protobuf")
                  .set(Key.OTLP_ENDPOINT, collector.url())));
  private final InMemorySpanExporter ofClient = InMemorySpanExporter.create();
  private final InMemorySpanExporter ofSurvivor = InMemorySpanExporter.create();
  private final Resonate client = open("client", "clients", "shop", ofClient);
  private final Resonate survivor = open("worker-2", "workers", "worker-2", ofSurvivor);

  private Resonate open(String pid, String group, String service, InMemorySpanExporter exporter) {
    var openTelemetry = Shop.openTelemetry(service, exporter);
    return Resonate.connect(
        settings(pid).withGroup(group).withInterceptor(OpenTelemetryInterceptor.of(openTelemetry)));
  }

  private Settings settings(String pid) {
    return Settings.defaults()
        .withUrl(URI.create(server.url()))
        .withGroup("workers")
        .withPid(pid)
        .withDrainTimeout(Duration.ofSeconds(5));
  }

  @AfterEach
  void stop() {
    client.close();
    survivor.close();
    server.close();
    collector.close();
  }

  private List<TracedSpan> spans() {
    var spans = new ArrayList<>(collector.spans());
    ofClient.getFinishedSpanItems().forEach(span -> spans.add(TracedSpan.of("shop", span)));
    ofSurvivor.getFinishedSpanItems().forEach(span -> spans.add(TracedSpan.of("worker-2", span)));
    return spans;
  }

  @Test
  void goesThroughServerWorkersAndTakeover() throws IOException {
    client.promises().create("reached", Duration.ofMinutes(1));
    var first = start(settings("worker-1"));
    try {
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> groups().contains("\"connectedWorkers\":1"));
      var call =
          client.with(Options.target("workers")).beginRpc("order-7", "buy", String.class, "pencil");
      assertThat(client.get("reached", String.class).result(Duration.ofSeconds(60)))
          .isEqualTo("worker-1");
      await().until(() -> spans().stream().anyMatch(span -> span.name().equals("step charge")));
      Shop.open(survivor, new Semaphore(1), this::awaitSuspension);
      survivor.start();
      first.destroyForcibly();
      assertThat(call.result(Duration.ofSeconds(60))).isEqualTo("pencil from shelf 7 for 250");
    } finally {
      first.destroyForcibly();
    }
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() ->
            spans().stream()
                .filter(span -> span.name().equals("lease"))
                .anyMatch(span -> span.attribute("attempt").equals("3")));
    client.close();
    survivor.close();
    server.close();
    var spans = spans();
    assertThat(spans).extracting(TracedSpan::trace).containsOnly(spans.getFirst().trace());
    assertThat(spans)
        .filteredOn(TracedSpan::isRoot)
        .singleElement()
        .extracting(TracedSpan::name)
        .isEqualTo("call buy");
    var tree = new TraceTree(spans);
    assertThat(tree.size()).isEqualTo(spans.size() + 1);
    Files.createDirectories(Path.of("target"));
    Files.writeString(Path.of("target", "trace.svg"), tree.svg());
    assertThat(Files.readString(GUIDE)).contains("```text\n" + tree.text() + "```");
    assertThat(labels(Files.readString(PICTURE)))
        .as("the picture, for which target/trace.svg can be taken")
        .isEqualTo(labels(tree.svg()));
  }

  /** What a picture says of its spans, but for their times. */
  private static List<String> labels(String svg) {
    return LABEL.matcher(svg).results().map(label -> label.group()).toList();
  }

  private String groups() throws IOException, InterruptedException {
    try (var http = HttpClient.newHttpClient()) {
      var get = HttpRequest.newBuilder(URI.create(server.url() + "/groups/workers")).build();
      return http.send(get, BodyHandlers.ofString()).body();
    }
  }

  /** So that the caller is suspended however fast it is answered. */
  private void awaitSuspension() {
    await()
        .until(() ->
            ofSurvivor.getFinishedSpanItems().stream()
                .anyMatch(span -> span.getName().equals("attempt buy")));
  }

  private Process start(Settings settings) throws IOException {
    var builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            Shop.class.getName(),
            collector.url());
    builder
        .environment()
        .putAll(
            Map.of(
                "RESONATE_URL", settings.url().toString(),
                "RESONATE_GROUP", settings.group(),
                "RESONATE_PID", settings.pid()));
    return builder
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start();
  }
}
