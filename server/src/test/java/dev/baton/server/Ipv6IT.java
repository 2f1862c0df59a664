package dev.baton.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.baton.server.config.Key;
import dev.baton.testing.Client;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A server on both families, as Kubernetes runs it with IPv6. */
class Ipv6IT {

  private static BatonServer server;
  private static Client client;
  private static Client client4;

  @BeforeAll
  static void start() {
    assumeTrue(hasIpv6(), "this machine has no IPv6");
    server =
        Servers.start(Servers.memory().set(Key.SERVER_BIND, "[::]").set(Key.SERVER_HOST, "::1"));
    client = Client.at("http://[::1]:" + server.port());
    client4 = new Client(server.port());
  }

  @AfterAll
  static void stop() {
    if (server != null) {
      client.close();
      client4.close();
      server.close();
    }
  }

  private static boolean hasIpv6() {
    try (ServerSocket _ = new ServerSocket(0, 1, InetAddress.ofLiteral("::1"))) {
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void theUrlThatMessagesCarryHasBrackets() {
    assertThat(server.url()).isEqualTo("http://[::1]:" + server.port());
    try (Client.Stream worker = client.open("/poll/u/w")) {
      client.call(
          "promise.create",
          "{'id':'u','timeoutAt':99999999999999,'tags':{'resonate:target':'poll://any@u'}}");
      assertThat(worker.next().path("head").path("serverUrl").asText()).isEqualTo(server.url());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"::1", "0:0:0:0:0:0:0:1", "0::1", "[::1]"})
  void aWorkerIsFoundByItsAddressInAnyNotation(String address) {
    try (Client.Stream _ = client.open("/poll/g/w")) {
      assertThat(worker("g").path("address").asText()).isEqualTo("::1");
      String path = "/groups/g/workers/" + address.replace(":", "%3A").replace("[", "%5B");
      for (String action : new String[] {"drain", "resume", "gone"}) {
        Client.Answer answer =
            client.send("POST", path.replace("]", "%5D") + "/" + action + "?by=address", "");
        assertThat(answer.body().path("workers").toString()).as(action).isEqualTo("[\"w\"]");
      }
    }
  }

  @Test
  void anIpv4WorkerOfAServerOnBothFamiliesIsIpv4() {
    try (Client.Stream _ = client4.open("/poll/g4/w")) {
      assertThat(worker("g4").path("address").asText()).isEqualTo("127.0.0.1");
      for (String address : new String[] {"127.0.0.1", "::ffff:127.0.0.1", "::ffff:7f00:1"}) {
        String path = "/groups/g4/workers/" + address.replace(":", "%3A") + "/drain?by=address";
        assertThat(client.send("POST", path, "").body().path("workers").toString())
            .isEqualTo("[\"w\"]");
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"w", "localhost", "10.0.0.7%3A80"})
  void whatIsNoAddressIsRefused(String worker) {
    Client.Answer answer =
        client.send("POST", "/groups/g/workers/" + worker + "/drain?by=address", "");
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.body().path("error").asText()).contains("worker must be an IP address");
  }

  private static JsonNode worker(String group) {
    return client.send("GET", "/groups/" + group, null).body().path("workers").path(0);
  }
}
