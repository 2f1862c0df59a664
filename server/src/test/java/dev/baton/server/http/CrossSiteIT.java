package dev.baton.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.server.BatonServer;
import dev.baton.server.Servers;
import dev.baton.server.config.Key;
import dev.baton.testing.Tokens;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** While no token is asked for, web pages of other sites get nothing; programs notice nothing. */
class CrossSiteIT {

  private static final String ENVELOPE =
      "{\"kind\":\"promise.get\",\"head\":{\"corrId\":\"c\",\"version\":\"2026-04-01\"},"
          + "\"data\":{\"id\":\"none\"}}";

  private static BatonServer server;

  @BeforeAll
  static void start() {
    server =
        Servers.start(
            Servers.memory()
                .set(Key.SERVER_BIND, "0.0.0.0")
                .set(Key.SERVER_HOST, "baton.example")
                .set(Key.SERVER_URL, "https://front.example:8443/baton")
                .set(Key.SERVER_ALLOWED_HOSTS, "other.example", ".below.example")
                .set(Key.SERVER_CORS_ALLOW_ORIGINS, "https://friend.example")
                .set(Key.METRICS_PORT, Servers.freePort()));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          a program                                 | POST | 127.0.0.1:8001  |                                                                            | 404
          Node.js                                   | POST | baton:8001      | Sec-Fetch-Mode: cors; Accept-Language: *; User-Agent: node                 | 404
          a program of this machine, a foreign name | POST | evil.example    |                                                                            | 421
          the same, a form                          | POST | evil.example:8001 | Content-Type: text/plain                                                 | 421
          what a proxy beside us passes on          | POST | baton.shop:8001 | X-Forwarded-For: 192.0.2.7                                                 | 404
          the same, from a browser                  | POST | evil.example    | X-Forwarded-For: 192.0.2.7; User-Agent: Mozilla/5.0                        | 421
          a form of a foreign page                  | POST | localhost:8001  | Origin: http://evil.example; Content-Type: text/plain                      | 403
          a foreign page, JSON                      | POST | localhost:8001  | Origin: http://evil.example; Content-Type: application/json                | 403
          another port of this machine              | POST | localhost:8001  | Origin: http://localhost:3000; Content-Type: application/json              | 403
          a page without origin                     | POST | localhost:8001  | Origin: null; Content-Type: application/json                               | 403
          a page of a friend                        | POST | localhost:8001  | Origin: https://friend.example; Content-Type: application/json             | 404
          a form of a friend                        | POST | localhost:8001  | Origin: https://friend.example; Content-Type: text/plain                   | 415
          a form of a friend without a type         | POST | localhost:8001  | Origin: https://friend.example                                             | 415
          our own page                              | POST | localhost:8001  | Origin: http://localhost:8001; Content-Type: application/json; charset=utf-8 | 404
          our own page behind TLS                   | POST | front.example   | Origin: https://front.example; Content-Type: application/json              | 404
          a name that was bound again               | POST | evil.example    | Origin: http://evil.example; Content-Type: application/json                | 421
          the same, with the port                   | POST | evil.example:8001 | Origin: http://evil.example:8001; Content-Type: application/json         | 421
          the same, by a script without origin      | GET  | evil.example    | User-Agent: Mozilla/5.0                                                    | 421
          the same, with another agent              | GET  | evil.example    | User-Agent: curl; Accept-Language: de                                      | 421
          the same, with a dot at the end           | GET  | evil.example.   | User-Agent: Mozilla/5.0                                                    | 421
          a name that looks like an address         | GET  | 127.0.0.1.evil.example | User-Agent: Mozilla/5.0                                             | 421
          an image of a foreign page                | GET  | localhost:8001  | Sec-Fetch-Site: cross-site; User-Agent: Mozilla/5.0                        | 403
          an image of another port                  | GET  | localhost:8001  | Sec-Fetch-Site: same-site; User-Agent: Mozilla/5.0                         | 403
          typed by a user                           | GET  | localhost:8001  | Sec-Fetch-Site: none; User-Agent: Mozilla/5.0                              | 200
          a script of our own page                  | GET  | LOCALHOST       | Sec-Fetch-Site: same-origin; User-Agent: Mozilla/5.0                       | 200
          an address                                | GET  | 192.0.2.7:8001  | User-Agent: Mozilla/5.0                                                    | 200
          an address of six                         | GET  | [2001:db8::1]:8001 | User-Agent: Mozilla/5.0                                                 | 200
          a service of a cluster                    | GET  | baton.shop.svc:8001 | User-Agent: Mozilla/5.0                                                | 200
          the same in full                          | GET  | baton.shop.svc.cluster.local | User-Agent: Mozilla/5.0                                       | 200
          a name without dots                       | GET  | baton-server    | User-Agent: Mozilla/5.0                                                    | 200
          the name that is configured               | GET  | Baton.Example:80 | User-Agent: Mozilla/5.0                                                   | 200
          the name of the URL                       | GET  | front.example:8443 | User-Agent: Mozilla/5.0                                                 | 200
          a further name                            | GET  | other.example   | User-Agent: Mozilla/5.0                                                    | 200
          a name below a further one                | GET  | a.below.example | User-Agent: Mozilla/5.0                                                    | 200
          a name that only ends like it             | GET  | below.example   | User-Agent: Mozilla/5.0                                                    | 421
          """)
  void who(String name, String method, String host, @Nullable String headers, int status)
      throws IOException {
    String path = method.equals("GET") ? "/groups" : "/";
    assertThat(status(server.port(), method, path, host, headers)).isEqualTo(status);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          a link to the console             | /console/     | localhost | navigate | document | 200
          a link to the console's name      | /console      | localhost | navigate | document | 308
          a link to something else          | /groups       | localhost | navigate | document | 403
          a link to one of its commands     | /console/api  | localhost | navigate | document | 403
          the console in a foreign frame    | /console/     | localhost | navigate | iframe   | 403
          the console as a foreign script   | /console/     | localhost | no-cors  | script   | 403
          a link by a name that is not ours | /console/     | evil.example | navigate | document | 421
          """)
  void whoFollowsALinkToTheConsoleIsLetIn(
      String name, String path, String host, String mode, String destination, int status)
      throws IOException {
    String headers =
        "Sec-Fetch-Site: cross-site; User-Agent: Mozilla/5.0; Sec-Fetch-Mode: %s; Sec-Fetch-Dest: %s"
            .formatted(mode, destination);
    assertThat(status(server.port(), "GET", path, host, headers)).isEqualTo(status);
  }

