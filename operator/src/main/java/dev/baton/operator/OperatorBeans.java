package dev.baton.operator;

import dev.baton.operator.metrics.OperatorMetrics;
import dev.baton.operator.pods.NodeWatch;
import dev.baton.operator.pods.PodWatch;
import dev.baton.operator.pods.ReportTimings;
import dev.baton.operator.reconcile.Budgets;
import dev.baton.operator.reconcile.EventRecorder;
import dev.baton.operator.reconcile.OperatorClass;
import dev.baton.operator.reconcile.OwnToken;
import dev.baton.operator.reconcile.SecretTokens;
import dev.baton.operator.server.AllowedServers;
import dev.baton.operator.server.GroupsApi;
import dev.baton.operator.server.Tokens;
import dev.baton.operator.server.TrustedCa;
import dev.baton.operator.server.WatchTimings;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.javaoperatorsdk.operator.api.monitoring.Metrics;
import io.javaoperatorsdk.operator.monitoring.micrometer.MicrometerMetricsV2;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** What the parts of the operator are made of. */
@Singleton
class OperatorBeans {

  /** A server that does not answer in two seconds is not reachable. */
  private static final Duration SERVER_TIMEOUT = Duration.ofSeconds(2);

  @Produces
  @Singleton
  Clock clock() {
    return Clock.systemUTC();
  }

  @Produces
  @Singleton
  WatchTimings watchTimings() {
    return WatchTimings.DEFAULT;
  }

  @Produces
  @Singleton
  GroupsApi groupsApi(
      KubernetesClient client,
      @ConfigProperty(name = "baton.server-token-file") Optional<Path> tokenFile,
      @ConfigProperty(name = "baton.server-token-for") Optional<Set<String>> tokenFor,
      @ConfigProperty(name = "baton.server-ca-file") Optional<Path> caFile,
      Clock clock) {
    Tokens secrets = new SecretTokens(client, clock);
    return new GroupsApi(
        tokenFile
            .map(file -> (Tokens) new OwnToken(secrets, file, tokenFor.orElse(Set.of()), clock))
            .orElse(secrets),
        SERVER_TIMEOUT,
        caFile.map(TrustedCa::context).orElse(null));
  }

  @Produces
  @Singleton
  Budgets budgets(
      @ConfigProperty(name = "baton.status-writes-per-second", defaultValue = "5") int statusWrites,
      @ConfigProperty(name = "baton.marks-per-second", defaultValue = "5") int marks,
      @ConfigProperty(name = "baton.busy-marks-per-second", defaultValue = "8") int busyMarks,
      @ConfigProperty(name = "baton.upgrade-groups-at-once", defaultValue = "10") int upgrades,
      @ConfigProperty(name = "baton.upgrade-pause", defaultValue = "10s") Duration upgradePause) {
    return new Budgets(statusWrites, marks, busyMarks, upgrades, upgradePause);
  }

  @Produces
  @Singleton
  OperatorClass operatorClass(@ConfigProperty(name = "baton.class") Optional<String> name) {
    return new OperatorClass(name.orElse(null));
  }

  @Produces
  @Singleton
  KubernetesSerialization serialization() {
    return new LeanSerialization();
  }

  @Produces
  @Singleton
  EventRecorder eventRecorder(KubernetesClient client, Clock clock) {
    return new EventRecorder(client, clock);
  }

  @Produces
  @Singleton
  PodWatch podWatch(
      KubernetesClient client,
      GroupsApi api,
      EventRecorder events,
      OperatorMetrics metrics,
      @ConfigProperty(name = "baton.watch-namespaces") Optional<Set<String>> namespaces,
      @ConfigProperty(name = "baton.allowed-servers") Optional<Set<String>> allowedServers,
      Clock clock) {
    PodWatch pods =
        new PodWatch(
            client,
            namespaces.orElse(Set.of()),
            api,
            ReportTimings.DEFAULT,
            events::record,
            metrics,
            clock);
    pods.allowOnly(AllowedServers.of(allowedServers.orElse(Set.of())));
    return pods;
  }

  @Produces
  @Singleton
  OperatorMetrics operatorMetrics(MeterRegistry registry) {
    return new OperatorMetrics(registry);
  }

  /** The one that the extension makes by itself stays silent in a packaged application. */
  @Produces
  @Singleton
  Metrics metrics(MeterRegistry registry) {
    return MicrometerMetricsV2.newBuilder(registry).build();
  }

  @Produces
  @Singleton
  @Readiness
  HealthCheck podsAreWatched(PodWatch pods) {
    return () -> HealthCheckResponse.named("pods are watched").status(pods.isWatching()).build();
  }

  @Produces
  @Singleton
  NodeWatch nodeWatch(
      KubernetesClient client,
      @ConfigProperty(name = "baton.watch-namespaces") Optional<Set<String>> namespaces,
      @ConfigProperty(name = "baton.leaving-taints") Optional<Set<String>> taints) {
    return new NodeWatch(client, namespaces.orElse(Set.of()).isEmpty(), taints.orElse(Set.of()));
  }

  void begin(@Observes StartupEvent event, PodWatch pods, NodeWatch nodes) {
    pods.start();
    nodes.start();
  }

  void end(@Observes ShutdownEvent event, PodWatch pods, NodeWatch nodes) {
    pods.close();
    nodes.close();
  }
}
