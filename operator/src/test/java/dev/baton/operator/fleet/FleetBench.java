package dev.baton.operator.fleet;

import static java.util.concurrent.TimeUnit.SECONDS;

import dev.baton.operator.TestCluster;
import dev.baton.operator.api.v1alpha1.WorkerGroup;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.k3s.K3sContainer;
import org.testcontainers.utility.DockerImageName;

/**
 * What a fleet costs: {@code make bench-operator}. The operator is the packaged one, in a process
 * of its own with the options of its image; Kubernetes is real but for kubelets and what pods run.
 * API calls are counted by the API server itself.
 */
class FleetBench {

  private static final int GROUPS = Integer.getInteger("fleet.groups", 1_000);
  private static final int PODS_PER_GROUP = Integer.getInteger("fleet.pods-per-group", 5);

  /** How many WorkerGroups grow and shrink, so that pods come and go. */
  private static final int GROWING =
      Math.min(GROUPS, Integer.getInteger("fleet.growing", Math.max(1, GROUPS / 25)));

  private static final int TASKS_PER_SECOND = Integer.getInteger("fleet.tasks-per-second", 250);
  private static final int NAMESPACES = Math.min(GROUPS, 20);
  private static final Duration SETTLE = Duration.ofSeconds(Integer.getInteger("fleet.settle", 90));
  private static final Duration MEASURED =
      Duration.ofSeconds(Integer.getInteger("fleet.measured", 60));

  /** By whom and by what the API server counts: kinds of requests of one account. */
  private static final String FLOW =
      """
      apiVersion: flowcontrol.apiserver.k8s.io/v1
      kind: FlowSchema
      metadata: {name: measured-%s}
      spec:
        matchingPrecedence: %d
        priorityLevelConfiguration: {name: workload-high}
        rules:
          - subjects: [{kind: ServiceAccount, serviceAccount: {name: baton-operator, namespace: baton}}]
            resourceRules: [{verbs: [%s], apiGroups: ["%s"], resources: ["%s"], namespaces: ["%s"], clusterScope: %s}]
      """;

  private static final List<String> FLOWS =
      List.of(
          FLOW.formatted("lease", 100, "\"*\"", "coordination.k8s.io", "leases", "baton", false),
          FLOW.formatted("reads", 101, "get, list, watch", "*", "*", "*", true),
          FLOW.formatted("readiness", 102, "\"*\"", "", "pods/status", "*", false),
          FLOW.formatted("marks", 103, "\"*\"", "", "pods", "*", false),
          FLOW.formatted("events", 104, "\"*\"", "", "events", "*", false),
          FLOW.formatted("statuses", 105, "\"*\"", "baton.dev", "workergroups/status", "*", false),
          FLOW.formatted("deployments", 106, "\"*\"", "apps", "deployments", "*", false),
          FLOW.formatted("budgets", 107, "\"*\"", "policy", "poddisruptionbudgets", "*", false),
          FLOW.formatted("others", 108, "\"*\"", "*", "*", "*", true));

  private static final String GROUP =
      """
      apiVersion: baton.dev/v1alpha1
      kind: WorkerGroup
      metadata: {name: %s, namespace: %s}
      spec:
        replicas: %d
        slots: 1
        server: {url: "%s"}
        template:
          spec:
            containers:
              - name: worker
                image: example.org/team/worker:1.2.3
                env: [{name: LOG_LEVEL, value: info}, {name: REGION, value: eu-west-1}, {name: DATABASE, value: "postgres://db:5432/app"}]
                resources: {requests: {cpu: 10m, memory: 16Mi}, limits: {memory: 64Mi}}
                readinessProbe: {httpGet: {path: /ready, port: 8080}, periodSeconds: 5}
                volumeMounts: [{name: tmp, mountPath: /tmp}]
            volumes: [{name: tmp, emptyDir: {}}]
      """;

