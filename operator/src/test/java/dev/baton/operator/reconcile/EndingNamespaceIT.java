package dev.baton.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.baton.operator.SteppedClock;
import dev.baton.operator.api.v1alpha1.WorkerGroupStatus;
import dev.baton.operator.plan.ObservedState;
import dev.baton.operator.plan.Plan;
import dev.baton.operator.plan.Workforce;
import dev.baton.operator.resources.Groups;
import dev.baton.operator.server.Sighting;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What becomes of a Deployment in a namespace that is being deleted. */
class EndingNamespaceIT {

  private static final byte[] REFUSAL =
      """
      {"kind":"Status","apiVersion":"v1","status":"Failure","code":403,"reason":"Forbidden",
       "message":"deployments.apps \\"workers\\" is forbidden: unable to create new content in namespace ns because it is being terminated",
       "details":{"name":"workers","group":"apps","kind":"deployments","causes":[
         {"reason":"NamespaceTerminating","message":"namespace ns is being terminated","field":"metadata.namespace"}]}}
      """
          .getBytes(StandardCharsets.UTF_8);

  private static final ObservedState OBSERVED =
      new ObservedState(
          null,
          null,
          null,
          new Sighting.NotYet(),
          null,
          WorkerGroupStatus.unknown(),
          Instant.EPOCH,
          Workforce.unknown());

  private final HttpServer server;
  private final KubernetesClient client;
  private final Memory memory = new Memory();

  EndingNamespaceIT() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", EndingNamespaceIT::refuse);
    server.start();
    client =
        new KubernetesClientBuilder()
            .withConfig(
                new ConfigBuilder()
                    .withAutoConfigure(false)
                    .withMasterUrl("http://127.0.0.1:" + server.getAddress().getPort())
                    .build())
            .build();
  }

  @AfterEach
  void stop() {
    client.close();
    server.stop(0);
  }

  @Test
  void itsRefusalSaysNothingOfTheTemplate() {
    var apply = new Plan.Apply(Groups.desired(Groups.plain()), List.of());
    var executor = new Executor(client, new SteppedClock());
    assertThatThrownBy(() -> executor.apply(apply, OBSERVED, memory))
        .isInstanceOfSatisfying(
            KubernetesClientException.class,
            e -> assertThat(Refusals.isOfEndingNamespace(e)).isTrue());
    assertThat(memory.rejected).isNull();
  }

  private static void refuse(HttpExchange exchange) throws IOException {
    exchange.getRequestBody().readAllBytes();
    exchange.getResponseHeaders().add("content-type", "application/json");
    exchange.sendResponseHeaders(403, REFUSAL.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(REFUSAL);
    }
  }
}
