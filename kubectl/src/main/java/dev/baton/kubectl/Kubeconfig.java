package dev.baton.kubectl;

import dev.baton.cli.CommandFailure;
import io.fabric8.kubernetes.api.model.NamedContext;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The kubeconfig. The library takes one that is missing, or has no such context, for a cluster that
 * it runs in itself: here it is said.
 */
final class Kubeconfig {

  /** A cluster that does not answer is told of in a second, not in a minute. */
  private static final int RETRIES = 2;

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
    return new ConfigBuilder(config).withRequestRetryBackoffLimit(RETRIES).build();
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
