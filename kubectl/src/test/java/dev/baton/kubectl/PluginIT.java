package dev.baton.kubectl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.baton.cli.CommandFailure;
import dev.baton.cli.Remote;
import dev.baton.testing.Ports;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The commands, with a server in a process of its own. */
@TestInstance(Lifecycle.PER_CLASS)
class PluginIT {

  private static final String POD =
      """
      {"apiVersion":"v1","kind":"Pod","metadata":{"name":"pod-1","namespace":"shop",
        "annotations":{"baton.dev/group":"homes","baton.dev/server":"%s"}},
       "status":{"podIP":"127.0.0.1","podIPs":[{"ip":"127.0.0.1"}]}}
      """;

  private static final String SHOP =
      """
      {"apiVersion":"baton.dev/v1alpha1","kind":"WorkerGroupList","metadata":{},"items":[{
        "apiVersion":"baton.dev/v1alpha1","kind":"WorkerGroup","metadata":{"name":"w","namespace":"shop"},
        "spec":{"group":"shop-workers","server":{"url":"http://baton-server.baton:8001"}}}]}
      """;

  private final Path scratch;
  private final int port = Ports.free();
  private final String url = "http://127.0.0.1:" + port;
  private final Process server;

  PluginIT(@TempDir Path scratch) throws IOException {
    this.scratch = scratch;
    server =
        new ProcessBuilder(
                java(
                    "dev",
                    "--server-port=" + port,
                    "--server-bind=127.0.0.1",
                    "--observability-metrics-port=0"))
            .directory(scratch.toFile())
            .redirectErrorStream(true)
            .redirectOutput(scratch.resolve("log").toFile())
            .start();
  }

  @BeforeAll
  void awaitServer() {
    await()
        .atMost(Duration.ofMinutes(1))
        .ignoreException(CommandFailure.class)
        .until(() -> groups().startsWith("{\"groups\""));
  }

  @AfterAll
  void stopServer() {
    server.destroyForcibly();
  }

  @Test
  void aCallIsExplainedAsItMovesOn() throws IOException {
    baton("invoke", "order-1", "-f", "compute", "--target", "workers");
    assertThat(run("why", "order-1"))
        .isEqualTo("order-1 waits: no worker of group workers is connected.\n");
    assertThat(run("groups"))
        .matches(
            """
            GROUP     WORKERS   WAITING   OLDEST   IN-FLIGHT   SUSPENDED
            workers   0         1         \\d+s       0           0
            """);
    try (InputStream worker = connect("/poll/workers/w1?slots=1")) {
      await().until(() -> run("workers").contains("w1"));
      assertThat(worker).isNotNull();
      baton("tasks", "claim", "order-1", "--version", "0", "--pid", "w1", "--ttl", "1m");
      assertThat(run("why", "order-1")).isEqualTo("order-1 runs on worker w1 (attempt 1).\n");
      assertThat(run("workers", "workers"))
          .matches(
              """
              GROUP     WORKER   LOAD   SLOTS   DRAINING   CONNECTED   ADDRESS
              workers   w1       1      1       no         \\d+s          127.0.0.1
              """);
      baton("invoke", "order-2", "-f", "compute", "--target", "workers");
      assertThat(run("why", "order-2", "-o", "json"))
          .contains(
              "\"cause\" : \"all_busy\"", "worker w1 of group workers is busy; 1 task waits there");
    }
    baton("promises", "resolve", "order-1");
    assertThat(run("why", "order-1")).startsWith("order-1 is settled: resolved, ");
    assertThat(run("tree", "order-1"))
        .startsWith("order-1  resolved  compute()  poll://any@workers");
    assertThat(run("tree", "order-1", "-o", "json")).contains("\"state\" : \"resolved\"");
  }

