package dev.baton.kubectl;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.util.Base64;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KubeconfigTest {

  @TempDir Path folder = Path.of("");

  @AfterEach
  void forget() {
    System.clearProperty("kubeconfig");
  }

  @ParameterizedTest
  @CsvSource({"EC, 256", "RSA, 2048"})
  void aKeyIsSaidToBeWhatItIs(String algorithm, int bits)
      throws IOException, GeneralSecurityException {
    String pem = pem(algorithm, bits);
    Path file = Files.writeString(folder.resolve("key.pem"), pem);
    String data = Base64.getEncoder().encodeToString(pem.getBytes(StandardCharsets.US_ASCII));
    assertThat(algorithmOf("client-key: " + file)).isEqualTo(algorithm);
    assertThat(algorithmOf("client-key-data: " + data)).isEqualTo(algorithm);
  }

  /** The kind that "openssl ecparam -genkey" and k3s write. */
  @Test
  void itIsFoundWhereKubectlFindsIt() {
    var home = Map.of("HOME", "/somewhere");
    assertThat(Kubeconfig.path(null, home)).isEqualTo("/somewhere/.kube/config");
    assertThat(Kubeconfig.path(null, Map.of("HOME", "/somewhere", "KUBECONFIG", "a:b")))
        .isEqualTo("a:b");
    assertThat(Kubeconfig.path("c", Map.of("KUBECONFIG", "a:b"))).isEqualTo("c");
    assertThat(Kubeconfig.path(null, Map.of("KUBECONFIG", "")))
        .isEqualTo(System.getProperty("user.home") + "/.kube/config");
  }

  @Test
  void aKeyInTheOlderFormIsSaidToBeWhatItIs() throws IOException {
    String pem = "-----BEGIN EC PRIVATE KEY-----\nMHc=\n-----END EC PRIVATE KEY-----\n";
    String data = Base64.getEncoder().encodeToString(pem.getBytes(StandardCharsets.US_ASCII));
    assertThat(algorithmOf("client-key-data: " + data)).isEqualTo("EC");
  }

  @Test
  void withoutAKeyItIsWhatTheLibraryAssumes() throws IOException {
    assertThat(algorithmOf("token: t")).isEqualTo("RSA");
  }

  private @Nullable String algorithmOf(String user) throws IOException {
    Path file = folder.resolve("kubeconfig");
    Files.writeString(
        file,
        """
        clusters: [{name: c, cluster: {server: "https://127.0.0.1:9"}}]
        users: [{name: u, user: {%s}}]
        contexts: [{name: x, context: {cluster: c, user: u, namespace: shop}}]
        current-context: x
        """
            .formatted(user));
    Options options = new Options();
    options.kubeconfig = file.toString();
    return Kubeconfig.read(options).getClientKeyAlgo();
  }

  private static String pem(String algorithm, int bits) throws GeneralSecurityException {
    KeyPairGenerator keys = KeyPairGenerator.getInstance(algorithm);
    keys.initialize(bits);
    return "-----BEGIN PRIVATE KEY-----\n"
        + Base64.getMimeEncoder().encodeToString(keys.generateKeyPair().getPrivate().getEncoded())
        + "\n-----END PRIVATE KEY-----\n";
  }
}
