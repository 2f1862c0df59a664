package dev.baton.kubectl;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.baton.cli.CommandFailure;
import io.fabric8.kubernetes.api.model.NamedContext;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.internal.CertUtils;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
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

  /** The object identifier 1.2.840.10045.2.1, as a key holds it. */
  private static final String EC_PUBLIC_KEY =
      new String(HexFormat.of().parseHex("06072a8648ce3d0201"), ISO_8859_1);

  private Kubeconfig() {}

  /** What the options mean. */
  static Config read(Options options) {
    if (options.kubeconfig != null) {
      if (!Files.isReadable(Path.of(options.kubeconfig))) {
        throw new CommandFailure(
            "the kubeconfig %s is not there, or you may not read it".formatted(options.kubeconfig));
      }
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
    ConfigBuilder builder = new ConfigBuilder(config).withRequestRetryBackoffLimit(RETRIES);
    if (isOfCurves(config)) {
      builder.withClientKeyAlgo("EC");
    }
    return builder.build();
  }

  /** The library takes a key in PKCS #8 for one of RSA, whatever it says itself. */
  private static boolean isOfCurves(Config config) {
    if (config.getClientKeyData() == null && config.getClientKeyFile() == null) {
      return false;
    }
    try (InputStream key =
        CertUtils.getInputStreamFromDataOrFile(
            config.getClientKeyData(), config.getClientKeyFile())) {
      Matcher found = PKCS8.matcher(new String(key.readAllBytes(), US_ASCII));
      return found.find()
          && new String(Base64.getMimeDecoder().decode(found.group(1)), ISO_8859_1)
              .contains(EC_PUBLIC_KEY);
    } catch (IOException | IllegalArgumentException e) {
      return false; // it is told when it is used
    }
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
