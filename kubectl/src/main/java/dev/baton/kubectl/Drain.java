package dev.baton.kubectl;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.baton.cli.CommandFailure;
import dev.baton.cli.Remote;
import dev.baton.kubectl.Served.SecretKey;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodIP;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Gives the worker in a pod no new tasks. The pod says which server and group it belongs to. */
@Command(
    name = "drain",
    description = {
      "gives the worker in a pod no new tasks; what it has it finishes",
      "The pod stays. Delete it when \"kubectl baton workers\" shows no load."
    })
final class Drain implements Runnable {

  @Mixin Options options = new Options();
  @Spec @Nullable CommandSpec spec;

  @Parameters(paramLabel = "POD", description = "the pod, of the namespace")
  String pod = "";

  @Option(names = "--undo", description = "gives it tasks again")
  boolean isUndone;

  @Override
  public void run() {
    try (Cluster cluster = Cluster.of(options)) {
      drain(cluster, Objects.requireNonNull(spec, "set by picocli").commandLine().getOut());
    }
  }

  private void drain(Cluster cluster, PrintWriter out) {
    Pod found = cluster.pod(pod);
    Map<String, String> annotations = found.getMetadata().getAnnotations();
    String group = annotations == null ? null : annotations.get(Names.GROUP_ANNOTATION);
    String server = annotations == null ? null : annotations.get(Names.SERVER_ANNOTATION);
    if (annotations == null || group == null || server == null) {
      throw new CommandFailure("pod " + pod + " belongs to no WorkerGroup");
    }
    String token = Session.token(options);
    Remote remote =
        options.server != null
            ? new Remote(options.server, token)
            : cluster.reach(
                new ServerChoice(server, token(annotations.get(Names.TOKEN_ANNOTATION))), token);
    String action = isUndone ? "resume" : "drain";
    String workers = "groups/" + encode(group) + "/workers/";
    JsonNode answer = post(remote, workers + encode(pod) + "/" + action);
    if (answer.path("workers").isEmpty()) { // its process has another name
      for (String pid : pidsAt(remote, group, ips(found))) {
        answer = post(remote, workers + encode(pid) + "/" + action);
      }
    }
    if (answer.path("workers").isEmpty()) {
      throw new CommandFailure(
          "the server sees no worker of group %s in pod %s".formatted(group, pod));
    }
    if (options.isJson()) {
      out.println(Json.text(answer));
    } else {
      out.println(
          isUndone
              ? "pod %s gets tasks of group %s again".formatted(pod, group)
              : "pod %s gets no new tasks of group %s".formatted(pod, group));
    }
  }

  /**
   * The workers that are connected from the pod. They are named one by one: the server would keep
   * an address closed, whoever has it next.
   */
  private static List<String> pidsAt(Remote remote, String group, List<String> ips) {
    Set<InetAddress> own = ips.stream().map(InetAddress::ofLiteral).collect(Collectors.toSet());
    List<String> pids = new ArrayList<>();
    for (JsonNode worker :
        read(remote.groups("GET", "groups/" + encode(group), null)).path("workers")) {
      try {
        if (own.contains(InetAddress.ofLiteral(worker.path("address").asText()))) {
          pids.add(worker.path("pid").asText());
        }
      } catch (IllegalArgumentException e) {
        continue; // no address: of nobody's pod
      }
    }
    return pids;
  }

  /** Of both families; the worker's connection is of one of them. */
  private static List<String> ips(Pod pod) {
    return pod.getStatus() == null
        ? List.of()
        : Stream.concat(
                Stream.ofNullable(pod.getStatus().getPodIP()),
                pod.getStatus().getPodIPs().stream().map(PodIP::getIp))
            .distinct()
            .toList();
  }

  private static JsonNode post(Remote remote, String path) {
    return read(remote.groups("POST", path, null));
  }

  private static JsonNode read(byte[] answer) {
    try {
      return new ObjectMapper().readTree(answer);
    } catch (JsonProcessingException e) {
      throw new CommandFailure("the server's answer is not JSON");
    } catch (IOException e) {
      throw new CommandFailure("the server's answer cannot be read: " + e.getMessage());
    }
  }

  private static @Nullable SecretKey token(@Nullable String annotation) {
    int slash = annotation == null ? -1 : annotation.indexOf('/');
    return annotation == null || slash < 0
        ? null
        : new SecretKey(annotation.substring(0, slash), annotation.substring(slash + 1));
  }

  private static String encode(String segment) {
    return URLEncoder.encode(segment, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
