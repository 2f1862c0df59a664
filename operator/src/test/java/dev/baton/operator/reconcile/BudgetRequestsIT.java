package dev.baton.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.baton.operator.SteppedClock;
import dev.baton.operator.plan.Note;
import dev.baton.operator.resources.BusyBudget;
import dev.baton.operator.resources.Groups;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudgetBuilder;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a disruption budget asks of the API server. */
class BudgetRequestsIT {

  private static final PodDisruptionBudget OURS = BusyBudget.desired(Groups.plain());

  private static final PodDisruptionBudget ANOTHERS =
      new PodDisruptionBudgetBuilder(OURS)
          .editMetadata()
          .withOwnerReferences()
          .endMetadata()
          .build();

  private final List<String> asked = Collections.synchronizedList(new ArrayList<>());
  private final HttpServer server;
  private final KubernetesClient client;
  private final Memory memory = new Memory();
  private final SteppedClock clock = new SteppedClock();
  private final List<String> bodies = Collections.synchronizedList(new ArrayList<>());
  private volatile @Nullable PodDisruptionBudget there;
  private volatile String managed = "";

  BudgetRequestsIT() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
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
  void aBudgetIsMadeInOneRequest() {
    assertThat(apply(false)).isEmpty();
    assertThat(asked).containsExactly("POST");
    assertThat(memory.budget(null, clock.instant())).isNotNull();
  }

  @Test
  void oneThatIsNotAsItShouldBeIsApplied() {
    there = OURS;
    managed = entry("Update", "kubectl") + "," + entry("Apply", "baton-operator");
    assertThat(apply(true)).isEmpty();
    assertThat(asked).containsExactly("GET", "PATCH");
  }

  @Test
  void theFieldsOfOneThatWasCreatedAreAppliedOnesFromTheFirstApplyOn() {
    there = OURS;
    managed = entry("Update", "kubectl") + "," + entry("Update", "baton-operator");
    assertThat(apply(true)).isEmpty();
    assertThat(asked).containsExactly("GET", "PATCH", "PATCH");
    assertThat(bodies.get(1))
        .isEqualTo(
            "[{\"op\":\"test\",\"path\":\"/metadata/resourceVersion\",\"value\":\"7\"},"
                + "{\"op\":\"replace\",\"path\":\"/metadata/managedFields/1/operation\",\"value\":\"Apply\"}]");
  }

  @Test
  void oneThatTheOperatorBeforeHasMadeIsKnownAsItsOwn() {
    there = OURS;
    assertThat(apply(false)).isEmpty();
    assertThat(asked).containsExactly("POST", "GET", "GET", "PATCH");
  }

  @Test
  void oneOfSomebodyElseIsLeftAloneAndNotAskedAfterForAWhile() {
    there = ANOTHERS;
    assertThat(apply(false)).extracting(it -> it.reason().name()).containsExactly("BudgetNotOurs");
    assertThat(apply(false)).isEmpty();
    assertThat(asked).containsExactly("POST", "GET");
  }

  private List<Note> apply(boolean isOurs) {
    return new Executor(client, clock).apply(OURS, isOurs, memory);
  }

  private void answer(HttpExchange exchange) throws IOException {
    bodies.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
    String method = exchange.getRequestMethod();
    asked.add(method);
    boolean isRefused = method.equals("POST") && there != null;
    byte[] body =
        isRefused
            ? "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"code\":409,\"reason\":\"AlreadyExists\"}"
                .getBytes(StandardCharsets.UTF_8)
            : shown(there != null ? there : OURS).getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().add("content-type", "application/json");
    exchange.sendResponseHeaders(isRefused ? 409 : 200, body.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(body);
    }
  }

  private String shown(PodDisruptionBudget budget) {
    return Serialization.asJson(budget)
        .replaceFirst(
            "\"metadata\":\\{",
            "\"metadata\":{\"resourceVersion\":\"7\",\"managedFields\":[" + managed + "],");
  }

  private static String entry(String operation, String manager) {
    return "{\"manager\":\"%s\",\"operation\":\"%s\",\"apiVersion\":\"policy/v1\"}"
        .formatted(manager, operation);
  }
}
