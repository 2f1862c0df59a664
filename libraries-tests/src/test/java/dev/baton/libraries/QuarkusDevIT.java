package dev.baton.libraries;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * The Quarkus example outside of this build, under {@code mvn quarkus:dev}, with no server: one is
 * started, and a call that waits for a person outlives a change of the code that it runs.
 */
final class QuarkusDevIT {

  private static final Path ROOT = Path.of("target", "quarkus-dev").toAbsolutePath();
  private static final Duration STARTS_WITHIN = Duration.ofMinutes(5);
  private static final Duration LIMIT = Duration.ofMinutes(1);
  private static final String SHOP = "src/main/java/dev/baton/example/quarkus/Shop.java";
  private static final String SERVER = "dev.baton.standalone.WithParent";

  private final Path folder = ROOT.resolve("orders");
  private final HttpClient http = HttpClient.newHttpClient();

  @Test
  void aServerIsStartedAndACallOutlivesAChangeOfTheSource()
      throws IOException, InterruptedException {
    int port = FirstCallIT.freePort();
    var environment = prepare(port);
    try (var terminal = Terminal.open(folder, environment, ROOT.resolve("terminal.log"))) {
      terminal.type(
          "mvn -Dbaton.version=%s -Dquarkus.platform.version=%s quarkus:dev < /dev/null &"
              .formatted(Published.VERSION, Published.required("quarkus.version")));
      await()
          .atMost(STARTS_WITHIN)
          .failFast(() -> assertThat(terminal.text()).doesNotContain("[ERROR]"))
          .until(() -> terminal.text().contains("Listening on"));
      assertThat(servers(terminal)).as("servers that were started").isEqualTo(1);
      var orders = URI.create("http://localhost:" + port);

      assertThat(post(orders, "/orders", "{\"item\":\"pencil\",\"count\":3}")).contains("pending");
      await().atMost(LIMIT).until(() -> get(orders, "/approvals"), it -> it.contains("order-1"));

      var shop = folder.resolve(SHOP);
      var source = Files.readString(shop);
      assertThat(source).contains("CENTS_EACH = 250");
      Files.writeString(shop, source.replace("CENTS_EACH = 250", "CENTS_EACH = 300"));
      // Quarkus looks for changes when a request comes, and not at each.
      await()
          .atMost(LIMIT)
          .until(() -> {
            get(orders, "/approvals");
            return terminal.text().contains("Live reload total time");
          });
      assertThat(get(orders, "/orders/order-1")).contains("pending");
      assertThat(post(orders, "/orders/order-1/decision", "{\"approved\":true,\"by\":\"Ada\"}"))
          .contains("true");
      await()
          .atMost(LIMIT)
          .untilAsserted(
              () -> assertThat(get(orders, "/orders/order-1")).contains("\"cents\":900"));
      assertThat(servers(terminal)).as("servers, after the reload").isEqualTo(1);
      assertThat(terminal.lines()).noneMatch(line -> line.contains(" ERROR "));

      terminal.type("kill %1; wait; echo has ended");
      await().atMost(LIMIT).until(() -> terminal.lines().anyMatch("has ended"::equals));
      await().atMost(LIMIT).until(() -> servers(terminal) == 0);
    }
  }

  private static long servers(Terminal terminal) {
    return terminal
        .processes()
        .filter(it -> it.info().commandLine().orElse("").contains(SERVER))
        .count();
  }

  /**
   * The example's sources, a pom without a parent, and a Maven that knows nothing of this build.
   */
  private Map<String, String> prepare(int port) throws IOException {
    LocalMaven.delete(folder);
    Files.createDirectories(folder.resolve("src"));
    Files.copy(Path.of("src/test/quarkus/pom.xml"), folder.resolve("pom.xml"));
    LocalMaven.copy(Path.of("../quarkus-example/src/main"), folder.resolve("src/main"));
    var maven =
        LocalMaven.with(
            Published.libraries(),
            ROOT.resolve("maven"),
            Path.of(Published.required("maven39.home")));
    var programs = ROOT.resolve("bin");
    maven.install(programs);
    var environment = new HashMap<String, String>();
    environment.put("JAVA_HOME", System.getProperty("java.home"));
    environment.put("PATH", programs + File.pathSeparator + System.getenv("PATH"));
    environment.put("QUARKUS_HTTP_PORT", Integer.toString(port));
    environment.put("QUARKUS_ANALYTICS_DISABLED", "true");
    environment.put("QUARKUS_CONSOLE_ENABLED", "false");
    // Where Docker is, Quarkus would fetch images for other services, of which none is used here.
    environment.put("TESTCONTAINERS_RYUK_DISABLED", "true");
    environment.put("TESTCONTAINERS_CHECKS_DISABLE", "true");
    environment.put("TESTCONTAINERS_HOST_OVERRIDE", "localhost");
    return environment;
  }

  private String get(URI base, String path) throws IOException, InterruptedException {
    return send(HttpRequest.newBuilder(base.resolve(path)).GET());
  }

  private String post(URI base, String path, String json) throws IOException, InterruptedException {
    return send(
        HttpRequest.newBuilder(base.resolve(path))
            .header("Content-Type", "application/json")
            .header("Idempotency-Key", "1")
            .POST(BodyPublishers.ofString(json)));
  }

  private String send(HttpRequest.Builder request) throws IOException, InterruptedException {
    return http.send(request.timeout(LIMIT).build(), BodyHandlers.ofString()).body();
  }
}
