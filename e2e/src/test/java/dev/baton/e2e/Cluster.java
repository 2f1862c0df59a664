package dev.baton.e2e;

import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.ResourceNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.testcontainers.containers.Container.ExecResult;
import org.testcontainers.images.builder.Transferable;
import org.testcontainers.k3s.K3sContainer;
import org.testcontainers.utility.DockerImageName;
import org.testcontainers.utility.MountableFile;

/**
 * A Kubernetes of one node with Baton's images and manifests, the images built from what was
 * packaged.
 */
final class Cluster implements AutoCloseable {
  static final String NAMESPACE = "baton";

  /** How long the API server may be out of reach: on a busy machine it may start again. */
  private static final Duration REACHABLE_WITHIN = Duration.ofMinutes(1);

  private static final Duration PAUSE = Duration.ofMillis(200);

  /** The addresses of services, as K3s gives them. */
  private static final String SERVICES = "10.43.0.0/16";

  private static final String VOLUME =
      """
      apiVersion: v1
      kind: PersistentVolume
      metadata: {name: %1$s}
      spec:
        capacity: {storage: 10Gi}
        accessModes: [ReadWriteOnce]
        persistentVolumeReclaimPolicy: Delete
        hostPath: {path: "/var/lib/%1$s"}
      """;

  private static @Nullable Cluster shared;

  private final K3sContainer container;
  private final KubernetesClient client;
  private int volumes;
  private boolean isInstalled;

  private Cluster(K3sContainer container) {
    this.container = container;
    this.client =
        new KubernetesClientBuilder()
            .withConfig(Config.fromKubeconfig(container.getKubeConfigYaml()))
            .build();
  }

  /** The cluster of this run of the tests; it is started when it is first asked for. */
  static synchronized Cluster shared() {
    var known = shared;
    if (known == null) {
      known = start();
      shared = known;
      Runtime.getRuntime().addShutdownHook(new Thread(known::close));
    }
    return known;
  }

  private static Cluster start() {
    // Never an image of yesterday: this takes a second when nothing has changed.
    Shell.run("scripts/images.sh").orFail("building the images");
    var container =
        new K3sContainer(
            DockerImageName.parse(Docker.K3S_IMAGE).asCompatibleSubstituteFor("rancher/k3s"));
    container.start();
    var cluster = new Cluster(container);
    try {
      cluster.prepare();
      return cluster;
    } catch (RuntimeException | Error e) {
      cluster.close();
      throw e;
    }
  }

  private void prepare() {
    keepInside();
    Shell.run("scripts/load-images.sh", container.getContainerId()).orFail("loading the images");
    container.copyFileToContainer(
        MountableFile.forHostPath(Shell.root().resolve("deploy")), "/deploy");
  }

  /**
   * Connections to services stay in the cluster. While kube-proxy replaces its rules for a service
   * that gets its first pod, the address belongs to nobody for a moment, and a connection leaves
   * the node: on a machine whose gateway answers for everybody it reaches a stranger.
   */
  private void keepInside() {
    exec(List.of("iptables", "-I", "FORWARD", "-d", SERVICES, "-p", "tcp", "-j", "REJECT"))
        .orFail("keeping connections to services inside");
  }

  /** Writes what commands on this machine need to reach the cluster. */
  void writeKubeconfig(Path file) {
    try {
      Files.writeString(file, container.getKubeConfigYaml());
    } catch (IOException e) {
      throw new UncheckedIOException("could not write " + file, e);
    }
  }

  String containerId() {
    return container.getContainerId();
  }

  KubernetesClient client() {
    return client;
  }

  /**
   * Asks the API server, and again if the connection broke meanwhile: the client does not do that
   * by itself, and several of its connections may have broken at once. So the question must be one
   * that may be put twice.
   */
  <R> R ask(Function<KubernetesClient, R> question) {
    Instant last = Instant.now().plus(REACHABLE_WITHIN);
    while (true) {
      try {
        return question.apply(client);
      } catch (KubernetesClientException | ResourceNotFoundException e) {
        if (isAnswer(e) || Instant.now().isAfter(last)) {
          throw e;
        }
        System.out.println("The API server did not answer, it is asked again: " + e.getMessage());
        LockSupport.parkNanos(PAUSE.toNanos());
      }
    }
  }

  /**
   * Whether the API server has said it: then it has a status, while a broken connection has 0 or
   * -1; "not found" is also thrown around a broken connection.
   */
  static boolean isAnswer(RuntimeException e) {
    return e instanceof KubernetesClientException said
        ? said.getCode() > 0
        : !(e.getCause() instanceof RuntimeException cause) || isAnswer(cause);
  }

  /** The pods of Baton's namespace that have that label, also those that are about to end. */
  List<Pod> pods(String label, String value) {
    return ask(it -> it.pods().inNamespace(NAMESPACE).withLabel(label, value).list()).getItems();
  }

  /** The pod of that name in Baton's namespace, if there is one. */
  @Nullable Pod pod(String name) {
    return ask(it -> it.pods().inNamespace(NAMESPACE).withName(name).get());
  }

  /** Runs kubectl on the node, in Baton's namespace; /deploy is there. Fails when kubectl does. */
  String kubectl(String... arguments) {
    return tryKubectl(arguments).orFail("kubectl " + String.join(" ", arguments));
  }

