package dev.baton.kubectl;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A kubeconfig of the usual kind: one file, whose current context has a server, its authorities,
 * and a token or a certificate. It is read here because the library makes an object of each kind
 * that Kubernetes has before it reads any, which takes longer than all else of most commands.
 * Whatever else a kubeconfig or the environment may say is left to the library.
 */
final class PlainKubeconfig {

  private static final Set<String> CLUSTER =
      Set.of("server", "certificate-authority", "certificate-authority-data");

  private static final Set<String> USER =
      Set.of(
          "token",
          "client-certificate",
          "client-certificate-data",
          "client-key",
          "client-key-data");

  private PlainKubeconfig() {}

  /**
   * What a context means.
   *
   * @param path as the environment or an option has it
   * @param context null for the current one
   * @param settings the names of environment variables and system properties that are set
   * @return null where the library is to read it, or to say what is wrong with it
   */
  static @Nullable Config read(String path, @Nullable String context, Set<String> settings) {
    if (path.contains(File.pathSeparator)
        || settings.stream().anyMatch(PlainKubeconfig::saysMore)) {
      return null;
    }
    try {
      Path file = Path.of(path);
      String text = Files.isRegularFile(file) ? Files.readString(file) : "";
      // Anchors and their aliases would be read as the aliases' names.
      boolean isPlain = !text.isEmpty() && text.indexOf('&') < 0 && text.indexOf('*') < 0;
      return isPlain ? config(file, new YAMLMapper().readTree(text), context) : null;
    } catch (IOException | InvalidPathException e) {
      return null;
    }
  }

  /** Whether a variable or a property is one that the library reads beside the file. */
  private static boolean saysMore(String name) {
    String plain = name.toLowerCase(Locale.ROOT).replace('_', '.');
    return plain.startsWith("kubernetes.") || plain.endsWith(".proxy");
  }

  private static @Nullable Config config(Path file, JsonNode all, @Nullable String asked) {
    String name = asked != null ? asked : all.path("current-context").asText();
    JsonNode context = named(all.path("contexts"), name, "context");
    JsonNode cluster = named(all.path("clusters"), context.path("cluster").asText(), "cluster");
    JsonNode user = named(all.path("users"), context.path("user").asText(), "user");
    if (!hasOnly(cluster, CLUSTER) || !cluster.has("server") || !hasOnly(user, USER)) {
      return null;
    }
    if (context.has("namespace") && !context.path("namespace").isTextual()) {
      return null;
    }
    return new ConfigBuilder()
        .withAutoConfigure(false)
        .withMasterUrl(cluster.path("server").textValue())
        .withNamespace(context.path("namespace").textValue())
        .withCaCertData(cluster.path("certificate-authority-data").textValue())
        .withCaCertFile(beside(file, cluster.path("certificate-authority")))
        .withAutoOAuthToken(user.path("token").textValue())
        .withClientCertData(user.path("client-certificate-data").textValue())
        .withClientCertFile(beside(file, user.path("client-certificate")))
        .withClientKeyData(user.path("client-key-data").textValue())
        .withClientKeyFile(beside(file, user.path("client-key")))
        .build();
  }

  private static JsonNode named(JsonNode list, String name, String what) {
    List<JsonNode> found =
        list.valueStream().filter(it -> it.path("name").asText().equals(name)).toList();
    return found.size() == 1 ? found.getFirst().path(what) : MissingNode.getInstance();
  }

  private static boolean hasOnly(JsonNode object, Set<String> known) {
    return object.isObject()
        && object
            .propertyStream()
            .allMatch(it ->
                known.contains(it.getKey())
                    && it.getValue().isTextual()
                    && !it.getValue().textValue().isEmpty());
  }

  /** Paths are relative to the file that has them. */
  private static @Nullable String beside(Path file, JsonNode path) {
    return path.isTextual()
        ? file.toAbsolutePath().resolveSibling(path.textValue()).toString()
        : null;
  }
}
