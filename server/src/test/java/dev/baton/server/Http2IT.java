package dev.baton.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.baton.testing.Client;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.net.HostAndPort;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** HTTP/2 without TLS, by prior knowledge and by upgrade (protocol section 3). */
@Timeout(60)
class Http2IT {

  private static final String GET =
      "{\"kind\":\"promise.get\",\"head\":{\"corrId\":\"c\",\"version\":\"2026-04-01\"},"
          + "\"data\":{\"id\":\"none\"}}";

  private static BatonServer server;
  private static Client plain;
  private static Vertx vertx;
  private static HttpClient client;

  @BeforeAll
  static void start() {
    server = Servers.start(Servers.memory());
    plain = new Client(server.port());
    vertx = Vertx.vertx();
    client =
        vertx.createHttpClient(
            new HttpClientOptions()
                .setDefaultHost("127.0.0.1")
                .setDefaultPort(server.port())
                .setProtocolVersion(HttpVersion.HTTP_2)
                .setHttp2ClearTextUpgrade(false),
            new PoolOptions().setHttp2MaxSize(1));
  }

  @AfterAll
  static void stop() {
    vertx.close();
    plain.close();
    server.close();
  }

  private static <T> T get(Future<T> future) {
    return future.toCompletionStage().toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
  }

  private static int status(Future<HttpClientRequest> request) {
    HttpClientResponse response = get(request.compose(HttpClientRequest::send));
    return response.statusCode();
  }

  private static int health() {
    return plain.send("GET", "/health", null).status();
  }

  @Test
  void requestsAreAnsweredByPriorKnowledge() {
    String body =
        get(client
                .request(HttpMethod.POST, "/")
                .compose(request -> request.send(GET))
                .compose(response -> {
                  assertThat(response.version()).isEqualTo(HttpVersion.HTTP_2);
                  assertThat(response.statusCode()).isEqualTo(404);
                  return response.body();
                }))
            .toString();
    assertThat(body).contains("Promise not found");
    for (String path : List.of("/poll/g/%zz", "/groups?%")) {
      assertThat(status(client.request(HttpMethod.GET, path))).isEqualTo(400);
    }
  }

