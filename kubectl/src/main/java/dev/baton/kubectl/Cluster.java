package dev.baton.kubectl;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.baton.cli.CommandFailure;
import dev.baton.cli.Remote;
import dev.baton.kubectl.Served.SecretKey;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.LocalPortForward;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.fabric8.kubernetes.client.readiness.Readiness;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The cluster of the kubeconfig. Everything goes through its API server, so that a command works
 * wherever kubectl does. A port is forwarded, rather than the API server's proxy used, because that
 * takes the server's token away and is kept out by network policies.
 */
final class Cluster implements AutoCloseable {

  private static final ResourceDefinitionContext WORKER_GROUPS =
      new ResourceDefinitionContext.Builder()
          .withGroup(Names.API_GROUP)
          .withVersion("v1alpha1")
          .withKind("WorkerGroup")
          .withPlural("workergroups")
          .withNamespaced(true)
          .build();

  private static final ResourceDefinitionContext REVISIONS =
      new ResourceDefinitionContext.Builder()
          .withGroup("apps")
          .withVersion("v1")
          .withKind("ControllerRevision")
          .withPlural("controllerrevisions")
          .withNamespaced(true)
          .build();

  private static final ObjectMapper JSON = new ObjectMapper();

  private final KubernetesClient client;
  private final String namespace;
  private @Nullable LocalPortForward tunnel;

  private Cluster(KubernetesClient client, String namespace) {
    this.client = client;
    this.namespace = namespace;
  }

  /** Nothing is connected yet. */
  static Cluster of(Options options) {
    Config config = Kubeconfig.read(options);
    String own = options.namespace != null ? options.namespace : config.getNamespace();
    return new Cluster(
        new KubernetesClientBuilder().withConfig(config).build(), own == null ? "default" : own);
  }

  String namespace() {
    return namespace;
  }

  /** The WorkerGroups of the namespace; none where the cluster does not know the kind. */
  List<Served> workerGroups() {
    try {
      return client
          .genericKubernetesResources(WORKER_GROUPS)
          .inNamespace(namespace)
          .list()
          .getItems()
          .stream()
          .map((GenericKubernetesResource group) -> Served.of(group))
          .toList();
    } catch (KubernetesClientException e) {
      if (e.getCode() == 404) {
        return List.of();
      }
      throw e;
    }
  }

  /** One of them. */
  GroupState workerGroup(String name) {
    GenericKubernetesResource found =
        client
            .genericKubernetesResources(WORKER_GROUPS)
            .inNamespace(namespace)
            .withName(name)
            .get();
    if (found == null) {
      throw new CommandFailure("namespace %s has no WorkerGroup %s".formatted(namespace, name));
    }
    return new GroupState(JSON.valueToTree(found));
  }

  /** The templates that it has had, in no order. */
  List<GroupState.Revision> revisions(String workerGroup) {
    return client
        .genericKubernetesResources(REVISIONS)
        .inNamespace(namespace)
        .withLabel(Names.WORKER_GROUP_LABEL, workerGroup)
        .list()
        .getItems()
        .stream()
        .map((GenericKubernetesResource it) ->
            GroupState.Revision.of(JSON.<JsonNode>valueToTree(it)))
        .toList();
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
        .genericKubernetesResources(WORKER_GROUPS)
        .inNamespace(namespace)
        .withName(name)
        .patch(PatchContext.of(type), patch);
  }

  /** The server that the namespace's WorkerGroups use. */
  ServerChoice server(@Nullable String workerGroup) {
    List<Served> served = workerGroups();
    List<String> servers =
        served.isEmpty()
            ? client
                .services()
                .inNamespace(namespace)
                .withLabel("app.kubernetes.io/name", "baton-server")
                .list()
                .getItems()
                .stream()
                .map(this::url)
                .toList()
            : List.of();
    return ServerChoice.of(namespace, workerGroup, served, servers);
  }

  private String url(Service service) {
    int port =
        service.getSpec().getPorts().stream()
            .filter(it -> "http".equals(it.getName()))
            .findFirst()
            .or(() -> service.getSpec().getPorts().stream().findFirst())
            .map(ServicePort::getPort)
            .orElse(80);
    return "http://" + service.getMetadata().getName() + "." + namespace + ":" + port;
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
    Secret secret;
    try {
      secret = client.secrets().inNamespace(namespace).withName(key.name()).get();
    } catch (KubernetesClientException e) {
      throw new CommandFailure(
          "the token is in Secret %s/%s, which you cannot read (%s); give it with --token"
              .formatted(namespace, key.name(), Trouble.of(e)));
    }
    String value =
        secret == null || secret.getData() == null ? null : secret.getData().get(key.key());
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
    Service service =
        place == null
            ? null
            : client.services().inNamespace(place.namespace()).withName(place.service()).get();
    Map<String, String> selector = service == null ? null : service.getSpec().getSelector();
    if (place == null || service == null || selector == null || selector.isEmpty()) {
      return url;
    }
    Pod pod =
        client.pods().inNamespace(place.namespace()).withLabels(selector).list().getItems().stream()
            .filter(Readiness::isPodReady)
            .findFirst()
            .orElseThrow(() ->
                new CommandFailure(
                    "no pod of Service %s/%s is ready"
                        .formatted(place.namespace(), place.service())));
    tunnel =
        client
            .pods()
            .inNamespace(place.namespace())
            .withName(pod.getMetadata().getName())
            // To nobody but this machine.
            .portForward(port(service, place.port(), pod), InetAddress.getLoopbackAddress(), 0);
    return "http://127.0.0.1:" + tunnel.getLocalPort();
  }

  private static int port(Service service, int port, Pod pod) {
    return service.getSpec().getPorts().stream()
        .filter(it -> it.getPort() == port)
        .findFirst()
        .map(it -> it.getTargetPort() == null ? null : it.getTargetPort().getValue())
        .map(target -> target instanceof Integer number ? number : named(pod, target.toString()))
        .orElse(port);
  }

  private static @Nullable Integer named(Pod pod, String name) {
    return pod.getSpec().getContainers().stream()
        .flatMap(container -> container.getPorts().stream())
        .filter(it -> name.equals(it.getName()))
        .map(ContainerPort::getContainerPort)
        .findFirst()
        .orElse(null);
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