  /**
   * Starts the controllers of a single-node image beside the first ones, which are stopped, with
   * more requests a second.
   */
  private static final String FASTER =
      """
      for d in /proc/[0-9]*; do
        for each in controller-manager scheduler; do
          if tr '\\0' ' ' <$d/cmdline 2>/dev/null | grep -q "^kube kube-$each"; then
            mapfile -d '' args <$d/cmdline; kill -STOP ${d#/proc/}
            if [ $each = scheduler ]; then more="--kube-api-qps=500 --kube-api-burst=500 --secure-port=0"
            else more="--kube-api-qps=500 --kube-api-burst=500 --concurrent-deployment-syncs=20 --concurrent-replicaset-syncs=20 --secure-port=0"; fi
            setsid "${args[@]}" $more >/var/log/k3s/$each-2.log 2>&1 </dev/null &
          fi
        done
      done
      """;

  private static final Pattern DISPATCHED =
      Pattern.compile(
          "(?m)^apiserver_flowcontrol_dispatched_requests_total\\{flow_schema=\"measured-(\\w+)\"[^}]*}"
              + " ([0-9.e+]+)$");

  private final Map<String, Figure> table = new LinkedHashMap<>();
  private final Random random = new Random(1);

  /**
   * What had been used and asked when.
   *
   * @param requests by kind
   */
  private record Reading(long nanos, double cpuSeconds, Map<String, Double> requests) {

    double of(String kind) {
      return requests.getOrDefault(kind, 0.0);
    }

    double all() {
      return requests.values().stream().mapToDouble(it -> it).sum();
    }

    double writes() {
      return all() - of("lease") - of("reads");
    }

    /** Of each kind how many since another, where there are any. */
    Map<String, Double> since(Reading from) {
      Map<String, Double> more = new TreeMap<>();
      requests.forEach((kind, count) -> {
        if (count > from.of(kind)) {
          more.put(kind, count - from.of(kind));
        }
      });
      return more;
    }
  }

  /**
   * A line of the table.
   *
   * @param goal empty for none
   */
  private record Figure(String value, String goal) {}

  @Test
  void aFleet(@TempDir Path scratch) throws Exception {
    Path application =
        Path.of(System.getProperty("fleet.operator", "target/quarkus-app")).toAbsolutePath();
    if (!Files.exists(application.resolve("quarkus-run.jar"))) {
      throw new IllegalStateException(application + " is not there: make build");
    }
    K3sContainer k3s = cluster();
    k3s.start();
    var _ = k3s.execInContainer("bash", "-c", FASTER);
    Config config = Config.fromKubeconfig(k3s.getKubeConfigYaml());
    try (KubernetesClient client = new KubernetesClientBuilder().withConfig(config).build();
        FleetServer server = new FleetServer()) {
      prepare(client);
      try (FakeKubelet kubelet = new FakeKubelet(client, server, 20)) {
        Process operator = start(application, client, config, scratch);
        try {
          measure(client, server, kubelet, operator.pid());
        } finally {
          operator.destroy();
          var _ = operator.waitFor(10, SECONDS);
          operator.destroyForcibly();
          tail(scratch.resolve("operator.log"));
        }
      }
    } finally {
      k3s.stop();
    }
    System.out.println("\n| figure | value | goal |\n|---|---|---|");
    table.forEach(
        (figure, it) -> System.out.printf("| %s | %s | %s |%n", figure, it.value, it.goal));
  }

