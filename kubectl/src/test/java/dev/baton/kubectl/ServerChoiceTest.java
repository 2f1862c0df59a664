package dev.baton.kubectl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.baton.cli.CommandFailure;
import dev.baton.kubectl.Served.SecretKey;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServerChoiceTest {

  private static final Served A = served("a", "http://one:8001");
  private static final Served B = served("b", "http://one:8001/");
  private static final Served C = served("c", "http://two:8001");

  static Served served(String name, String server) {
    return Served.of(
        Serialization.unmarshal(
            """
            apiVersion: baton.dev/v1alpha1
            kind: WorkerGroup
            metadata: {name: %s, namespace: shop}
            spec: {replicas: 2, server: {url: "%s", tokenSecretRef: {name: t}}}
            """
                .formatted(name, server),
            JsonNode.class));
  }

  @Test
  void oneServerOfAllWorkerGroupsIsTheOneThatIsMeant() {
    assertThat(ServerChoice.of("shop", null, List.of(A, B), List.of("http://unused")))
        .isEqualTo(new ServerChoice("http://one:8001", new SecretKey("t", "token")));
  }

  @Test
  void ofSeveralServersOneMustBeChosen() {
    assertThatThrownBy(() -> ServerChoice.of("shop", null, List.of(A, B, C), List.of()))
        .isInstanceOf(CommandFailure.class)
        .hasMessage(
            "the WorkerGroups of namespace shop use several servers: http://one:8001 (a),"
                + " http://two:8001 (c); choose with --workergroup or --server");
    assertThat(ServerChoice.of("shop", "c", List.of(A, B, C), List.of()).url())
        .isEqualTo("http://two:8001");
    assertThatThrownBy(() -> ServerChoice.of("shop", "d", List.of(A, B), List.of()))
        .hasMessage("namespace shop has no WorkerGroup d; it has a, b");
  }

  @Test
  void withoutWorkerGroupsTheOnlyServerIsMeant() {
    assertThat(ServerChoice.of("shop", null, List.of(), List.of("http://s.shop:8001")))
        .isEqualTo(new ServerChoice("http://s.shop:8001", null));
    assertThatThrownBy(
            () -> ServerChoice.of("shop", null, List.of(), List.of("http://s", "http://t")))
        .hasMessage(
            "namespace shop has several Baton servers: http://s, http://t; choose with --server");
    assertThatThrownBy(() -> ServerChoice.of("shop", null, List.of(), List.of()))
        .hasMessageStartingWith("namespace shop has neither a WorkerGroup nor a Baton server");
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      textBlock =
          """
          http://baton-server.baton:8001,                   baton, baton-server, 8001
          http://baton-server:8001,                         shop,  baton-server, 8001
          http://baton-server.baton.svc,                    baton, baton-server, 80
          http://baton-server.baton.svc.cluster.local:8001, baton, baton-server, 8001
          http://resonate.example.org,                      -,     -,            0
          http://10.0.0.1:8001,                             -,     -,            0
          https://baton-server.baton,                       -,     -,            0
          nonsense,                                         -,     -,            0
          'http://a b',                                     -,     -,            0
          """)
  void aServiceIsKnownByItsName(String url, String namespace, String service, int port) {
    assertThat(InCluster.of(url, "shop"))
        .isEqualTo(namespace == null ? null : new InCluster(namespace, service, port));
  }
}
