package dev.baton.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import dev.baton.server.config.Key;
import dev.baton.server.config.Layers;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The port with a certificate, and with another one while it is open. */
class TlsIT {

  private static final char[] PASSWORD = "changeit".toCharArray();
  private static final Duration LIMIT = Duration.ofSeconds(20);

  /** So many shake hands at once: half of the processors compute for them. */
  private static final int COMING = 200 * Runtime.getRuntime().availableProcessors();

  @TempDir Path folder = Path.of("");

  @Test
  void clientsAreShownTheCertificateAndLaterOnesTheNext() throws Exception {
    Certificate first = write("first");
    try (BatonServer server = Servers.start(layers())) {
      assertThat(server.url()).startsWith("https://");
      HttpResponse<String> answer = get(server, trusting(first));
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_2);
      assertThatThrownBy(() ->
              HttpClient.newHttpClient()
                  .send(
                      HttpRequest.newBuilder(
                              URI.create("http://127.0.0.1:" + server.port() + "/health"))
                          .build(),
                      BodyHandlers.ofString()))
          .as("nothing is said in clear")
          .isInstanceOf(IOException.class);

      assertThat(server.reloadCertificate()).as("the same").isFalse();
      Certificate next = write("next");
      assertThat(server.reloadCertificate()).isTrue();
      await()
          .atMost(LIMIT)
          .untilAsserted(() -> assertThat(shown(server, next)).isEqualTo(next).isNotEqualTo(first));

      Files.writeString(certificate(), "what a tool left half written");
      assertThat(server.reloadCertificate()).isFalse();
      assertThat(shown(server, next)).as("the last good one stays").isEqualTo(next);
    }
  }

  /** A connection that ends in the middle of what it sends is told why in TLS, too. */
  @Test
  void whoIsRefusedHearsIt() throws Exception {
    Certificate certificate = write("refusing");
    try (BatonServer server = Servers.start(layers());
        Socket socket =
            trusting(certificate).getSocketFactory().createSocket("127.0.0.1", server.port())) {
      socket.setSoTimeout((int) LIMIT.toMillis());
      OutputStream out = socket.getOutputStream();
      out.write(
          "POST / HTTP/1.1\r\nhost: h\r\ntransfer-encoding: chunked\r\n\r\nsize\r\n"
              .getBytes(StandardCharsets.US_ASCII));
      out.write(new byte[1 << 20]);
      assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
          .startsWith("HTTP/1.1 400 ")
          .endsWith("the chunks of the body are malformed\n");
    }
  }

  /** What their handshakes compute takes far longer than a request. */
  @Test
  void whoIsConnectedDoesNotWaitForThoseWhoConnect() throws Exception {
    SSLContext trusting = trusting(write("busy"));
    List<Socket> coming = new ArrayList<>();
    try (BatonServer server = Servers.start(layers());
        HttpClient client = HttpClient.newBuilder().sslContext(trusting).build()) {
      assertThat(get(server, client).statusCode()).isEqualTo(200);
      byte[] hello = hello(trusting);
      for (int i = 0; i < COMING; i++) {
        coming.add(new Socket("127.0.0.1", server.port()));
      }
      assertThat(get(server, trusting).statusCode()).as("behind them all").isEqualTo(200);
      for (Socket socket : coming) {
        socket.getOutputStream().write(hello);
      }
      assertThat(get(server, client).statusCode()).isEqualTo(200);
      int answered = 0;
      for (Socket socket : coming) {
        answered += socket.getInputStream().available() > 0 ? 1 : 0;
      }
      assertThat(answered).isLessThan(COMING / 2);
    } finally {
      for (Socket socket : coming) {
        socket.close();
      }
    }
  }

  /** The first that a client says. */
  private static byte[] hello(SSLContext context) throws SSLException {
    SSLEngine engine = context.createSSLEngine();
    engine.setUseClientMode(true);
    ByteBuffer hello = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
    engine.wrap(ByteBuffer.allocate(0), hello);
    return Arrays.copyOf(hello.array(), hello.position());
  }

  /** In a process of its own, since the JDK asks only once whether that is allowed. */
  @Test
  void nobodyShakesHandsTwiceOnAConnection() throws Exception {
    SSLContext trusting = trusting(write("once"));
    ServerProcess server =
        ServerProcess.start(
            folder.resolve("baton.db"),
            List.of(),
            List.of("--server-tls-cert=" + certificate(), "--server-tls-key=" + key()));
    try (SSLSocket socket =
        (SSLSocket) trusting.getSocketFactory().createSocket("127.0.0.1", server.port())) {
      socket.setSoTimeout((int) LIMIT.toMillis());
      socket.setEnabledProtocols(new String[] {"TLSv1.2"});
      socket.startHandshake();
      assertThat(socket.getSession().getProtocol()).isEqualTo("TLSv1.2");
      assertThatThrownBy(
              () -> {
                socket.startHandshake();
                socket.getOutputStream().write(new byte[1]);
                while (socket.getInputStream().read() >= 0) {}
                throw new IOException("closed");
              })
          .isInstanceOf(SSLException.class)
          .hasMessageContaining("handshake_failure");
    } finally {
      server.kill();
    }
  }

  /** By what is made of it, which only the text behind TLS shows. */
  @Test
  void halfSentHeadsAreCountedHereToo() throws Exception {
    Certificate certificate = write("counting");
    try (BatonServer server =
            Servers.start(
                layers()
                    .set(Key.MEMORY_REQUESTS, "2m")
                    .set(Key.SERVER_HEADER_TIMEOUT, Long.toString(10 * LIMIT.toMillis())));
        Socket socket =
            trusting(certificate).getSocketFactory().createSocket("127.0.0.1", server.port())) {
      socket.setSoTimeout((int) LIMIT.toMillis());
      OutputStream out = socket.getOutputStream();
      String get = "GET /health HTTP/1.1\r\nhost: h\r\n";
      out.write((get + "\r\n").getBytes(StandardCharsets.US_ASCII));
      assertThat(socket.getInputStream().readNBytes(12)).asString().isEqualTo("HTTP/1.1 200");
      out.write((get + "a:\r\n".repeat(2_200)).getBytes(StandardCharsets.US_ASCII));
      assertThat(catchThrowable(() -> socket.getInputStream().readAllBytes()))
          .as("closed, in whatever way, and not kept waiting")
          .satisfies(end -> assertThat(end instanceof SocketTimeoutException).isFalse());
    }
  }

  @Test
  void whatIsNoCertificateStopsTheStartAndNamesTheFile() throws IOException {
    Files.writeString(certificate(), "nothing");
    Files.writeString(key(), "nothing");
    assertThatThrownBy(() -> Servers.start(layers()))
        .hasMessageContaining("server.tls_cert " + certificate())
        .hasMessageContaining("not a PEM certificate");
    assertThatThrownBy(() ->
            Servers.start(Servers.memory().set(Key.SERVER_TLS_CERT, certificate().toString())))
        .hasMessageContaining("must come with server.tls_key");
  }

  private Layers layers() {
    return Servers.memory()
        .set(Key.SERVER_TLS_CERT, certificate().toString())
        .set(Key.SERVER_TLS_KEY, key().toString());
  }

  private Path certificate() {
    return folder.resolve("tls.crt");
  }

  private Path key() {
    return folder.resolve("tls.key");
  }

  private Certificate shown(BatonServer server, Certificate trusted) throws Exception {
    return get(server, trusting(trusted)).sslSession().orElseThrow().getPeerCertificates()[0];
  }

  private static HttpResponse<String> get(BatonServer server, SSLContext tls) throws Exception {
    try (HttpClient client = HttpClient.newBuilder().sslContext(tls).build()) {
      return get(server, client);
    }
  }

  private static HttpResponse<String> get(BatonServer server, HttpClient client) throws Exception {
    return client.send(
        HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + server.port() + "/health"))
            .timeout(LIMIT)
            .build(),
        BodyHandlers.ofString());
  }

  /** Makes a certificate of its own, and writes it and its key where the server looks. */
  private Certificate write(String name) throws Exception {
    Path store = folder.resolve(name + ".p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "server",
                "-keyalg",
                "EC",
                "-dname",
                "CN=" + name,
                "-ext",
                "san=ip:127.0.0.1",
                "-validity",
                "36500",
                "-keystore",
                store.toString(),
                "-storetype",
                "PKCS12",
                "-storepass",
                new String(PASSWORD))
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve(name + ".log").toFile())
            .start();
    assertThat(keytool.waitFor(60, TimeUnit.SECONDS)).isTrue();
    KeyStore keys = KeyStore.getInstance(store.toFile(), PASSWORD);
    Files.writeString(key(), pem("PRIVATE KEY", keys.getKey("server", PASSWORD).getEncoded()));
    Certificate made = keys.getCertificate("server");
    Files.writeString(certificate(), pem("CERTIFICATE", made.getEncoded()));
    return made;
  }

  private static String pem(String what, byte[] bytes) {
    return "-----BEGIN %1$s-----\n%2$s\n-----END %1$s-----\n"
        .formatted(what, Base64.getMimeEncoder().encodeToString(bytes));
  }

  private static SSLContext trusting(Certificate certificate)
      throws GeneralSecurityException, IOException {
    KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
    trusted.load(null, null);
    trusted.setCertificateEntry("server", (X509Certificate) certificate);
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, factory.getTrustManagers(), null);
    return context;
  }
}
