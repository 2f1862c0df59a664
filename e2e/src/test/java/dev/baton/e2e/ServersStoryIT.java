package dev.baton.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import dev.baton.e2e.WorkerLine.Kind;
import dev.baton.testing.Postgres;
import io.fabric8.kubernetes.api.model.Pod;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three servers over the chart's own PostgreSQL. While a Job's calls run, the owner, another server
 * and the database are lost and the servers are rolled: the Job completes, and no call runs twice.
 */
@ExtendWith(Docker.class)
@TestInstance(Lifecycle.PER_CLASS)
@Timeout(value = 6, unit = TimeUnit.MINUTES)
class ServersStoryIT {
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final int SERVERS = 3;
  private static final int WORKERS = 5;
  private static final int CALLS = 60;
  private static final String OWNS = "baton_cluster_owner 1.0";

  private static final List<String> VALUES =
      List.of(
          "--set=server.replicas=" + SERVERS,
          "--set=storage.type=postgres",
          "--set=storage.postgres.embedded.enabled=true",
          "--set=storage.postgres.embedded.image.repository=baton-postgres",
          "--set=storage.postgres.embedded.image.tag=dev",
          "--set=networkPolicy.enabled=true",
          // All of this shares one machine with whatever else it does: who comes back may be slow.
          "--set=server.args={--handover-replica-grace=20000}",
          "--set=operator.replicas=1");

  @RegisterExtension static final Story STORY = Story.ofEmptyCluster();

  @BeforeAll
  void install(@TempDir Path scratch) {
    if (!Boolean.parseBoolean(System.getenv("BATON_REQUIRE_CLUSTER"))) {
      assumeThat(Shell.run("helm", "version").exitCode()).as("helm is there").isZero();
      assumeThat(Postgres.isAvailable()).as("there is a PostgreSQL for this machine").isTrue();
    }
    Cluster cluster = STORY.cluster();
    Shell.run("e2e/postgres/image.sh", Postgres.home().toString(), cluster.containerId())
        .orFail("building the image of PostgreSQL");
    Path kubeconfig = scratch.resolve("kubeconfig.yaml");
    cluster.writeKubeconfig(kubeconfig);
    cluster.kubectl("apply", "-k", "/deploy/namespace");
    List<String> install = new ArrayList<>(List.of("helm", "install", "baton", "charts/baton"));
    install.addAll(VALUES);
    install.addAll(
        List.of("--namespace=baton", "--kubeconfig=" + kubeconfig, "--wait", "--timeout=180s"));
    Instant began = Instant.now();
    String notes = Shell.run(install.toArray(String[]::new)).orFail("helm install");
    STORY.figure("install of three servers and their PostgreSQL", began);
    assertThat(notes).contains("3 over the chart's own PostgreSQL", "no production");
    STORY.group("workers").apply("baton-worker:dev", "replicas: " + WORKERS);
    STORY.group("workers").awaitWorkers(WORKERS);
  }

  @Test
  void noCallRunsTwiceWhileOwnerServerAndDatabaseAreLostAndTheServersAreRolled() {
    ClientRun run = ClientRun.start(STORY.cluster(), "servers", CALLS, 3, 5);
    STORY.log().awaitLine(line -> run.ids().contains(line.call()));

    String owner = awaitOwner(Set.of());
    lose(owner, "--grace-period=0", "--force");
    String next = awaitOwner(Set.of(owner));
    String other = servers().stream().filter(it -> !it.equals(next)).findFirst().orElseThrow();
    lose(other);
    awaitServers(Set.of(owner, other));

    Instant away = Instant.now();
    lose("baton-postgres-0");
    await("the database, and an owner of what is in it")
        .atMost(LIMIT)
        .until(() -> isReady("baton-postgres-0") && owner(Set.of()).isPresent());
    STORY.figure("the database's pod deleted, until there is an owner again", away);

    Set<String> rolled = servers();
    assertThat(unfinished(run)).as("calls that run while the servers are rolled").isPositive();
    Instant roll = Instant.now();
    STORY.cluster().kubectl("rollout", "restart", "deployment/baton-server");
    awaitServers(rolled);
    STORY.figure("roll of three servers", roll);

    run.succeeds(LIMIT);
    STORY.log().awaitEnds(run.ids());
    assertThat(run.ids())
        .allSatisfy(id ->
            assertThat(STORY.log().of(id))
                .extracting(WorkerLine::kind)
                .containsExactly(Kind.STARTED, Kind.FINISHED));
  }

  private static void lose(String pod, String... how) {
    List<String> command = new ArrayList<>(List.of("delete", "pod", pod, "--wait=false"));
    command.addAll(List.of(how));
    STORY.cluster().kubectl(command.toArray(String[]::new));
  }

  private static long unfinished(ClientRun run) {
    return run.ids().stream()
        .filter(id -> STORY.log().of(id).stream().noneMatch(line -> line.kind() == Kind.FINISHED))
        .count();
  }

  /** The one that says that it owns the store, none of those that are left out. */
  private static String awaitOwner(Set<String> without) {
    Instant from = Instant.now();
    String owner =
        await("an owner other than " + without)
            .atMost(LIMIT)
            .pollInterval(Duration.ofMillis(50))
            .until(() -> owner(without), Optional::isPresent)
            .orElseThrow();
    if (!without.isEmpty()) {
      STORY.figure("the owner's pod deleted by force, until another is seen to own", from);
    }
    return owner;
  }

  private static Optional<String> owner(Set<String> without) {
    return servers().stream()
        .filter(it -> !without.contains(it))
        .filter(it ->
            STORY
                .cluster()
                .tryKubectl(
                    "get",
                    "--request-timeout=5s",
                    "--raw",
                    "/api/v1/namespaces/baton/pods/" + it + ":9090/proxy/metrics")
                .output()
                .contains(OWNS))
        .findFirst();
  }

  /** Waits for as many as there should be, all ready, and none of those that are lost. */
  private static void awaitServers(Set<String> lost) {
    await("three servers, none of " + lost)
        .atMost(LIMIT)
        .pollInterval(Duration.ofMillis(250))
        .until(() -> {
          Set<String> now = servers();
          return now.size() == SERVERS
              && now.stream().noneMatch(lost::contains)
              && now.stream().allMatch(ServersStoryIT::isReady);
        });
  }

  /** The servers that are not about to end. */
  private static Set<String> servers() {
    return STORY.cluster().pods("app.kubernetes.io/name", "baton-server").stream()
        .map(Pod::getMetadata)
        .filter(it -> it.getDeletionTimestamp() == null)
        .map(it -> Objects.requireNonNull(it.getName()))
        .collect(Collectors.toSet());
  }

  private static boolean isReady(String name) {
    Pod pod = STORY.cluster().pod(name);
    return pod != null
        && pod.getMetadata().getDeletionTimestamp() == null
        && pod.getStatus().getConditions().stream()
            .anyMatch(it -> it.getType().equals("Ready") && it.getStatus().equals("True"));
  }
}