  @Test
  void aProgramElsewhereAsksByAnyName() throws IOException {
    InetAddress address = addressThatIsNotLoopback();
    assertThat(status(address, request("POST", "/", "baton.shop:8001", null))).isEqualTo(404);
    String node = "Sec-Fetch-Mode: cors; Accept-Language: *; User-Agent: node";
    assertThat(status(address, request("POST", "/", "baton.shop:8001", node))).isEqualTo(404);
    String browser = "User-Agent: Mozilla/5.0";
    assertThat(status(address, request("POST", "/", "baton.shop:8001", browser))).isEqualTo(421);
  }

  /** The system connects to one of its own addresses from the same one. */
  private static InetAddress addressThatIsNotLoopback() throws IOException {
    return NetworkInterface.networkInterfaces()
        .flatMap(NetworkInterface::inetAddresses)
        .filter(address -> address instanceof Inet4Address && !address.isLoopbackAddress())
        .findFirst()
        .orElseGet(() -> Assumptions.abort("this machine has only a loopback address"));
  }

  private static int status(InetAddress address, String request) throws IOException {
    try (Socket socket = new Socket(address, server.port())) {
      return status(socket, request);
    }
  }

  @Test
  void aBrowserMustSayOnceWhomItMeans() throws IOException {
    String browser = "GET /groups HTTP/1.%d\r\nUser-Agent: Mozilla/5.0\r\n";
    assertThat(status(server.port(), browser.formatted(0) + "\r\n")).isEqualTo(421);
    assertThat(status(server.port(), "GET /groups HTTP/1.0\r\n\r\n")).isEqualTo(200);
    String twice = "Host: localhost\r\nHost: evil.example\r\n\r\n";
    assertThat(status(server.port(), browser.formatted(1) + twice))
        .as("as from anybody")
        .isEqualTo(400);
  }

  @Test
  void whatAProxyPassesOnByHttp2IsHeldToTheSame() {
    Vertx vertx = Vertx.vertx();
    try {
      HttpClient proxy =
          vertx.createHttpClient(
              new HttpClientOptions()
                  .setProtocolVersion(HttpVersion.HTTP_2)
                  .setHttp2ClearTextUpgrade(false));
      assertThat(passedOn(proxy, "front.example", "https://front.example")).isEqualTo(200);
      assertThat(passedOn(proxy, "front.example", "https://evil.example")).isEqualTo(403);
      assertThat(passedOn(proxy, "evil.example", "https://evil.example")).isEqualTo(421);
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().join();
    }
  }

