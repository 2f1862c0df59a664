package dev.baton.sdk.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.baton.protocol.PromiseRequest;
import dev.baton.protocol.Response;
import dev.baton.sdk.Resonate;
import dev.baton.sdk.Settings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What an HTTP client needs where servers are not reached just so: tokens, proxies, certificates.
 */
@Timeout(60)
class SetUpIT {

  private static final String GOOD = "Bearer good";
  private static final PromiseRequest.Get GET = new PromiseRequest.Get("a");

  @TempDir private Path folder;

  private static void envelope(HttpExchange exchange, int status, String data) throws IOException {
    var body = new String(exchange.getRequestBody().readAllBytes());
    String corrId = body.replaceAll("(?s).*\"corrId\":\"(\\d+)\".*", "$1");
    StubServer.answer(
        exchange,
        status,
        Map.of("content-type", "application/json"),
        "{\"kind\":\"promise.get\",\"head\":{\"corrId\":\"%s\",\"status\":%d,\"version\":\"2026-04-01\"},\"data\":%s}"
            .formatted(corrId, status, data));
  }

  private static void guarded(HttpExchange exchange) throws IOException {
    boolean isGood = GOOD.equals(exchange.getRequestHeaders().getFirst("Authorization"));
    if (isGood) {
      envelope(exchange, 404, "\"Promise not found\"");
    } else {
      envelope(exchange, 401, "\"Unauthorized\"");
    }
  }

  @Test
  void requestThatIsRefusedIsSentAgainWithAnotherToken() throws Exception {
    var token = new AtomicReference<>("old");
    var asked = new AtomicInteger();
    try (var server = new StubServer(SetUpIT::guarded);
        var transport =
            new HttpTransport(
                server
                    .settings()
                    .withTokens(() -> {
                      asked.incrementAndGet();
                      return token.get();
                    }))) {
      assertThat(transport.send(GET).status()).isEqualTo(401);
      token.set("good");
      await().until(() -> transport.send(GET).status() == 404);
      assertThat(asked).as("once a second, however many are refused").hasValueLessThan(5);
    }
  }

  @Test
  void requestWithoutAThreadIsSentAgain() throws Exception {
    var asked = new AtomicInteger();
    try (var server = new StubServer(SetUpIT::guarded);
        var transport =
            new HttpTransport(
                server.settings().withTokens(() -> asked.incrementAndGet() < 2 ? "old" : "good"))) {
      await().until(() -> transport.begin(GET).get().status() == 404);
      assertThat(asked).hasValue(2);
    }
  }

  @Test
  void channelThatIsRefusedIsOpenedWithAnotherToken() {
    var asked = new AtomicInteger();
    try (var server =
            new StubServer(exchange -> {
              if (!GOOD.equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
                StubServer.answer(exchange, 401, Map.of(), "Unauthorized");
              } else {
                StubServer.stream(exchange, ":\n\n");
              }
            });
        var worker =
            Resonate.connect(
                server.settings().withTokens(() -> asked.incrementAndGet() < 2 ? "old" : "good"))) {
      worker.start();
      await().until(() -> worker.health().isUp());
    }
  }

  @Test
  void requestsGoThroughAProxy() throws Exception {
    try (var proxy = new StubServer(SetUpIT::guarded);
        var transport =
            new HttpTransport(
                Settings.defaults()
                    .withUrl(URI.create("http://nowhere.invalid:8001"))
                    .withToken("good")
                    .withHttp(http ->
                        http.proxy(
                            ProxySelector.of(
                                new InetSocketAddress(
                                    "127.0.0.1", proxy.settings().url().getPort())))))) {
      assertThat(transport.send(GET)).isEqualTo(Response.failure(404, "Promise not found"));
      assertThat(proxy.seen).first().asString().startsWith("POST http://nowhere.invalid:8001/");
    }
  }

  @Test
  void certificatesOfOnesOwnAreTrustedWhenToldSo() throws Exception {
    Path file = folder.resolve("keys.p12");
    var keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "server",
                "-keyalg",
                "EC",
                "-dname",
                "CN=localhost",
                "-ext",
                "SAN=ip:127.0.0.1",
                "-storetype",
                "PKCS12",
                "-keystore",
                file.toString(),
                "-storepass",
                "secret")
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    assertThat(keytool.waitFor()).isZero();
    var keys = KeyStore.getInstance("PKCS12");
    try (var in = Files.newInputStream(file)) {
      keys.load(in, "secret".toCharArray());
    }
    var trust = KeyStore.getInstance("PKCS12");
    trust.load(null, null);
    trust.setCertificateEntry("server", keys.getCertificate("server"));
    var server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(context(keys, null)));
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", SetUpIT::guarded);
    server.start();
    var settings =
        Settings.defaults()
            .withUrl(URI.create("https://127.0.0.1:" + server.getAddress().getPort()))
            .withToken("good");
    var trusting = context(null, trust);
    try (var stranger = new HttpTransport(settings);
        var friend = new HttpTransport(settings.withHttp(http -> http.sslContext(trusting)))) {
      assertThatThrownBy(() -> stranger.send(GET)).isInstanceOf(IOException.class);
      // A first handshake on a busy machine may take longer than a first try.
      await().ignoreExceptions().until(() -> friend.send(GET).status() == 404);
      friend.renew();
      await().ignoreExceptions().until(() -> friend.send(GET).status() == 404);
    } finally {
      server.stop(0);
    }
  }

  private static SSLContext context(@Nullable KeyStore keys, @Nullable KeyStore trust)
      throws Exception {
    var keyManagers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keyManagers.init(keys, "secret".toCharArray());
    var trustManagers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trustManagers.init(trust);
    var context = SSLContext.getInstance("TLS");
    context.init(
        keys == null ? null : keyManagers.getKeyManagers(), trustManagers.getTrustManagers(), null);
    return context;
  }
}
