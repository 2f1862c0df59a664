package dev.baton.kubectl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.baton.server.BatonServer;
import dev.baton.server.config.Key;
import dev.baton.server.config.Layers;
import dev.baton.server.config.ServerConfig;
import dev.baton.testing.Tokens;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.ConnectException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/**
 * The way to a server through the API server: WorkerGroup, Secret, Service, pod, forwarded port.
 */
class TunnelIT {

  private final Tokens issuer = Tokens.of("EdDSA");
  private final BatonServer server =
      BatonServer.start(ServerConfig.of(Layers.inMemory().set(Key.AUTH_PUBLICKEY, issuer.pem())));
  private final FakeApiServer api =
      new FakeApiServer(
          server.port(),
          Base64.getEncoder().encodeToString(issuer.admin().getBytes(StandardCharsets.UTF_8)));

  @AfterEach
  void stop() {
    System.clearProperty("kubeconfig");
    api.close();
    server.close();
  }

  private record Result(int code, String out, String err) {}

  private Result run(Path folder, String... arguments) throws IOException {
    Path kubeconfig = folder.resolve("kubeconfig");
    Files.writeString(
        kubeconfig,
        """
        apiVersion: v1
        kind: Config
        clusters: [{name: c, cluster: {server: "%s"}}]
        users: [{name: u, user: {token: t}}]
        contexts: [{name: x, context: {cluster: c, user: u, namespace: shop}}]
        current-context: x
        """
            .formatted(api.url()));
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine line = Main.commandLine();
    line.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--kubeconfig", kubeconfig.toString()));
    int code = line.execute(all.toArray(String[]::new));
    return new Result(code, out.toString(), err.toString());
  }

  @Test
  void aCommandReachesTheServerOfTheNamespacesWorkerGroup(@TempDir Path folder) throws IOException {
    Result none = run(folder, "groups");
    assertThat(none.err()).isEmpty();
    assertThat(none.out()).startsWith("GROUP");
    assertThat(none.code()).isZero();
    Result missing = run(folder, "why", "order-1");
    assertThat(missing.err()).contains("Promise not found");
    assertThat(missing.code()).isEqualTo(1);
    // The port that the Service's name means in the pod.
    assertThat(api.forwarded()).containsExactly("ports=9001", "ports=9001");
  }

  /** Whoever else is on the network would be let through to the server. */
  @Test
  void aForwardedPortIsOpenToThisMachineOnly(@TempDir Path folder) throws IOException {
    Path kubeconfig = folder.resolve("kubeconfig");
    Files.writeString(kubeconfig, api.kubeconfig());
    Options options = new Options();
    options.kubeconfig = kubeconfig.toString();
    try (Cluster cluster = Cluster.of(options)) {
      int port = URI.create(cluster.tunnelTo("http://baton-server.baton:8001")).getPort();
      assertThatThrownBy(() -> new Socket("127.0.0.2", port).close())
          .isInstanceOf(ConnectException.class);
    }
  }

  @Test
  void aNamespaceWithoutWorkerGroupOrServerIsNamed(@TempDir Path folder) throws IOException {
    Result result = run(folder, "groups", "-n", "empty");
    assertThat(result.code()).isEqualTo(1);
    assertThat(result.err()).contains("empty");
  }
}