  Shell.Result tryKubectl(String... arguments) {
    return exec(
        Stream.concat(Stream.of("kubectl", "-n", NAMESPACE), Stream.of(arguments)).toList());
  }

  /**
   * Has what the manifests say, and no work of others. Server and operator may have run before:
   * their end and their start would take longer than most stories.
   */
  void provideInstallation() {
    if (isInstalled) {
      removeWork();
    } else {
      empty();
    }
    install();
    kubectl("rollout", "status", "deployment/baton-operator", "--timeout=180s");
  }

  private void removeWork() {
    kubectl("delete", "workergroups,jobs", "--all", "--timeout=120s");
    // Nobody's work is worth its grace time any more.
    tryKubectl("delete", "pods", "-l", "baton.dev/workergroup", "--grace-period=0", "--force");
  }

  /** The next story finds nothing that this one has left. */
  void doNotTrust() {
    isInstalled = false;
  }

  /** Removes whatever there is of Baton, as if it had never been there; the node takes pods. */
  void empty() {
    isInstalled = false;
    exec(List.of("kubectl", "uncordon", "--selector=kubernetes.io/os=linux"))
        .orFail("opening the node");
    exec(List.of(
            "kubectl",
            "delete",
            "crd/workergroups.baton.dev",
            "namespace/" + NAMESPACE,
            "--ignore-not-found",
            "--wait=false"))
        .orFail("deleting the namespace");
    // Nobody's work is worth its grace time any more.
    tryKubectl("delete", "pods", "--all", "--grace-period=0", "--force", "--wait=false");
    exec(List.of(
            "kubectl",
            "wait",
            "--for=delete",
            "namespace/" + NAMESPACE,
            "crd/workergroups.baton.dev",
            "--timeout=120s"))
        .orFail("waiting for the end of the namespace");
    exec(List.of(
            "kubectl",
            "delete",
            "clusterroles,clusterrolebindings",
            "-l",
            "app.kubernetes.io/part-of=baton"))
        .orFail("deleting the cluster's roles");
    provideVolume();
  }

  /** Installs what the manifests say; once more changes nothing. */
  void install() {
    // kubectl looks every kind up before it sends anything: the CRD must be there first.
    kubectl("apply", "-k", "/deploy/crd");
    kubectl("wait", "--for=condition=Established", "crd/workergroups.baton.dev", "--timeout=60s");
    await("the manifests are applied")
        .atMost(Duration.ofMinutes(1))
        .pollDelay(Duration.ZERO)
        .untilAsserted(() -> kubectl("apply", "-k", "/deploy"));
    isInstalled = true;
  }

  /** As {@code kubectl apply -f -} with this manifest. */
  Shell.Result tryApply(String manifest) {
    container.copyFileToContainer(Transferable.of(manifest), "/tmp/manifest.yaml");
    return tryKubectl("apply", "-f", "/tmp/manifest.yaml");
  }

  /** As {@code kill -9} of the container's first process, from the node, unseen by Kubernetes. */
  void kill9(String podName) {
    var pod = ask(it -> it.pods().inNamespace(NAMESPACE).withName(podName).require());
    var id = pod.getStatus().getContainerStatuses().getFirst().getContainerID();
    exec(List.of(
            "ctr", "-n", "k8s.io", "tasks", "kill", "-s", "SIGKILL", id.replaceFirst(".*://", "")))
        .orFail("killing the container of " + podName);
  }

  /** What the reader of a failure wants to see. */
  String describe() {
    var text = new StringBuilder();
    Stream.of(
            "get pods -A -o wide",
            "get workergroups,deployments,pvc,jobs -o wide",
            "describe workergroups",
            "get events --sort-by=.lastTimestamp",
            "logs deployment/baton-operator --tail=60 --all-containers",
            "logs -l app.kubernetes.io/name=baton-server --tail=60 --all-containers",
            "logs -l baton.dev/workergroup --tail=40 --prefix --max-log-requests=20")
        .forEach(command ->
            text.append("$ kubectl ")
                .append(command)
                .append('\n')
                .append(tryKubectl(command.split(" ")).output())
                .append('\n'));
    return text.toString();
  }

  @Override
  public void close() {
    client.close();
    container.stop();
  }

  /**
   * Where no provisioner makes volumes, an empty one made by hand serves the server's next claim.
   */
  private void provideVolume() {
    if (kubectl("get", "storageclass", "-o", "name").isBlank()) {
      var name = "baton-" + ++volumes;
      exec(List.of("mkdir", "-p", "-m", "777", "/var/lib/" + name)).orFail("making a directory");
      tryApply(VOLUME.formatted(name)).orFail("making a volume");
    }
  }

  private Shell.Result exec(List<String> command) {
    try {
      ExecResult result =
          container.execInContainer(StandardCharsets.UTF_8, command.toArray(String[]::new));
      var isWell = result.getExitCode() == 0; // Then what else is said is no part of the answer.
      return new Shell.Result(
          result.getExitCode(), result.getStdout() + (isWell ? "" : result.getStderr()));
    } catch (IOException e) {
      throw new AssertionError("could not run " + command + " on the node", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while running " + command, e);
    }
  }
}
