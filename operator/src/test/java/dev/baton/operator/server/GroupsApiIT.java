package dev.baton.operator.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.baton.operator.server.GroupAddress.SecretKey;
import dev.baton.operator.server.ServerUnavailableException.Kind;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GroupsApiIT {

  private final FakeServer server = new FakeServer();
  private final GroupsApi api =
      new GroupsApi(key -> "token of " + key.name(), Duration.ofSeconds(5));

  @AfterEach
  void close() {
    api.close();
    server.close();
  }

  @Test
  void figuresAreReadAndWhatIsUnknownIsIgnored() {
    server.show(
        """
        {"group":"g","slotsPerWorker":null,"connectedWorkers":1,"ready":5,"inFlight":3,
         "suspended":7,"oldestReadySeconds":1.234,"novelty":{"a":[1]},
         "meanServiceSeconds":0.25,"redelivered":[{"task":"t","failedDeliveries":4,"novelty":1}],
         "workers":[{"pid":"w1","address":"10.42.0.7","slots":null,"load":1,"draining":true,
                     "connectedAt":1764000000000,"novelty":1}]}\
        """);
    GroupFigures figures = api.figures(server.group("g"));
    assertThat(figures.slotsPerWorker()).isNull();
    assertThat(figures.ready()).isEqualTo(5);
    assertThat(figures.inFlight()).isEqualTo(3);
    assertThat(figures.oldestReadySeconds()).isEqualTo(1.234);
    assertThat(figures.meanServiceSeconds()).isEqualTo(0.25);
    assertThat(figures.redelivered()).containsExactly(new GroupFigures.Redelivered("t", 4));
    assertThat(figures.workers())
        .containsExactly(new GroupFigures.Worker("w1", "10.42.0.7", null, 1, true, 1764000000000L));
  }

  @Test
  void aGroupNameIsOnePathSegment() {
    api.figures(server.group("a/b c"));
    assertThat(server.lines("GET")).containsExactly("GET /groups/a%2Fb%20c");
  }

  @Test
  void slotsAreSetAndTakenBack() {
    assertThat(api.setSlots(server.group("g"), 4).slotsPerWorker()).isEqualTo(4);
    assertThat(api.setSlots(server.group("g"), null).slotsPerWorker()).isNull();
    assertThat(server.calls())
        .extracting(FakeServer.Call::line, FakeServer.Call::body)
        .containsExactly(
            tuple("PUT /groups/g", "{\"slotsPerWorker\":4}"),
            tuple("PUT /groups/g", "{\"slotsPerWorker\":null}"));
  }

  @Test
  void aSignalNamesTheWorkerByPidOrByAddress() {
    server.meets(2, "w1");
    assertThat(api.signal(server.group("g"), Signal.GONE, new WorkerName.Pid("w1")))
        .isEqualTo(new SignalResult(List.of("w1"), 2));
    api.signal(server.group("g"), Signal.DRAIN, new WorkerName.At("10.42.0.7"));
    api.signal(server.group("g"), Signal.RESUME, new WorkerName.Pid("w1"));
    assertThat(server.lines("POST"))
        .containsExactly(
            "POST /groups/g/workers/w1/gone",
            "POST /groups/g/workers/10.42.0.7/drain?by=address",
            "POST /groups/g/workers/w1/resume");
  }

  @Test
  void theTokenGoesWithEachRequest() {
    api.figures(new GroupAddress(server.url(), "g", new SecretKey("ns", "secret", "token")));
    assertThat(server.calls().getFirst().token()).isEqualTo("Bearer token of secret");
  }

  @ParameterizedTest
  @CsvSource({
    "401, UNAUTHORIZED",
    "403, UNAUTHORIZED",
    "404, NO_GROUPS_API",
    "405, NO_GROUPS_API",
    "500, UNEXPECTED_ANSWER",
    "503, UNEXPECTED_ANSWER",
    "302, UNEXPECTED_ANSWER",
  })
  void aRefusalSaysWhatWasAskedAndAnswered(int status, Kind kind) {
    server.setStatus(status);
    assertThatThrownBy(() -> api.figures(server.group("g")))
        .isInstanceOfSatisfying(
            ServerUnavailableException.class,
            e -> {
              assertThat(e.kind()).isEqualTo(kind);
              assertThat(e.text())
                  .isEqualTo(
                      "GET %s/groups/g answered %d {\"error\":\"as the test wants it\"}"
                          .formatted(server.url(), status));
            });
  }

  @Test
  void aTokenThatWasGoodOnceIsToldFromOneThatNeverWas() {
    server.setStatus(401);
    server.setChallenge(
        "Bearer error=\"invalid_token\", error_description=\"the token has expired\"");
    assertThatThrownBy(() -> api.figures(server.group("g")))
        .isInstanceOfSatisfying(
            ServerUnavailableException.class,
            e -> assertThat(e.kind()).isEqualTo(Kind.TOKEN_EXPIRED));
    assertThatThrownBy(() -> api.follow(line(server.group("g"))))
        .isInstanceOfSatisfying(
            ServerUnavailableException.class,
            e -> assertThat(e.kind()).isEqualTo(Kind.TOKEN_EXPIRED));
  }

  @Test
  void aTaskIsHaltedByARequestOfTheProtocol() {
    api.halt(new ServerAddress(server.url(), new SecretKey("ns", "jwt", "token")), "t-1");
    FakeServer.Call call = server.calls().getFirst();
    assertThat(call.line()).isEqualTo("POST /");
    assertThat(call.body())
        .isEqualTo(
            """
            {"kind":"task.halt","head":{"corrId":"","version":"2026-04-01","auth":"token of jwt"},\
            "data":{"id":"t-1"}}\
            """);
  }

  @Test
  void aServerThatIsAwayIsNoConnection() {
    server.stop();
    assertUnavailable(server.group("g"), Kind.NO_CONNECTION, "GET " + server.url() + "/groups/g");
  }

  @Test
  void aHostThatNobodyKnowsIsSaid() {
    assertUnavailable(
        new GroupAddress("http://baton-server.invalid:8001", "g", null),
        Kind.NO_CONNECTION,
        "http://baton-server.invalid:8001/groups/g: the name of its host is not known");
  }

  @Test
  void aServerThatDoesNotAnswerIsNoConnectionInTime() throws Exception {
    try (ServerSocket deaf = new ServerSocket(0);
        GroupsApi impatient = new GroupsApi(_ -> "t", Duration.ofMillis(100))) {
      var address = new GroupAddress("http://127.0.0.1:" + deaf.getLocalPort(), "g", null);
      assertThatThrownBy(() -> impatient.figures(address))
          .hasMessageEndingWith("no answer in time");
      assertThatThrownBy(() -> impatient.follow(line(address)))
          .hasMessageEndingWith("no answer in time");
    }
  }

  @ParameterizedTest
  @CsvSource({"not a url", "http://", "ftp://host", "http://a_b:1", "http://127.0.0.1:99999"})
  void whatIsNoAddressIsNoConnection(String url) {
    assertUnavailable(new GroupAddress(url, "g", null), Kind.NO_CONNECTION, url);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          null           | answered null
          <html>         | is not a group
          {"ready":"x"}  | is not a group
          []             | is not a group
          """)
  void whatIsNoGroupIsUnexpected(String body, String message) {
    server.show(body);
    assertUnavailable(server.group("g"), Kind.UNEXPECTED_ANSWER, message);
  }

  private void assertUnavailable(GroupAddress address, Kind kind, String message) {
    assertThatThrownBy(() -> api.figures(address))
        .isInstanceOfSatisfying(
            ServerUnavailableException.class,
            e -> {
              assertThat(e.kind()).isEqualTo(kind);
              assertThat(e.text()).contains(message);
            });
  }

  private static ServerLine line(GroupAddress address) {
    return new ServerLine(address.server(), null);
  }
}