  private static int passedOn(HttpClient proxy, String authority, String origin) {
    return proxy
        .request(
            new RequestOptions()
                .setServer(SocketAddress.inetSocketAddress(server.port(), "127.0.0.1"))
                .setHost(authority)
                .setPort(80)
                .setURI("/groups")
                .putHeader("origin", origin))
        .compose(HttpClientRequest::send)
        .map(HttpClientResponse::statusCode)
        .toCompletionStage()
        .toCompletableFuture()
        .join();
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource({
    "GET, /health, ",
    "GET, /ready, ",
    "GET, /groups, Accept: text/event-stream",
    "GET, /poll/g/w, Accept: text/event-stream",
    "PUT, /groups/g, ",
    "POST, /groups/g/workers/w/gone, ",
    "POST, /promises, ",
    "OPTIONS, /, Access-Control-Request-Method: POST",
    "HEAD, /groups, ",
    "GET, /nowhere, "
  })
  void noPathIsLeftOut(String method, String path, @Nullable String header) throws IOException {
    String more = header == null ? "" : "; " + header;
    String foreign = "Origin: http://evil.example; Content-Type: application/json" + more;
    assertThat(status(server.port(), method, path, "localhost", foreign)).isEqualTo(403);
    String bound = "User-Agent: Mozilla/5.0" + more;
    assertThat(status(server.port(), method, path, "evil.example", bound)).isEqualTo(421);
  }

  @Test
  void thePortOfTheMetricsIsGuardedToo() throws IOException {
    for (String foreign :
        new String[] {"Origin: http://evil.example", "Sec-Fetch-Site: cross-site"}) {
      assertThat(status(server.metricsPort(), "GET", "/metrics", "localhost", foreign))
          .isEqualTo(403);
    }
    String browser = "User-Agent: Mozilla/5.0";
    assertThat(status(server.metricsPort(), "GET", "/metrics", "evil.example", browser))
        .isEqualTo(421);
    assertThat(status(server.metricsPort(), "GET", "/metrics", "a:9090", null)).isEqualTo(200);
    assertThat(status(server.metricsPort(), "GET", "/metrics", "a.b:9090", null)).isEqualTo(421);
  }

  @Test
  void whereTokensAreAskedForEverybodyMayComeWithOne() throws IOException {
    Tokens issuer = Tokens.of("ES256");
    try (BatonServer guarded =
        Servers.start(
            Servers.memory()
                .set(Key.AUTH_PUBLICKEY, issuer.pem())
                .set(Key.METRICS_PORT, Servers.freePort()))) {
      String page = "Origin: https://console.example; Authorization: Bearer " + issuer.admin();
      assertThat(status(guarded.port(), "GET", "/groups", "any.example", page)).isEqualTo(200);
      assertThat(status(guarded.metricsPort(), "GET", "/metrics", "any.example", page))
          .isEqualTo(421);
    }
    try (BatonServer unchecked = Servers.start(Servers.memory().set(Key.AUTH_PUBLICKEY, "none"))) {
      String page = "Origin: https://evil.example";
      assertThat(status(unchecked.port(), "GET", "/groups", "localhost", page)).isEqualTo(403);
    }
  }

  @Test
  void allSitesMayComeWhereThatIsSaid() throws IOException {
    try (BatonServer open =
        Servers.start(Servers.memory().set(Key.SERVER_CORS_ALLOW_ORIGINS, "*"))) {
      String page = "Origin: https://any.example; Content-Type: text/plain";
      assertThat(status(open.port(), "POST", "/", "any.example", page)).isEqualTo(404);
    }
  }

  /** The status of an answer; headers are separated by semicolons before a capital letter. */
  private static int status(
      int port, String method, String path, String host, @Nullable String headers)
      throws IOException {
    return status(port, request(method, path, host, headers));
  }

  private static String request(String method, String path, String host, @Nullable String headers) {
    boolean hasBody = method.startsWith("P");
    StringBuilder text = new StringBuilder();
    text.append(method).append(' ').append(path).append(" HTTP/1.1\r\n");
    text.append("Host: ").append(host).append("\r\nConnection: close\r\n");
    if (headers != null) {
      for (String header : headers.split("; (?=[A-Z])")) {
        text.append(header).append("\r\n");
      }
    }
    if (hasBody) {
      text.append("Content-Length: ").append(ENVELOPE.length()).append("\r\n");
    }
    return text.append("\r\n").append(hasBody ? ENVELOPE : "").toString();
  }

  private static int status(int port, String request) throws IOException {
    try (Socket socket = new Socket("127.0.0.1", port)) {
      return status(socket, request);
    }
  }

  private static int status(Socket socket, String request) throws IOException {
    socket.setSoTimeout(20_000);
    OutputStream out = socket.getOutputStream();
    out.write(request.getBytes(StandardCharsets.US_ASCII));
    out.flush();
    InputStream in = socket.getInputStream();
    return Integer.parseInt(new String(in.readNBytes(12), StandardCharsets.US_ASCII).substring(9));
  }
}
