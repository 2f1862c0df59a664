package dev.baton.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import dev.baton.testing.Tokens;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * The chart's life on a real Kubernetes: install, upgrade, look with kubectl baton, uninstall. In a
 * namespace that admits restricted pods only, with an operator that has rights there only.
 */
@ExtendWith(Docker.class)
@TestInstance(Lifecycle.PER_CLASS)
@TestMethodOrder(OrderAnnotation.class)
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class HelmStoryIT {
  private static final String OPERATOR = "system:serviceaccount:baton:baton-operator";

  private static final List<String> VALUES =
      List.of(
          "--set=server.persistence.enabled=false",
          "--set=operator.watchNamespaces={baton}",
          "--set=networkPolicy.enabled=true",
          "--set=metrics.dashboard.enabled=true",
          "--set=workerGroups.workers.image=baton-worker:dev",
          "--set=workerGroups.workers.spec.replicas=2",
          "--set=workerGroups.workers.spec.slots=1",
          "--set=workerGroups.workers.spec.drainTimeout=5s");

  private static final String[] TOKENS_AS_FILES = {
    "--set=server.auth.publicKey=/issuer/keys.pem",
    "--set=server.volumes[0].name=issuer,server.volumes[0].secret.secretName=issuer-keys",
    "--set=server.volumeMounts[0].name=issuer,server.volumeMounts[0].mountPath=/issuer",
    "--set=operator.tokenSecretRef.name=operator-token",
    "--set=workerGroups.workers.spec.server.url=http://baton-server.baton:8001",
    "--set=workerGroups.workers.spec.server.tokenSecretRef.name=workers-token",
    "--set=workerGroups.workers.spec.server.tokenAs=File"
  };

  /** Enough for the time that a rotation takes. */
  private static final int CALLS = 60;

  /** Each look starts several programs on the node, which has pods to roll. */
  private static final Duration LOOK_EVERY = Duration.ofSeconds(1);

  private static final String OPERATOR_FILE = "/var/run/secrets/baton/server/token";
  private static final String WORKER_FILE = "/var/run/secrets/baton.dev/server/token";
  private static final String CLIENT_FILE = "/var/run/secrets/token/token";

  private static final Pattern ENDED_BY_KEY =
      Pattern.compile(
          "(?m)^baton_streams_ended_total\\{[^}]*reason=\"key_removed\"[^}]*} ([0-9.]+)$");

  private static final String REACHABLE = "{.status} {.lastTransitionTime}";

  @RegisterExtension static final Story STORY = Story.ofEmptyCluster();

  private final Path kubeconfig;

  HelmStoryIT(@TempDir Path scratch) {
    kubeconfig = scratch.resolve("kubeconfig.yaml");
  }

  @BeforeAll
  void prepare() {
    if (!Boolean.parseBoolean(System.getenv("BATON_REQUIRE_CLUSTER"))) {
      assumeThat(Shell.run("helm", "version").exitCode()).as("helm is there").isZero();
    }
    STORY.cluster().writeKubeconfig(kubeconfig);
    STORY.cluster().kubectl("apply", "-k", "/deploy/namespace");
  }

  @Test
  @Order(1)
  void anInstallBringsServerAndOperator() {
    String notes = helm("install", VALUES, "--wait", "--timeout=180s");
    assertThat(notes).contains("these were NOT made: workers").contains("WorkerGroups in baton");
    assertThat(STORY.cluster().kubectl("get", "crd", "workergroups.baton.dev", "-o", "yaml"))
        .contains("helm.sh/resource-policy: keep");
    assertThat(mayList("workergroups", "--namespace=baton")).isEqualTo("yes");
    assertThat(mayList("workergroups", "--all-namespaces")).isEqualTo("no");
    assertThat(mayList("secrets", "--namespace=baton")).isEqualTo("no");
  }

  /** Whether the operator may; kubectl's exit code says it as well. */
  private String mayList(String resource, String where) {
    return STORY
        .cluster()
        .tryKubectl("auth", "can-i", "list", resource, "--as=" + OPERATOR, where)
        .output()
        .lines()
        .reduce("", (_, last) -> last);
  }

  @Test
  @Order(2)
  void anUpgradeMakesTheWorkerGroups() {
    assertThat(helm("upgrade", VALUES, "--wait", "--timeout=180s")).doesNotContain("NOT made");
    STORY.group("workers").awaitWorkers(2);
    ClientRun.start(STORY.cluster(), "helm", 3, 1, 1).succeeds(Duration.ofMinutes(2));
  }

  @Test
  @Order(3)
  void kubectlBatonFindsTheServerAndTells() {
    assertThat(baton("groups")).containsPattern("workers +2 +0 +- +0 +0");
    assertThat(baton("why", "helm-1")).startsWith("helm-1 is settled: resolved, ");
    assertThat(baton("tree", "helm-1")).startsWith("helm-1  resolved  computeSomething()");
    String pod = pods("baton.dev/workergroup=workers").findFirst().orElseThrow();
    assertThat(baton("drain", pod)).startsWith("pod " + pod + " gets no new tasks");
    assertThat(baton("workers", "workers")).containsPattern(pod + " +0 +1 +yes");
    assertThat(baton("drain", "--undo", pod)).startsWith("pod " + pod + " gets tasks");
    assertThat(baton("workers", "-o", "json")).contains("\"pid\" : \"" + pod + "\"");
    Shell.Result wrong = run("./kubectl-baton", List.of("drain", "nobody"));
    assertThat(wrong.exitCode()).isEqualTo(1);
    assertThat(wrong.output()).isEqualTo("Error: namespace baton has no pod nobody\n");
  }

  @Test
  @Order(4)
  void everyMetricThatTheDashboardAndTheAlertsNameIsExposed() {
    String exposed =
        pods("app.kubernetes.io/part-of=baton")
            .map(pod ->
                pod.startsWith("baton-server")
                    ? scrape(pod + ":9090/proxy/metrics")
                    : scrape(pod + ":8080/proxy/q/metrics"))
            .collect(Collectors.joining("\n"));
    Set<String> named = new TreeSet<>();
    for (String file : List.of("dashboard.json", "alerts.yaml")) {
      Matcher metric =
          Pattern.compile("\\b(?:baton|resonate|jvm|reconciliations)_[a-z_]+")
              .matcher(Shell.read(Shell.root().resolve("charts/baton/files").resolve(file)));
      while (metric.find()) {
        named.add(metric.group());
      }
    }
    named.remove("baton_operator_scaling_decisions_total"); // There is none before the first one.
    // Exposed by those of several servers that share a store; this is one on SQLite.
    named.removeIf(name -> name.startsWith("baton_cluster_"));
    assertThat(named)
        .hasSizeGreaterThan(20)
        .allSatisfy(name -> assertThat(exposed).containsPattern("(?m)^" + name + "[{ ]"));
  }

  private String scrape(String path) {
    return STORY.cluster().kubectl("get", "--raw", "/api/v1/namespaces/baton/pods/" + path);
  }

  private Stream<String> pods(String selector) {
    return STORY
        .cluster()
        .kubectl(
            "get",
            "pods",
            "-l",
            selector + ",!job-name",
            "-o",
            "jsonpath={range .items[*]}{.metadata.name}{\"\\n\"}{end}")
        .lines();
  }

  @Test
  @Order(5)
  void aRotatedTokenReplacesThePods() {
    STORY
        .cluster()
        .kubectl("create", "secret", "generic", "baton-token", "--from-literal=token=hush-one");
    helm(
        "upgrade",
        VALUES,
        "--set=server.auth.tokenSecretRef.name=baton-token",
        "--set=server.auth.tokenSecretRef.key=token");
    await().atMost(Duration.ofMinutes(2)).until(() -> marks().size() == 1 && !marks().contains(""));
    STORY.group("workers").awaitWorkers(2);
    Set<String> before = marks();
    STORY
        .cluster()
        .kubectl(
            "patch", "secret", "baton-token", "-p", "{\"stringData\":{\"token\":\"hush-two\"}}");
    await()
        .atMost(Duration.ofMinutes(2))
        .until(() -> marks().size() == 1 && !marks().equals(before));
    STORY.group("workers").awaitWorkers(2);
    String told =
        STORY.cluster().kubectl("logs", "-l", "app.kubernetes.io/name=baton-operator", "--tail=-1")
            + STORY
                .cluster()
                .kubectl("logs", "-l", "app.kubernetes.io/name=baton-server", "--tail=-1")
            + STORY.cluster().kubectl("get", "events,workergroups,deployments,pods", "-o", "yaml");
    assertThat(told).contains("baton-token").doesNotContain("hush-", "forbidden");
  }

  /** The token marks of the running pods. */
  private Set<String> marks() {
    return STORY.cluster().pods("baton.dev/workergroup", "workers").stream()
        .map(pod -> pod.getMetadata().getAnnotations().getOrDefault("baton.dev/token-mark", ""))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** A key of the issuer is replaced, and with it every token that it has signed. */
  @Test
  @Order(6)
  void tokensThatAreRotatedUnderLoadReplaceNoPodAndRefuseNoCall() {
    Tokens issuer = Tokens.of("ES256");
    Tokens next = Tokens.of("ES256");
    secret("issuer-keys", "keys.pem", issuer.pem() + next.pem());
    secret("operator-token", "token", issuer.admin());
    secret("workers-token", "token", ofWorkers(issuer));
    Instant installing = Instant.now();
    helm("upgrade", VALUES, TOKENS_AS_FILES);
    awaitRolled("baton-server", "issuer-keys");
    awaitRolled("baton-operator", "operator-token");
    awaitRolled("workers", "workers-token");
    STORY.group("workers").awaitWorkers(2);
    STORY.figure("upgrade to tokens in files", installing);

    ClientRun run =
        ClientRun.startWithToken(STORY.cluster(), "workers-token", "rotated", CALLS, 1, 1);
    STORY.log().awaitLine(line -> run.ids().contains(line.call()));
    String before = podsAsTheyAre();
    String reachable = STORY.group("workers").condition("ServerReachable", REACHABLE);
    assertThat(reachable).startsWith("True");
    Instant rotating = Instant.now();
    String ofOperator = next.admin();
    String ofWorkers = ofWorkers(next);
    change("operator-token", "token", ofOperator);
    change("workers-token", "token", ofWorkers);
    awaitInFiles(ofOperator, ofWorkers);
    STORY.figure("rotated tokens in all files", rotating);
    Instant closing = Instant.now();
    change("issuer-keys", "keys.pem", next.pem());
    await("streams that the old key had opened are closed")
        .atMost(Duration.ofMinutes(2))
        .pollInterval(LOOK_EVERY)
        .until(() -> {
          syncPods();
          return endedByKey() >= 3; // of two workers and the operator
        });
    STORY.figure("old key taken away, until its streams are closed", closing);
    assertThat(STORY.log().finished(run.ids())).as("calls are left").isLessThan(CALLS);

    run.succeeds(Duration.ofMinutes(2));
    STORY.log().awaitEnds(run.ids());
    assertThat(run.ids())
        .allSatisfy(id ->
            assertThat(STORY.log().of(id))
                .extracting(WorkerLine::kind)
                .containsExactly(WorkerLine.Kind.STARTED, WorkerLine.Kind.FINISHED));
    STORY.group("workers").awaitWorkers(2);
    assertThat(podsAsTheyAre()).as("no pod was replaced or restarted").isEqualTo(before);
    assertThat(STORY.group("workers").condition("ServerReachable", REACHABLE))
        .as("the operator was never refused")
        .isEqualTo(reachable);
    assertThat(logs("app.kubernetes.io/name=baton-operator"))
        .doesNotContainIgnoringCase("unauthorized");
    // A stream that was closed may be refused once until the file is read again; no call was.
    assertThat(logs("baton.dev/workergroup=workers") + logs("job-name=rotated"))
        .doesNotContain("the token was refused");
  }

  @Test
  @Order(7)
  void anUninstallLeavesTheKindAndNothingElse() {
    helm("uninstall", List.of(), "--wait", "--timeout=120s");
    assertThat(STORY.cluster().kubectl("get", "crd", "-o", "name"))
        .contains("workergroups.baton.dev");
    // The garbage collector comes for the pods a moment later, and a worker has its time to end.
    await("nothing is left")
        .atMost(Duration.ofMinutes(1))
        .until(
            () ->
                leftOf("app.kubernetes.io/part-of=baton,!job-name")
                    + leftOf("baton.dev/workergroup"),
            String::isBlank);
    // The cluster knows the kind now: everything comes with the first install.
    assertThat(helm("install", VALUES, "--dry-run=server")).contains("kind: WorkerGroup\n");
  }

  /** A tenant's: for the group and the ids of the calls. */
  private static String ofWorkers(Tokens issuer) {
    return issuer.token("group", List.of("workers"), "prefix", "rotated");
  }

  private static void secret(String name, String key, String value) {
    STORY
        .cluster()
        .kubectl("create", "secret", "generic", name, "--from-literal=" + key + "=" + value);
  }

  private static void change(String secret, String key, String value) {
    STORY
        .cluster()
        .kubectl(
            "patch",
            "secret",
            secret,
            "-p",
            "{\"stringData\":{\"%s\":\"%s\"}}".formatted(key, value.replace("\n", "\\n")));
  }

  /** Waits until the pods of a controller have that Secret, and no others are left. */
  private static void awaitRolled(String controller, String secret) {
    String kind =
        controller.equals("baton-server")
            ? STORY
                .cluster()
                .kubectl("get", "statefulsets,deployments", "-o", "name")
                .lines()
                .filter(it -> it.endsWith("/baton-server"))
                .findFirst()
                .orElseThrow()
            : "deployment/" + controller;
    await(controller + " has " + secret)
        .atMost(Duration.ofMinutes(1))
        .until(() ->
            STORY
                .cluster()
                .tryKubectl("get", kind, "-o", "jsonpath={.spec.template.spec.volumes}")
                .output()
                .contains(secret));
    STORY.cluster().kubectl("rollout", "status", kind, "--timeout=120s");
  }

  /**
   * The kubelet looks at a pod that has changed at once, and at what it mounts; else in a minute.
   */
  private static void syncPods() {
    STORY
        .cluster()
        .kubectl("annotate", "pods", "--all", "--overwrite", "example.org/sync=" + Instant.now());
  }

  /** Waits until the kubelet has written the tokens where they are read. */
  private void awaitInFiles(String ofOperator, String ofWorkers) {
    Map<String, String> pending = new TreeMap<>();
    pending.put("job/rotated", ofWorkers);
    pods("app.kubernetes.io/name=baton-operator").forEach(pod -> pending.put(pod, ofOperator));
    pods("baton.dev/workergroup=workers").forEach(pod -> pending.put(pod, ofWorkers));
    await("the rotated tokens are in the pods")
        .atMost(Duration.ofMinutes(2))
        .pollDelay(Duration.ZERO)
        .pollInterval(LOOK_EVERY)
        .untilAsserted(() -> {
          syncPods();
          pending.entrySet().removeIf(it -> read(it.getKey()).equals(it.getValue()));
          assertThat(pending.keySet()).isEmpty();
        });
  }

  private static String read(String pod) {
    String file =
        pod.startsWith("job/")
            ? CLIENT_FILE
            : pod.startsWith("baton-operator") ? OPERATOR_FILE : WORKER_FILE;
    return STORY.cluster().tryKubectl("exec", pod, "--", "cat", file).output().strip();
  }

  /** How many streams the server has ended because their key is gone. */
  private double endedByKey() {
    return pods("app.kubernetes.io/name=baton-server")
        .map(pod -> scrape(pod + ":9090/proxy/metrics"))
        .flatMap(text -> ENDED_BY_KEY.matcher(text).results())
        .mapToDouble(found -> Double.parseDouble(found.group(1)))
        .sum();
  }

  /** Name, uid and restarts of each pod. */
  private static String podsAsTheyAre() {
    return STORY
            .cluster()
            .kubectl(
                "get",
                "pods",
                "-l",
                "app.kubernetes.io/part-of=baton",
                "-o",
                "jsonpath={range .items[*]}{.metadata.name} {.metadata.uid}"
                    + " {.status.containerStatuses[0].restartCount}{\"\\n\"}{end}")
        + STORY
            .cluster()
            .kubectl(
                "get",
                "pods",
                "-l",
                "baton.dev/workergroup=workers",
                "-o",
                "jsonpath={range .items[*]}{.metadata.name} {.metadata.uid}"
                    + " {.status.containerStatuses[0].restartCount}{\"\\n\"}{end}");
  }

  private static String logs(String selector) {
    return STORY.cluster().kubectl("logs", "-l", selector, "--tail=-1");
  }

  private static String leftOf(String selector) {
    return STORY
        .cluster()
        .kubectl(
            "get",
            "workergroups,deployments,replicasets,statefulsets,services,pods",
            "-l",
            selector,
            "-o",
            "name");
  }

  private String helm(String verb, List<String> values, String... options) {
    List<String> arguments = new ArrayList<>(List.of(verb, "baton"));
    if (!verb.equals("uninstall")) {
      arguments.add("charts/baton");
    }
    arguments.addAll(values);
    arguments.addAll(List.of(options));
    return run("helm", arguments).orFail("helm " + verb);
  }

  private String baton(String... arguments) {
    return run("./kubectl-baton", List.of(arguments))
        .orFail("kubectl baton " + String.join(" ", arguments));
  }

  private Shell.Result run(String command, List<String> arguments) {
    return Shell.run(
        Stream.of(
                Stream.of(command),
                arguments.stream(),
                Stream.of("--namespace=baton", "--kubeconfig=" + kubeconfig))
            .flatMap(part -> part)
            .toArray(String[]::new));
  }
}
