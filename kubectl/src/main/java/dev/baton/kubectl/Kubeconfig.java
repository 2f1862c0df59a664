package dev.baton.kubectl;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.baton.cli.CommandFailure;
import io.fabric8.kubernetes.api.model.NamedContext;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.NoSuchAlgorithmException;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The kubeconfig. The library takes one that is missing, or has no such context, for a cluster that
 * it runs in itself: here it is said.
 */
final class Kubeconfig {

  /** A cluster that does not answer is told of in a second, not in a minute. */
  private static final int RETRIES = 2;

  private static final Pattern PKCS8 =
      Pattern.compile("-----BEGIN PRIVATE KEY-----([^-]+)-----END PRIVATE KEY-----");

  private Kubeconfig() {}

  /** What the options mean. */
  static Config read(Options options) {
    if (options.kubeconfig != null) {
      if (!Files.isReadable(Path.of(options.kubeconfig))) {
        throw new CommandFailure(
            "the kubeconfig %s is not there, or you may not read it".formatted(options.kubeconfig));
      }
    }
    Config plain =
        PlainKubeconfig.read(
            path(options.kubeconfig, System.getenv()), options.context, settings());
    Config config = plain != null ? plain : any(options);
    ConfigBuilder builder =
        new ConfigBuilder(config)
            .withRequestRetryBackoffLimit(RETRIES)
            // A forwarded port needs HTTP/1.1 anyway; there is less to load for one of the two.
            .withHttp2Disable(true);
    if (isOfCurves(config)) {
      builder.withClientKeyAlgo("EC");
    }
    return builder.build();
  }

  /** As the library reads it, which knows all that a kubeconfig may say. */
  private static Config any(Options options) {
    if (options.kubeconfig != null) {
      System.setProperty("kubeconfig", options.kubeconfig);
    }
    Config config;
    try {
      config = Config.autoConfigure(options.context);
    } catch (IllegalArgumentException | KubernetesClientException e) {
      throw new CommandFailure(
          "the kubeconfig cannot be understood: "
              + String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
    }
    check(config, options.context);
    return config;
  }

  private static Set<String> settings() {
    Set<String> all = new HashSet<>(System.getProperties().stringPropertyNames());
    all.addAll(System.getenv().keySet());
    return all;
  }

  /** As kubectl finds it: $HOME goes before the home folder that the system knows. */
  static String path(@Nullable String option, Map<String, String> environment) {
    String set = environment.getOrDefault("KUBECONFIG", "");
    if (option != null || !set.isEmpty()) {
      return option != null ? option : set;
    }
    String home = environment.getOrDefault("HOME", "");
    return Path.of(home.isEmpty() ? System.getProperty("user.home") : home, ".kube", "config")
        .toString();
  }

  /** The library takes a key for one of RSA, whatever it says itself. */
  private static boolean isOfCurves(Config config) {
    try {
      String pem = key(config);
      if (pem.contains("-----BEGIN EC PRIVATE KEY-----")) {
        return true;
      }
      Matcher found = PKCS8.matcher(pem);
      if (!found.find()) {
        return false;
      }
      byte[] encoded = Base64.getMimeDecoder().decode(found.group(1));
      return KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(encoded)) != null;
    } catch (InvalidKeySpecException e) {
      return false; // of another algorithm
    } catch (IOException | IllegalArgumentException e) {
      return false; // it is told when it is used
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("a Java without elliptic curves", e);
    }
  }

  /** The client's key as PEM; empty if there is none. */
  private static String key(Config config) throws IOException {
    String data = config.getClientKeyData();
    String file = config.getClientKeyFile();
    return data != null
        ? new String(Base64.getDecoder().decode(data), US_ASCII)
        : file != null ? new String(Files.readAllBytes(Path.of(file)), US_ASCII) : "";
  }

  private static void check(Config config, @Nullable String asked) {
    NamedContext current = config.getCurrentContext();
    List<NamedContext> all = config.getContexts() == null ? List.of() : config.getContexts();
    String names = all.stream().map(NamedContext::getName).collect(Collectors.joining(", "));
    if (asked != null && (current == null || !asked.equals(current.getName()))) {
      throw new CommandFailure(
          all.isEmpty()
              ? "there is no context %s, as there is no kubeconfig; --kubeconfig names one"
                  .formatted(asked)
              : "the kubeconfig has no context %s; it has %s".formatted(asked, names));
    }
    if (current == null && !all.isEmpty()) {
      throw new CommandFailure(
          "the kubeconfig has no current context; choose with --context: " + names);
    }
    if (current == null && System.getenv("KUBERNETES_SERVICE_HOST") == null) {
      throw new CommandFailure(
          "there is no kubeconfig; --kubeconfig or $KUBECONFIG names one, --server a server");
    }
  }
}
