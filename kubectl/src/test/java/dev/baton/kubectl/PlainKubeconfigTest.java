package dev.baton.kubectl;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.Config;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlainKubeconfigTest {

  private static final String TWO_CONTEXTS =
      """
      apiVersion: v1
      kind: Config
      preferences: {}
      clusters:
      - name: near
        cluster: {server: "https://127.0.0.1:6443", certificate-authority-data: Y2E=}
      - name: far
        cluster: {server: "https://far.example.org/k8s/", certificate-authority: keys/ca.pem}
      users:
      - name: admin
        user: {client-certificate-data: Y2VydA==, client-key-data: a2V5}
      - name: robot
        user: {token: secret}
      - name: files
        user: {client-certificate: cert.pem, client-key: /etc/keys/key.pem}
      contexts:
      - name: one
        context: {cluster: near, user: admin}
      - name: two
        context: {cluster: far, user: robot, namespace: shop, extensions: [{name: x, extension: {}}]}
      - name: three
        context: {cluster: far, user: files}
      current-context: one
      """;

  @TempDir Path folder = Path.of("");

  @AfterEach
  void forget() {
    System.clearProperty("kubeconfig");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "one", "two", "three"})
  void itMeansWhatTheLibraryTakesItFor(String name) throws IOException {
    String context = name.isEmpty() ? null : name;
    String file = write(TWO_CONTEXTS);
    Config plain = Objects.requireNonNull(PlainKubeconfig.read(file, context, Set.of()));
    System.setProperty("kubeconfig", file);
    assertThat(said(plain)).isEqualTo(said(Config.autoConfigure(context)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "cluster: {server: \"https://x\", insecure-skip-tls-verify: true}, user: {token: t}",
        "cluster: {server: \"https://x\", proxy-url: \"http://p:1\"}, user: {token: t}",
        "cluster: {server: \"https://x\", tls-server-name: y}, user: {token: t}",
        "cluster: {}, user: {token: t}",
        "cluster: {server: \"https://x\"}, user: {exec: {command: aws}}",
        "cluster: {server: \"https://x\"}, user: {auth-provider: {name: oidc}}",
        "cluster: {server: \"https://x\"}, user: {username: u, password: p}",
        "cluster: {server: \"https://x\"}, user: {token: t, as: somebody}",
        "cluster: {server: \"https://x\"}, user: {token: \"\"}",
        "cluster: {server: \"https://x\"}, user: {token: 12}",
      })
  void whateverElseItSaysIsLeftToTheLibrary(String both) throws IOException {
    String file =
        write(
            """
            clusters: [{name: c, %s}]
            users: [{name: u, %s}]
            contexts: [{name: x, context: {cluster: c, user: u}}]
            current-context: x
            """
                .formatted((Object[]) both.split(", (?=user)")));
    assertThat(PlainKubeconfig.read(file, null, Set.of())).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "clusters: [{name: c, cluster: {server: &s \"https://x\"}}]",
        "clusters: [{name: c, cluster: {server: \"https://x\"}}, {name: c, cluster: {server: y}}]",
        "users: [{name: u, user: {token: t}}, {name: u, user: {token: v}}]",
        "contexts: [{name: x, context: {cluster: c, user: u, namespace: 2024}}]",
      })
  void whatMayMeanSomethingElseIsLeftToTheLibrary(String instead) throws IOException {
    Map<String, String> lines = new LinkedHashMap<>();
    lines.put("clusters", "clusters: [{name: c, cluster: {server: \"https://x\"}}]");
    lines.put("users", "users: [{name: u, user: {token: t}}]");
    lines.put("contexts", "contexts: [{name: x, context: {cluster: c, user: u}}]");
    lines.put("current-context", "current-context: x");
    assertThat(PlainKubeconfig.read(write(joined(lines)), null, Set.of())).isNotNull();
    lines.put(instead.substring(0, instead.indexOf(':')), instead);
    assertThat(PlainKubeconfig.read(write(joined(lines)), null, Set.of())).isNull();
  }

  private static String joined(Map<String, String> lines) {
    return String.join("\n", lines.values());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "KUBERNETES_NAMESPACE",
        "kubernetes.trust.certificates",
        "HTTPS_PROXY",
        "no_proxy"
      })
  void whatIsSaidBesideItIsLeftToTheLibrary(String setting) throws IOException {
    assertThat(PlainKubeconfig.read(write(TWO_CONTEXTS), null, Set.of("HOME", setting))).isNull();
  }

  @Test
  void whatIsNoneOrSeveralIsLeftToTheLibrary() throws IOException {
    String file = write(TWO_CONTEXTS);
    assertThat(PlainKubeconfig.read(file + File.pathSeparator + file, null, Set.of())).isNull();
    assertThat(PlainKubeconfig.read(file, "four", Set.of())).isNull();
    assertThat(PlainKubeconfig.read(file + "-missing", null, Set.of())).isNull();
    for (String text : List.of("", "hello", "[1, 2]", "{", "contexts: 3")) {
      assertThat(PlainKubeconfig.read(write(text), null, Set.of())).as(text).isNull();
    }
  }

  private String write(String text) throws IOException {
    return Files.writeString(folder.resolve("kubeconfig"), text).toString();
  }

  private static List<@Nullable String> said(Config config) {
    return Arrays.asList(
        config.getMasterUrl(),
        config.getNamespace(),
        config.getCaCertData(),
        config.getCaCertFile(),
        config.getClientCertData(),
        config.getClientCertFile(),
        config.getClientKeyData(),
        config.getClientKeyFile(),
        config.getOauthToken(),
        config.getAutoOAuthToken(),
        config.getUsername(),
        config.getUserAgent(),
        String.valueOf(config.isTrustCerts()),
        String.valueOf(config.getConnectionTimeout()),
        String.valueOf(config.getRequestTimeout()),
        Arrays.toString(config.getTlsVersions()));
  }
}
