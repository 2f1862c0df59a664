package dev.baton.operator;

import dev.baton.operator.metrics.OperatorMetrics;
import dev.baton.operator.pods.NodeWatch;
import dev.baton.operator.pods.PodWatch;
import dev.baton.operator.pods.ReportTimings;
import dev.baton.operator.reconcile.EventRecorder;
import dev.baton.operator.reconcile.SecretTokens;
import dev.baton.operator.server.GroupsApi;
import dev.baton.operator.server.WatchTimings;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.api.monitoring.Metrics;
import io.javaoperatorsdk.operator.monitoring.micrometer.MicrometerMetricsV2;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
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
  GroupsApi groupsApi(KubernetesClient client) {
    return new GroupsApi(new SecretTokens(client), SERVER_TIMEOUT);
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
      Clock clock) {
    return new PodWatch(
        client,
        namespaces.orElse(Set.of()),
        api,
        ReportTimings.DEFAULT,
        events::record,
        metrics,
        clock);
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
      @ConfigProperty(name = "baton.watch-namespaces") Optional<Set<String>> namespaces) {
    return new NodeWatch(client, namespaces.orElse(Set.of()).isEmpty());
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
