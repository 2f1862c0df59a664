package dev.baton.kubectl;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.baton.cli.CommandFailure;
import dev.baton.cli.Remote;
import dev.baton.kubectl.Served.SecretKey;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.LocalPortForward;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The cluster of the kubeconfig. Everything goes through its API server, so that a command works
 * wherever kubectl does. What it answers is read as JSON: to learn the library's types, by
 * reflection, takes longer than to ask. A port is forwarded, rather than the API server's proxy
 * used, because that takes the server's token away and is kept out by network policies.
 */
final class Cluster implements AutoCloseable {

  private static final String WORKER_GROUPS =
      "/apis/" + Names.API_GROUP + "/v1alpha1/namespaces/%s/workergroups";
  private static final String SERVICES = "/api/v1/namespaces/%s/services";

  private static final ResourceDefinitionContext KIND =
      new ResourceDefinitionContext.Builder()
          .withGroup(Names.API_GROUP)
          .withVersion("v1alpha1")
          .withKind("WorkerGroup")
          .withPlural("workergroups")
          .withNamespaced(true)
          .build();

  private static final String TRUST_STORE = "javax.net.ssl.trustStore";

  private static final ObjectMapper JSON = new ObjectMapper();

  private final KubernetesClient client;
  private final String namespace;
  private @Nullable LocalPortForward tunnel;
  private @Nullable List<Served> workerGroups;

  private Cluster(KubernetesClient client, String namespace) {
    this.client = client;
    this.namespace = namespace;
  }

  /** Nothing is connected yet. */
  static Cluster of(Options options) {
    Config config = Kubeconfig.read(options);
    String own = options.namespace != null ? options.namespace : config.getNamespace();
    return new Cluster(client(config), own == null ? "default" : own);
  }

  /**
   * Where the kubeconfig names the cluster's authorities, they are the only ones, as for kubectl:
   * those that come with Java are neither trusted nor read, which takes its time. The library adds
   * them by this property and has no other way to leave them out; it reads it here and never again,
   * in a process that does nothing else yet.
   */
  private static KubernetesClient client(Config config) {
    KubernetesClientBuilder builder =
        new KubernetesClientBuilder()
            .withConfig(config)
            .withHttpClientFactory(new JdkHttpClientFactory()); // else it is looked for in all jars
    boolean isNamed = config.getCaCertData() != null || config.getCaCertFile() != null;
    if (!isNamed || System.getProperty(TRUST_STORE) != null) {
      return builder.build();
    }
    System.setProperty(TRUST_STORE, "NONE");
    try {
      return builder.build();
    } finally {
      System.clearProperty(TRUST_STORE);
    }
  }

  String namespace() {
    return namespace;
  }

  /**
   * The WorkerGroups of the namespace, as they were when they were first asked for; none where the
   * cluster does not know the kind.
   */
  List<Served> workerGroups() {
    List<Served> known = workerGroups;
    if (known == null) {
      known = items(find(WORKER_GROUPS.formatted(namespace))).map(Served::of).toList();
      workerGroups = known;
    }
    return known;
  }

  /** One of them, as it is now. */
  GroupState workerGroup(String name) {
    JsonNode found = find(WORKER_GROUPS.formatted(namespace) + "/" + encoded(name));
    if (found == null) {
      throw new CommandFailure("namespace %s has no WorkerGroup %s".formatted(namespace, name));
    }
    return new GroupState(found);
  }

