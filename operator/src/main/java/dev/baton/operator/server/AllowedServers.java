package dev.baton.operator.server;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Which servers the operator speaks to, for the WorkerGroups of each namespace. */
public final class AllowedServers {

  /** All of them. */
  public static final AllowedServers ALL = new AllowedServers(Map.of());

  private static final String EVERY_NAMESPACE = "*";

  private final Map<String, Set<String>> byNamespace;

  private AllowedServers(Map<String, Set<String>> byNamespace) {
    this.byNamespace = byNamespace;
  }

  /**
   * From {@code NAMESPACE=URL}, where {@code *} is every namespace; none means all servers.
   *
   * @throws IllegalArgumentException if one is something else
   */
  public static AllowedServers of(Set<String> rules) {
    Map<String, Set<String>> all = new HashMap<>();
    for (String rule : rules) {
      int equals = rule.indexOf('=');
      String url = rule.substring(equals + 1).strip();
      if (equals < 1 || !url.matches("https?://[^/]+/?")) {
        throw new IllegalArgumentException(
            "baton.allowed-servers has '%s': it must be NAMESPACE=URL, such as shop=http://baton-server.baton:8001"
                .formatted(rule));
      }
      all.computeIfAbsent(rule.substring(0, equals).strip(), _ -> new HashSet<>())
          .add(url.endsWith("/") ? url.substring(0, url.length() - 1) : url);
    }
    return new AllowedServers(all);
  }

  /** Whether the operator may speak to the server for that namespace. */
  public boolean allow(String namespace, String server) {
    return byNamespace.isEmpty()
        || byNamespace.getOrDefault(namespace, Set.of()).contains(server)
        || byNamespace.getOrDefault(EVERY_NAMESPACE, Set.of()).contains(server);
  }
}
