package dev.baton.operator.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.baton.operator.server.ServerUnavailableException.Kind;
import dev.baton.testing.Certificates;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.concurrent.Executors;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server whose certificate an authority of its own has signed. */
class TrustedCaIT {

  private static final char[] PASSWORD = "secret".toCharArray();

  private final Path folder;
  private final Path ca;
  private final Certificates certificates;
  private final HttpsServer server;

  TrustedCaIT(@TempDir Path folder) throws IOException {
    this.folder = folder;
    ca = folder.resolve("ca-of-operator.pem");
    certificates = Certificates.make(Files.createDirectory(folder.resolve("one")), "ip:127.0.0.1");
    server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
  }

  @BeforeEach
  void start() throws Exception {
    server.setHttpsConfigurator(new HttpsConfigurator(identity()));
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext(
        "/groups/g",
        exchange -> {
          byte[] body = FakeServer.figures(7, 0, 0, null).getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  @Test
  void itIsSpokenToWhenTheFileHasItsAuthorityAndNotBefore() throws Exception {
    Path other =
        Certificates.make(Files.createDirectory(folder.resolve("two")), "ip:127.0.0.1").authority();
    install(other, 1);
    assertRefused();
    install(certificates.authority(), 2); // the same client: no restart
    try (GroupsApi api = api()) {
      assertThat(api.figures(address()).ready()).isEqualTo(7);
    }
  }

  @Test
  void anOperatorThatRunsReadsTheFileAgainAndSaysWhatIsWrongWithIt() throws Exception {
    Files.writeString(ca, "nothing");
    try (GroupsApi api = api()) {
      assertThatThrownBy(() -> api.figures(address()))
          .isInstanceOfSatisfying(
              ServerUnavailableException.class,
              e -> assertThat(e.kind()).isEqualTo(Kind.NO_CONNECTION))
          .hasMessageContaining(ca + " holds no certificates that can be read");
      install(certificates.authority(), 2);
      assertThat(api.figures(address()).ready()).isEqualTo(7);
    }
  }

  private void assertRefused() {
    try (GroupsApi api = api()) {
      assertThatThrownBy(() -> api.figures(address()))
          .isInstanceOfSatisfying(
              ServerUnavailableException.class,
              e -> assertThat(e.kind()).isEqualTo(Kind.NO_CONNECTION));
    }
  }

  private GroupsApi api() {
    return new GroupsApi(_ -> "t", Duration.ofSeconds(30), TrustedCa.context(ca));
  }

  private GroupAddress address() {
    return new GroupAddress("https://127.0.0.1:" + server.getAddress().getPort(), "g", null);
  }

  /** With a time of its own: file systems tell changes by it. */
  private void install(Path authority, int hour) throws IOException {
    Files.copy(authority, ca, StandardCopyOption.REPLACE_EXISTING);
    Files.setLastModifiedTime(ca, FileTime.from(Instant.EPOCH.plus(Duration.ofHours(hour))));
  }

  private SSLContext identity() throws Exception {
    CertificateFactory x509 = CertificateFactory.getInstance("X.509");
    Certificate certificate;
    try (var in = Files.newInputStream(certificates.certificate())) {
      certificate = x509.generateCertificate(in);
    }
    byte[] encoded =
        Base64.getMimeDecoder()
            .decode(Files.readString(certificates.key()).replaceAll("-----[A-Z ]+-----", ""));
    PrivateKey key =
        KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(encoded));
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setKeyEntry("server", key, PASSWORD, new Certificate[] {certificate});
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, PASSWORD);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), null, null);
    return context;
  }
}
