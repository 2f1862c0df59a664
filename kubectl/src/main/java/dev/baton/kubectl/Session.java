package dev.baton.kubectl;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.baton.cli.CommandFailure;
import dev.baton.cli.Inquiry;
import dev.baton.cli.Remote;
import dev.baton.protocol.why.GroupFacts;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a command works with.
 *
 * @param cluster null if the user named a server
 * @param url of the server, as it is reached from here
 * @param token that it is given; null: none
 */
record Session(@Nullable Cluster cluster, Remote server, String url, @Nullable String token)
    implements AutoCloseable {

  /** Of the server that the options mean. */
  static Session open(Options options) {
    String token = token(options);
    if (options.server != null) {
      return new Session(null, new Remote(options.server, token), options.server, token);
    }
    Cluster cluster = Cluster.of(options);
    try {
      ServerChoice choice = cluster.server(options.workerGroup);
      String given = cluster.token(choice, token);
      String url = cluster.tunnelTo(choice.url());
      return new Session(cluster, new Remote(url, given), url, given);
    } catch (RuntimeException e) {
      cluster.close();
      throw e;
    }
  }

  /** The groups that are asked for: those of the namespace, where one is named. */
  List<GroupFacts> groups(Options options) {
    List<GroupFacts> all = new Inquiry(server).groups();
    if (cluster == null || options.namespace == null) {
      return all;
    }
    Set<String> served =
        cluster.workerGroups().stream().map(Served::group).collect(Collectors.toSet());
    return all.stream().filter(it -> served.contains(it.group())).toList();
  }

  /** The same as the server tells them. */
  List<JsonNode> figures(Options options) {
    Set<String> asked = groups(options).stream().map(GroupFacts::group).collect(Collectors.toSet());
    return json(server.groups("GET", "groups", null))
        .path("groups")
        .valueStream()
        .filter(it -> asked.contains(it.path("group").asText()))
        .toList();
  }

  /** One of them. */
  static JsonNode figures(Remote server, String group) {
    String segment = URLEncoder.encode(group, StandardCharsets.UTF_8).replace("+", "%20");
    return json(server.groups("GET", "groups/" + segment, null));
  }

  private static JsonNode json(byte[] answer) {
    try {
      return new ObjectMapper().readTree(answer);
    } catch (IOException e) {
      throw new CommandFailure("the server's answer is not JSON");
    }
  }

  /** The token that was given, or null. */
  static @Nullable String token(Options options) {
    String set = System.getenv("RESONATE_TOKEN");
    return options.token != null ? options.token : set == null || set.isEmpty() ? null : set;
  }

  /** Whether the server is reached through a port that is forwarded for as long as this is open. */
  boolean isTunnel() {
    return cluster != null && cluster.hasTunnel();
  }

  @Override
  public void close() {
    if (cluster != null) {
      cluster.close();
    }
  }
}