  private void measure(KubernetesClient client, FleetServer server, FakeKubelet kubelet, long pid)
      throws Exception {
    int pods = GROUPS * PODS_PER_GROUP;
    Reading before = read(client, pid);
    create(client, server.url());
    await(() -> kubelet.ready() >= pods, Duration.ofMinutes(30), () -> kubelet.ready() + " ready");
    Reading made = read(client, pid);
    put("WorkerGroups, pods", GROUPS + ", " + pods, "");
    put(
        "until all are ready",
        "%.0f s, %.2f requests a pod"
            .formatted((made.nanos - before.nanos) / 1e9, (made.all() - before.all()) / pods),
        "");
    tell("until all are ready", before, made);

    pause(SETTLE);
    Reading idleFrom = read(client, pid);
    pause(MEASURED);
    phase("idle", idleFrom, read(client, pid), 0.05, 5);
    lives(client, server, pid);

    server.work(TASKS_PER_SECOND);
    Reading beginFrom = read(client, pid);
    pause(SETTLE);
    long tasksFrom = server.tasks();
    Reading busyFrom = read(client, pid);
    phase("as the work begins", beginFrom, busyFrom, 0.3, 20);
    pause(MEASURED);
    Reading busyTo = read(client, pid);
    put(
        "tasks a second",
        "%.0f".formatted((server.tasks() - tasksFrom) / ((busyTo.nanos - busyFrom.nanos) / 1e9)),
        "");
    phase("busy", busyFrom, busyTo, 0.3, 20);

    deadPods(server, kubelet);
    put("resident memory, at the end", memory(pid, "VmRSS"), "");
    put("resident memory, at most", memory(pid, "VmHWM"), "< 256 MiB");
  }

  private void put(String figure, String value, String goal) {
    table.put(figure, new Figure(value, goal));
  }

  private void phase(String name, Reading from, Reading to, double coresMax, int writesMax) {
    double seconds = (to.nanos - from.nanos) / 1e9;
    put(
        name + ": cores",
        "%.3f (of %.0f s)".formatted((to.cpuSeconds - from.cpuSeconds) / seconds, seconds),
        "≤ " + coresMax);
    put(
        name + ": writes a second",
        "%.1f".formatted((to.writes() - from.writes()) / seconds),
        "≤ " + writesMax);
    put(
        name + ": reads a second, besides; requests for the Lease",
        "%.1f; %.1f"
            .formatted(
                (to.of("reads") - from.of("reads")) / seconds,
                (to.of("lease") - from.of("lease")) / seconds),
        "");
    tell(name, from, to);
  }