  @Test
  void webPagesOfOtherSitesAreKeptOutHereToo() {
    Future<HttpClientRequest> request =
        client
            .request(HttpMethod.GET, "/groups")
            .onSuccess(it ->
                it.authority(HostAndPort.create("evil.example", 80))
                    .putHeader("origin", "http://evil.example"));
    assertThat(status(request)).isEqualTo(421);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 10, 60_000, 300_000})
  void aRequestMayUpgradeItsConnection(int padding) throws Exception {
    try (var http =
        java.net.http.HttpClient.newBuilder()
            .version(java.net.http.HttpClient.Version.HTTP_2)
            .build()) {
      String body = GET.replace("\"id\"", "\"pad\":\"" + "x".repeat(padding) + "\",\"id\"");
      for (int i = 0; i < 3; i++) {
        var request =
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port()))
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        var response = http.send(request, BodyHandlers.ofString());
        assertThat(response.statusCode()).isEqualTo(404);
        assertThat(response.body()).contains("Promise not found");
        assertThat(response.version()).isEqualTo(java.net.http.HttpClient.Version.HTTP_2);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/poll/h2/w", "/groups/h2"})
  void streamsBeginAtOnceAndTheirEndIsSeen(String path) {
    List<String> heard = new CopyOnWriteArrayList<>();
    HttpClientRequest request = get(client.request(HttpMethod.GET, path));
    request.putHeader("accept", "text/event-stream");
    // Before it is sent: what comes while nobody has asked for it is lost.
    Future<HttpClientResponse> answer =
        request
            .response()
            .onSuccess(
                it -> it.exceptionHandler(_ -> {}).handler(chunk -> heard.add(chunk.toString())));
    request.end();
    assertThat(get(answer).getHeader("content-type")).isEqualTo("text/event-stream");
    try {
      await().until(() -> String.join("", heard).startsWith(":"));
      if (path.startsWith("/poll")) {
        await().until(() -> workers("h2") == 1);
        plain.call(
            "promise.create",
            "{'id':'h2','timeoutAt':99999999999999,'tags':{'resonate:target':'poll://any@h2'}}");
        await().until(() -> String.join("", heard).contains("\"kind\":\"execute\""));
      }
    } finally {
      request.reset();
    }
    await().until(() -> workers("h2") == 0);
  }

  private static int workers(String group) {
    return plain.send("GET", "/groups/" + group, null).body().path("connectedWorkers").asInt();
  }

  @Test
  void aBodyThatIsTooLargeIsRefusedAndTheConnectionGoesOn() {
    Buffer large = Buffer.buffer("x".repeat(3_000_000));
    HttpClientResponse refused =
        get(client.request(HttpMethod.POST, "/").compose(request -> request.send(large)));
    assertThat(refused.statusCode()).isEqualTo(413);
    requestsAreAnsweredByPriorKnowledge();
  }

  @Test
  void aConnectionHasAHundredStreamsAtMost() {
    List<HttpClientRequest> open = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      HttpClientRequest request = get(client.request(HttpMethod.GET, "/poll/many/w" + i));
      get(request.send().onSuccess(response -> response.exceptionHandler(_ -> {})));
      open.add(request);
    }
    Future<HttpClientRequest> oneMore = client.request(HttpMethod.GET, "/health");
    assertThat(workers("many")).isEqualTo(100);
    assertThat(oneMore.isComplete()).isFalse();
    open.forEach(HttpClientRequest::reset);
    assertThat(status(oneMore)).isEqualTo(200);
    await().until(() -> workers("many") == 0);
  }

  @Test
  void whoeverOpensAndResetsStreamsWithoutEndIsCutOff() throws IOException {
    try (Socket socket = connected()) {
      ByteBuffer flood = ByteBuffer.allocate(200 * 1000);
      for (int stream = 1; flood.remaining() > 200; stream += 2) {
        // :method GET, :scheme http, :path /, and at once RST_STREAM with CANCEL.
        flood.put(frame(1, 5, stream, new byte[] {(byte) 0x82, (byte) 0x86, (byte) 0x84}));
        flood.put(frame(3, 0, stream, new byte[] {0, 0, 0, 8}));
      }
      assertEnds(socket, flood.array());
    }
  }

  @Test
  void floodsOfSettingsPingsAndEmptyFramesEndTheConnectionOrAreOutlived() throws IOException {
    for (byte[] one :
        List.of(
            frame(4, 0, 0, new byte[] {0, 4, 0, 1, 0, 0}),
            frame(6, 0, 0, new byte[8]),
            frame(0, 0, 1, new byte[0]),
            frame(9, 0, 1, new byte[0]))) {
      try (Socket socket = connected()) {
        ByteBuffer flood = ByteBuffer.allocate(50_000 * one.length);
        while (flood.hasRemaining()) {
          flood.put(one);
        }
        try {
          socket.getOutputStream().write(flood.array());
        } catch (IOException e) {
          // Cut off, which is one way.
        }
      }
      assertThat(health()).isEqualTo(200);
    }
  }

  private static Socket connected() throws IOException {
    Socket socket = new Socket("127.0.0.1", server.port());
    socket.setSoTimeout(20_000);
    socket
        .getOutputStream()
        .write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    socket.getOutputStream().write(frame(4, 0, 0, new byte[0]));
    return socket;
  }

  private static void assertEnds(Socket socket, byte[] flood) {
    try {
      socket.getOutputStream().write(flood);
      assertThat(socket.getInputStream().readAllBytes()).isNotEmpty();
    } catch (IOException e) {
      assertThat(e).isNotInstanceOf(SocketTimeoutException.class);
    }
    assertThat(health()).isEqualTo(200);
  }

  private static byte[] frame(int type, int flags, int stream, byte[] payload) {
    return ByteBuffer.allocate(9 + payload.length)
        .put((byte) (payload.length >> 16))
        .put((byte) (payload.length >> 8))
        .put((byte) payload.length)
        .put((byte) type)
        .put((byte) flags)
        .putInt(stream)
        .put(payload)
        .array();
  }
}