  /**
   * Shows one of them as it is and each time that it has changed, until that is enough.
   *
   * @param limit for how long at most; zero: for as long as it takes
   * @return whether it was enough
   * @throws CommandFailure if it is deleted
   */
  boolean follow(String name, Duration limit, Predicate<GroupState> enough) {
    Changes changes = new Changes();
    try (SharedIndexInformer<GenericKubernetesResource> watch =
        client
            .genericKubernetesResources(KIND)
            .inNamespace(namespace)
            .withName(name)
            .inform(changes)) {
      if (watch.getStore().list().isEmpty()) {
        changes.end();
      }
      long begun = System.nanoTime();
      while (true) {
        Duration left = limit.minusNanos(System.nanoTime() - begun);
        JsonNode next = limit.isZero() ? changes.take() : changes.poll(left);
        if (next == null) {
          return false;
        }
        if (next.isEmpty()) {
          throw new CommandFailure(
              "namespace %s has no WorkerGroup %s any more".formatted(namespace, name));
        }
        if (enough.test(new GroupState(next))) {
          return true;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandFailure("interrupted");
    }
  }

  /** The templates that it has had, in no order. */
  List<GroupState.Revision> revisions(String workerGroup) {
    String path = "/apis/apps/v1/namespaces/%s/controllerrevisions".formatted(namespace);
    return items(find(path + labelled(Map.of(Names.WORKER_GROUP_LABEL, workerGroup))))
        .map(GroupState.Revision::of)
        .toList();
  }

  /** An object, or null if there is none. */
  private @Nullable JsonNode find(String path) {
    String answer = client.raw(path);
    try {
      return answer == null ? null : JSON.readTree(answer);
    } catch (IOException e) {
      throw new CommandFailure("the API server's answer is not JSON");
    }
  }

  private static Stream<JsonNode> items(@Nullable JsonNode list) {
    return list == null ? Stream.empty() : list.path("items").valueStream();
  }

  private static String labelled(Map<String, String> labels) {
    return "?labelSelector="
        + labels.entrySet().stream()
            .map(it -> encoded(it.getKey() + "=" + it.getValue()))
            .collect(Collectors.joining(","));
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /** What the API server answers a GET with. */
  String raw(String path) {
    String answer = client.raw(path);
    if (answer == null) {
      throw new CommandFailure("there is no such thing");
    }
    return answer;
  }

  /** The events of a WorkerGroup, the newest last; none where they may not be listed. */
  List<JsonNode> events(String workerGroup) {
    try {
      JsonNode all =
          JSON.readTree(
              raw(
                  "/api/v1/namespaces/%s/events?fieldSelector=involvedObject.kind=WorkerGroup,involvedObject.name=%s"
                      .formatted(namespace, workerGroup)));
      return all.path("items")
          .valueStream()
          .sorted(Comparator.comparing((JsonNode it) -> it.path("lastTimestamp").asText()))
          .toList();
    } catch (IOException | KubernetesClientException | CommandFailure e) {
      return List.of();
    }
  }

  /** Changes a WorkerGroup by a merge patch. */
  void patchMerge(String name, String patch) {
    patch(name, PatchType.JSON_MERGE, patch);
  }

  /** Changes a WorkerGroup by a JSON patch. */
  void patchJson(String name, String patch) {
    patch(name, PatchType.JSON, patch);
  }

  private void patch(String name, PatchType type, String patch) {
    client
        .genericKubernetesResources(KIND)
        .inNamespace(namespace)
        .withName(name)
        .patch(PatchContext.of(type), patch);
  }

  /** The server that the namespace's WorkerGroups use. */
  ServerChoice server(@Nullable String workerGroup) {
    List<Served> served = workerGroups();
    List<String> servers =
        served.isEmpty()
            ? items(
                    find(
                        SERVICES.formatted(namespace)
                            + labelled(Map.of("app.kubernetes.io/name", "baton-server"))))
                .map(this::url)
                .toList()
            : List.of();
    return ServerChoice.of(namespace, workerGroup, served, servers);
  }

  private String url(JsonNode service) {
    return "http://%s.%s:%d"
        .formatted(service.at("/metadata/name").asText(), namespace, Endpoint.port(service));
  }

  Pod pod(String name) {
    Pod pod = client.pods().inNamespace(namespace).withName(name).get();
    if (pod == null) {
      throw new CommandFailure("namespace %s has no pod %s".formatted(namespace, name));
    }
    return pod;
  }

  /**
   * A way to a server that pods know by that URL.
   *
   * @param token what the user gave; null: what the choice names
   */
  Remote reach(ServerChoice choice, @Nullable String token) {
    return new Remote(tunnelTo(choice.url()), token(choice, token));
  }

  /**
   * The token for a server.
   *
   * @param given by the user; null: what the choice names
   */
  @Nullable String token(ServerChoice choice, @Nullable String given) {
    return given != null || choice.token() == null ? given : read(choice.token());
  }

  boolean hasTunnel() {
    return tunnel != null;
  }

  private String read(SecretKey key) {
    JsonNode secret;
    try {
      secret = find("/api/v1/namespaces/%s/secrets/%s".formatted(namespace, encoded(key.name())));
    } catch (KubernetesClientException e) {
      throw new CommandFailure(
          "the token is in Secret %s/%s, which you cannot read (%s); give it with --token"
              .formatted(namespace, key.name(), Trouble.of(e)));
    }
    String value = secret == null ? null : secret.path("data").path(key.key()).textValue();
    if (value == null) {
      throw new CommandFailure(
          "the token should be in key %s of Secret %s/%s, which is not there; give it with --token"
              .formatted(key.key(), namespace, key.name()));
    }
    return new String(Base64.getDecoder().decode(value), StandardCharsets.UTF_8).strip();
  }

  /** The URL of this end of a tunnel; the URL itself if it is not that of a Service. */
  String tunnelTo(String url) {
    InCluster place = InCluster.of(url, namespace);
    JsonNode service =
        place == null
            ? null
            : find(SERVICES.formatted(place.namespace()) + "/" + encoded(place.service()));
    Map<String, String> selector = service == null ? Map.of() : Endpoint.selector(service);
    if (place == null || service == null || selector.isEmpty()) {
      return url;
    }
    String pods = "/api/v1/namespaces/%s/pods".formatted(place.namespace());
    JsonNode pod =
        items(find(pods + labelled(selector)))
            .filter(Endpoint::isReady)
            .findFirst()
            .orElseThrow(() ->
                new CommandFailure(
                    "no pod of Service %s/%s is ready"
                        .formatted(place.namespace(), place.service())));
    tunnel =
        client
            .pods()
            .inNamespace(place.namespace())
            .withName(pod.at("/metadata/name").asText())
            // To nobody but this machine.
            .portForward(
                Endpoint.port(service, place.port(), pod), InetAddress.getLoopbackAddress(), 0);
    return "http://127.0.0.1:" + tunnel.getLocalPort();
  }

  @Override
  public void close() {
    try {
      if (tunnel != null) {
        tunnel.close();
      }
    } catch (IOException e) {
      // The process ends, and the tunnel with it.
    }
    client.close();
  }
}
