package dev.baton.operator;

import dev.baton.operator.metrics.OperatorMetrics;
import dev.baton.operator.pods.PodWatch;
import dev.baton.operator.resources.Wiring;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.javaoperatorsdk.operator.api.config.LeaderElectionConfiguration;
import io.javaoperatorsdk.operator.api.config.LeaderElectionConfigurationBuilder;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.ShutdownEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which of several operators acts: the one that holds the Lease. The others have their caches
 * filled and wait. Who is asked to stop gives the Lease back; who loses it against its will ends,
 * because what it had begun may still be under way.
 */
@Singleton
class Leadership {

  private static final Logger log = LoggerFactory.getLogger(Leadership.class);

  /** A leader that vanishes is followed after this long. */
  private static final Duration LEASE_DURATION = Duration.ofSeconds(10);

  /** A leader that could not renew for so long gives up, before anybody else may begin. */
  private static final Duration RENEW_DEADLINE = Duration.ofSeconds(7);

  /** A Lease that was given back is taken within this. */
  private static final Duration RETRY_PERIOD = Duration.ofSeconds(1);

  private static final int BEFORE_THE_OPERATOR = 1;
  private static final int AFTER_THE_OPERATOR = 5_000;

  private final KubernetesClient client;
  private final PodWatch pods;
  private final OperatorMetrics metrics;
  private final String lease;
  private final String identity;
  private volatile boolean stopping;

  Leadership(
      KubernetesClient client,
      PodWatch pods,
      OperatorMetrics metrics,
      @ConfigProperty(name = "baton.lease", defaultValue = Wiring.OPERATOR) String lease) {
    this.client = client;
    this.lease = lease;
    this.pods = pods;
    this.metrics = metrics;
    this.identity =
        Optional.ofNullable(System.getenv("HOSTNAME"))
                .filter(it -> !it.isBlank())
                .orElse("operator")
            + "-"
            + ProcessHandle.current().pid();
  }

  @Produces
  @Singleton
  LeaderElectionConfiguration election() {
    // Without the System.exit of build(): where the end has begun already it would wait for ever.
    return LeaderElectionConfigurationBuilder.aLeaderElectionConfiguration(lease)
        .withIdentity(identity)
        .withLeaseDuration(LEASE_DURATION)
        .withRenewDeadline(RENEW_DEADLINE)
        .withRetryPeriod(RETRY_PERIOD)
        .withLeaderCallbacks(
            new LeaderCallbacks(
                this::begin,
                this::end,
                leader -> log.info("{} leads", leader.isEmpty() ? "nobody" : leader)))
        .buildForTest(false);
  }

  private void begin() {
    metrics.leads(true);
    pods.lead();
  }

  private void end() {
    metrics.leads(false);
    if (!stopping) {
      log.error("the lease was lost: this operator ends and is started again");
      Quarkus.asyncExit(1);
    }
  }

  void stopping(@Observes @Priority(BEFORE_THE_OPERATOR) ShutdownEvent event) {
    stopping = true;
  }

  /** Gives the Lease back: nothing acts here any more. The elector does not do it when it ends. */
  void stopped(@Observes @Priority(AFTER_THE_OPERATOR) ShutdownEvent event) {
    try {
      Lease held = client.leases().inNamespace(client.getNamespace()).withName(lease).get();
      if (held != null && identity.equals(held.getSpec().getHolderIdentity())) {
        client
            .resource(
                new LeaseBuilder(held)
                    .editSpec()
                    .withHolderIdentity("")
                    .withLeaseDurationSeconds(1)
                    .endSpec()
                    .build())
            .update();
        log.info("the lease is given back");
      }
    } catch (KubernetesClientException e) {
      log.warn("the lease was not given back and will run out: {}", e.getMessage());
    }
  }
}
