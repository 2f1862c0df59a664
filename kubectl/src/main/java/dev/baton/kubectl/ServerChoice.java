package dev.baton.kubectl;

import dev.baton.cli.CommandFailure;
import dev.baton.kubectl.Served.SecretKey;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The server that a command is about.
 *
 * @param url as pods of the namespace find it
 * @param token in a Secret of the namespace; null if none is named
 */
record ServerChoice(String url, @Nullable SecretKey token) {

  /**
   * Chooses.
   *
   * @param workerGroup the one whose server is meant; null if nobody said
   * @param servers URLs of Services that look like a Baton server's
   * @throws CommandFailure if there is none, or it is not clear which
   */
  static ServerChoice of(
      String namespace, @Nullable String workerGroup, List<Served> served, List<String> servers) {
    List<Served> meant =
        served.stream().filter(it -> workerGroup == null || it.name().equals(workerGroup)).toList();
    if (workerGroup != null && meant.isEmpty()) {
      throw new CommandFailure(
          "namespace %s has no WorkerGroup %s; it has %s"
              .formatted(namespace, workerGroup, names(served)));
    }
    Map<String, Served> byUrl = new LinkedHashMap<>();
    meant.forEach(it -> byUrl.putIfAbsent(withoutSlash(it.server()), it));
    if (byUrl.size() > 1) {
      String several =
          byUrl.entrySet().stream()
              .map(it -> it.getKey() + " (" + it.getValue().name() + ")")
              .collect(Collectors.joining(", "));
      throw new CommandFailure(
          "the WorkerGroups of namespace %s use several servers: %s; choose with --workergroup or --server"
              .formatted(namespace, several));
    }
    if (byUrl.size() == 1) {
      Map.Entry<String, Served> only = byUrl.entrySet().iterator().next();
      return new ServerChoice(only.getKey(), only.getValue().token());
    }
    if (servers.size() == 1) {
      return new ServerChoice(servers.getFirst(), null);
    }
    throw new CommandFailure(
        servers.isEmpty()
            ? "namespace %s has neither a WorkerGroup nor a Baton server; choose another with --namespace, or a server with --server"
                .formatted(namespace)
            : "namespace %s has several Baton servers: %s; choose with --server"
                .formatted(namespace, String.join(", ", servers)));
  }

  private static String names(List<Served> served) {
    return served.isEmpty()
        ? "none"
        : served.stream().map(Served::name).collect(Collectors.joining(", "));
  }

  private static String withoutSlash(String url) {
    return url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
  }
}