  /** Its IP address may be another pod's a moment later. */
  @Test
  void aDrainedPodThatIsKnownByItsAddressOnlyLeavesTheAddressOpen() throws IOException {
    Path kubeconfig = scratch.resolve("kubeconfig");
    try (FakeApiServer api = new FakeApiServer(1, "")) {
      Files.writeString(kubeconfig, api.kubeconfig());
      api.show("/api/v1/namespaces/shop/pods/pod-1", POD.formatted(url));
      try (InputStream first = connect("/poll/homes/own-name")) {
        await().until(() -> run("workers", "homes").contains("own-name"));
        run("drain", "pod-1", "--kubeconfig", kubeconfig.toString());
        assertThat(run("workers", "homes")).containsPattern("own-name +0 +unlimited +yes");
        assertThat(first).isNotNull();
      }
      try (InputStream next = connect("/poll/homes/next")) {
        await().until(() -> run("workers", "homes").contains("next"));
        assertThat(run("workers", "homes")).containsPattern("next +0 +unlimited +no");
        assertThat(next).isNotNull();
      }
    } finally {
      System.clearProperty("kubeconfig");
    }
  }

  @Test
  void ofANamedNamespaceOnlyTheGroupsThatItServesAreShown() throws IOException {
    Path kubeconfig = scratch.resolve("kubeconfig-of-shop");
    try (FakeApiServer api = new FakeApiServer(port, "");
        InputStream ours = connect("/poll/shop-workers/ours");
        InputStream others = connect("/poll/elsewhere/others")) {
      Files.writeString(kubeconfig, api.kubeconfig());
      api.show("/apis/baton.dev/v1alpha1/namespaces/shop/workergroups", SHOP);
      await().until(() -> run("workers").contains("others") && run("workers").contains("ours"));
      assertThat(said("workers", "--kubeconfig", kubeconfig.toString())).contains("ours", "others");
      assertThat(said("workers", "-n", "shop", "--kubeconfig", kubeconfig.toString()))
          .contains("ours")
          .doesNotContain("others");
      assertThat(said("groups", "-n", "shop", "--kubeconfig", kubeconfig.toString()))
          .contains("shop-workers")
          .doesNotContain("elsewhere");
      assertThat(ours).isNotNull();
      assertThat(others).isNotNull();
    } finally {
      System.clearProperty("kubeconfig");
    }
  }

  @Test
  void whatGoesWrongIsSaidInOneLine() {
    assertThat(fail(1, "why", "nothing", "-S", url)).isEqualTo("Error: Promise not found\n");
    assertThat(fail(1, "groups", "-S", "http://127.0.0.1:9"))
        .isEqualTo("Error: nobody answers at http://127.0.0.1:9/\n");
    assertThat(fail(2, "groups", "-S", url, "-o", "yaml")).contains("--output", "JSON");
    assertThat(fail(1, "groups", "-S", "ftp://x")).startsWith("Error: the server must be a URL");
    assertThat(fail(2, "why", "-S", url))
        .isEqualTo("Missing required parameter: 'PROMISE'\nSee 'kubectl baton why --help'.\n");
    assertThat(fail(2)).contains("Missing required subcommand");
  }

  private String groups() {
    return new String(new Remote(url, null).groups("GET", "groups", null));
  }

  private InputStream connect(String path) throws IOException {
    return URI.create(url + path).toURL().openStream();
  }

  /** A command of the plugin that succeeds. */
  private String run(String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--server", url));
    return said(all.toArray(String[]::new));
  }

  /** The same, of the server that it finds. */
  private static String said(String... all) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine line = line(out, err);
    assertThat(line.execute(all)).as(err::toString).isZero();
    return out.toString();
  }

  private static String fail(int code, String... arguments) {
    StringWriter err = new StringWriter();
    assertThat(line(new StringWriter(), err).execute(arguments)).isEqualTo(code);
    return err.toString();
  }

  private static CommandLine line(StringWriter out, StringWriter err) {
    return Main.commandLine().setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
  }

  /** A command of the server's own command line, in a process of its own. */
  private void baton(String... arguments) throws IOException {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--server", url));
    Process process =
        new ProcessBuilder(java(all.toArray(String[]::new))).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes());
    assertThat(process.onExit().join().exitValue()).as(said).isZero();
  }

  private static List<String> java(String... arguments) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.baton.launcher.Main"));
    command.addAll(List.of(arguments));
    return command;
  }
}