  /** Some pods end while the others work: from the kubelet's word until the server is told. */
  private void deadPods(FleetServer server, FakeKubelet kubelet) throws Exception {
    List<Pod> pods = kubelet.pods();
    List<Double> millis = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      Pod pod = pods.remove(random.nextInt(pods.size()));
      long from = System.nanoTime();
      kubelet.fail(pod);
      String name = pod.getMetadata().getName();
      await(() -> server.goneAt.containsKey(name), Duration.ofMinutes(1), () -> name);
      millis.add((server.goneAt.getOrDefault(name, from) - from) / 1e6);
    }
    millis.sort(null);
    put(
        "dead pod until the server is told, of 20",
        "%.0f ms p50, %.0f ms at worst".formatted(millis.get(10), millis.get(19)),
        "≤ 500 ms");
  }

  /** Pods come, work and go, while the others are idle. */
  private void lives(KubernetesClient client, FleetServer server, long pid) throws Exception {
    int lives = GROWING * PODS_PER_GROUP;
    Reading quietFrom = read(client, pid);
    pause(Duration.ofSeconds(10));
    Reading quietTo = read(client, pid);
    double rate = (quietTo.all() - quietFrom.all()) * 1e9 / (quietTo.nanos - quietFrom.nanos);
    int connected = server.connected();
    scale(client, GROWING, 2 * PODS_PER_GROUP);
    await(() -> server.connected() >= connected + lives, Duration.ofMinutes(5), () -> "more");
    pause(Duration.ofSeconds(10));
    Reading ready = read(client, pid);
    server.workOnce(connected);
    pause(Duration.ofSeconds(30));
    Reading worked = read(client, pid);
    scale(client, GROWING, PODS_PER_GROUP);
    await(() -> server.connected() <= connected, Duration.ofMinutes(5), () -> "fewer");
    pause(Duration.ofSeconds(10));
    Reading left = read(client, pid);
    put(
        "requests a pod's life, each with a task",
        "%.2f: %.2f until it is ready, %.2f as it works, %.2f as it leaves"
            .formatted(
                a(lives, rate, quietTo, left),
                a(lives, rate, quietTo, ready),
                a(lives, rate, ready, worked),
                a(lives, rate, worked, left)),
        "≤ 6");
    tell("until it is ready", quietTo, ready, lives);
    tell("as it works", ready, worked, lives);
    tell("as it leaves", worked, left, lives);
  }

  /** Which requests they are for each of so many pods; those for the Lease are there anyway. */
  private static void tell(String stage, Reading from, Reading to, int pods) {
    to.since(from)
        .forEach(
            (kind, count) -> System.out.printf("%s: %s %.2f a pod%n", stage, kind, count / pods));
  }

  /** The requests for each of so many, without those of a rate that there is anyway. */
  private static double a(int many, double rate, Reading from, Reading to) {
    return (to.all() - from.all() - rate * (to.nanos - from.nanos) / 1e9) / many;
  }

  private static void scale(KubernetesClient client, int groups, int replicas) {
    for (int i = 0; i < groups; i++) {
      var _ =
          client
              .resources(WorkerGroup.class)
              .inNamespace(namespace(i))
              .withName("g-" + i)
              .scale(replicas);
    }
  }

  private void tell(String phase, Reading from, Reading to) {
    double seconds = (to.nanos - from.nanos) / 1e9;
    System.out.printf(
        "%s: %.0f s, %.3f cores%n", phase, seconds, (to.cpuSeconds - from.cpuSeconds) / seconds);
    to.since(from)
        .forEach(
            (kind, count) -> System.out.printf("%s: %s %.2f/s%n", phase, kind, count / seconds));
    System.out.printf("%s: %s%n", phase, table);
  }

  private static K3sContainer cluster() {
    String image = System.getenv().getOrDefault("K3S_IMAGE", "rancher/k3s:v1.34.4-k3s1");
    return new K3sContainer(DockerImageName.parse(image).asCompatibleSubstituteFor("rancher/k3s"))
        .withCommand(
            "server",
            "--disable=traefik",
            "--tls-san=" + DockerClientFactory.instance().dockerHostIpAddress(),
            "--kube-controller-manager-arg=kube-api-qps=500",
            "--kube-controller-manager-arg=kube-api-burst=500",
            "--kube-controller-manager-arg=concurrent-deployment-syncs=20",
            "--kube-scheduler-arg=kube-api-qps=500",
            "--kube-scheduler-arg=kube-api-burst=500");
  }

  private static void prepare(KubernetesClient client) {
    for (Node node : client.nodes().list().getItems()) {
      var _ =
          client
              .nodes()
              .withName(node.getMetadata().getName())
              .edit(it -> new NodeBuilder(it).editSpec().withUnschedulable(true).endSpec().build());
    }
    TestCluster.install(client);
    for (String flow : FLOWS) {
      client
          .load(new ByteArrayInputStream(flow.getBytes(StandardCharsets.UTF_8)))
          .serverSideApply();
    }
    for (int i = 0; i < NAMESPACES; i++) {
      client
          .resource(
              new NamespaceBuilder().withNewMetadata().withName(namespace(i)).endMetadata().build())
          .serverSideApply();
    }
  }

  private static String namespace(int group) {
    return "fleet-" + group % NAMESPACES;
  }

  private static void create(KubernetesClient client, String url) throws InterruptedException {
    try (ExecutorService makers = Executors.newFixedThreadPool(8)) {
      for (int i = 0; i < GROUPS; i++) {
        int number = i;
        makers.submit(() ->
            client
                .resource(
                    Serialization.unmarshal(
                        GROUP.formatted("g-" + number, namespace(number), PODS_PER_GROUP, url),
                        WorkerGroup.class))
                .create());
      }
    }
  }

  /** With the options of the image, in the memory that the chart gives it. */
  private static Process start(
      Path application, KubernetesClient client, Config config, Path scratch) throws IOException {
    String token =
        client
            .serviceAccounts()
            .inNamespace("baton")
            .withName("baton-operator")
            .tokenRequest(
                new TokenRequestBuilder()
                    .withNewSpec()
                    .withExpirationSeconds(7200L)
                    .endSpec()
                    .build())
            .getStatus()
            .getToken();
    Path kubeconfig = scratch.resolve("kubeconfig");
    Files.writeString(
        kubeconfig,
        """
        apiVersion: v1
        kind: Config
        clusters: [{name: c, cluster: {server: "%s", certificate-authority-data: "%s"}}]
        users: [{name: u, user: {token: "%s"}}]
        contexts: [{name: c, context: {cluster: c, user: u, namespace: baton}}]
        current-context: c
        """
            .formatted(config.getMasterUrl(), config.getCaCertData(), token));
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-XX:MaxRAM=256m");
    command.addAll(imageOptions());
    command.addAll(List.of(System.getProperty("fleet.options", "").split(" ")));
    command.removeIf(String::isEmpty);
    command.add(application.resolve("quarkus-run.jar").toString());
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(scratch.resolve("operator.log").toFile());
    builder.environment().put("KUBECONFIG", kubeconfig.toString());
    builder.environment().put("QUARKUS_HTTP_PORT", "0");
    builder.environment().put("HOSTNAME", "measured");
    return builder.start();
  }

  /** What the Dockerfile says between {@code java} and the jar, without the cache that it makes. */
  private static List<String> imageOptions() throws IOException {
    List<String> options = new ArrayList<>();
    Matcher option =
        Pattern.compile("\"(-[^\"]+)\"").matcher(Files.readString(Path.of("Dockerfile")));
    while (option.find()) {
      options.add(option.group(1));
    }
    options.removeIf(it -> it.startsWith("-XX:AOTCache"));
    return options;
  }

  private static Reading read(KubernetesClient client, long pid) throws IOException {
    Map<String, Double> requests = new TreeMap<>();
    Matcher dispatched = DISPATCHED.matcher(client.raw("/metrics"));
    while (dispatched.find()) {
      requests.merge(dispatched.group(1), Double.parseDouble(dispatched.group(2)), Double::sum);
    }
    String[] stat = Files.readString(Path.of("/proc/" + pid + "/stat")).split("\\) ")[1].split(" ");
    double cpu = (Long.parseLong(stat[11]) + Long.parseLong(stat[12])) / 100.0;
    return new Reading(System.nanoTime(), cpu, Map.copyOf(requests));
  }

  private static String memory(long pid, String key) throws IOException {
    return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
        .filter(it -> it.startsWith(key + ":"))
        .map(it -> Long.parseLong(it.replaceAll("[^0-9]", "")) / 1024 + " MiB")
        .findFirst()
        .orElse("?");
  }

  private static void await(
      BooleanSupplier condition, Duration patience, java.util.function.Supplier<String> what)
      throws InterruptedException {
    long until = System.nanoTime() + patience.toNanos();
    long told = System.nanoTime();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > until) {
        throw new AssertionError("not in time: " + what.get());
      }
      if (System.nanoTime() - told > 15e9) {
        System.out.println(what.get());
        told = System.nanoTime();
      }
      pause(Duration.ofMillis(5));
    }
  }

  /** A benchmark measures for a time; nothing is awaited. */
  private static void pause(Duration time) throws InterruptedException {
    Thread.sleep(time);
  }

  private static void tail(Path log) throws IOException {
    List<String> lines = Files.readAllLines(log);
    long warnings =
        lines.stream().filter(it -> it.contains(" WARN ") || it.contains(" ERROR ")).count();
    System.out.printf("operator: %d lines of log, %d warnings%n", lines.size(), warnings);
    lines.stream()
        .filter(it -> it.contains(" WARN ") || it.contains(" ERROR "))
        .limit(20)
        .forEach(System.out::println);
  }
}
