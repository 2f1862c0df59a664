package dev.baton.operator;

import dev.baton.operator.metrics.OperatorMetrics;
import dev.baton.operator.pods.NodeWatch;
import dev.baton.operator.pods.PodWatch;
import dev.baton.operator.pods.ReportTimings;
import dev.baton.operator.reconcile.Budgets;
import dev.baton.operator.reconcile.EventRecorder;
import dev.baton.operator.reconcile.OperatorClass;
import dev.baton.operator.reconcile.SecretTokens;
import dev.baton.operator.reconcile.WorkerGroupReconciler;
import dev.baton.operator.server.AllowedServers;
import dev.baton.operator.server.GroupsApi;
import dev.baton.operator.server.WatchTimings;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.Operator;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.Set;

/** The operator in this JVM, wired as {@link OperatorBeans} does, with the rights of its own. */
final class OperatorUnderTest implements AutoCloseable {

  private final KubernetesClient client = TestCluster.operator();
  private final GroupsApi api =
      new GroupsApi(new SecretTokens(client, Clock.systemUTC()), Duration.ofSeconds(2));
  private final EventRecorder events = new EventRecorder(client, Clock.systemUTC());
  private final OperatorMetrics metrics = new OperatorMetrics(new SimpleMeterRegistry());
  private final PodWatch pods =
      new PodWatch(client, api, ReportTimings.DEFAULT, events::record, metrics, Clock.systemUTC());
  private final NodeWatch nodes = new NodeWatch(client, true);
  private final Operator operator =
      new Operator(
          overrider -> overrider.withKubernetesClient(client).withCloseClientOnStop(false));

  OperatorUnderTest() {
    operator.register(
        new WorkerGroupReconciler(
            client,
            api,
            WatchTimings.DEFAULT,
            events,
            metrics,
            pods,
            nodes,
            Budgets.DEFAULT,
            OperatorClass.NONE,
            Clock.systemUTC()));
    pods.start();
    nodes.start();
    operator.start();
    pods.lead();
  }

  /** Speaks to these servers only, from now on; to all, if none is named. */
  void allowOnly(String... rules) {
    pods.allowOnly(AllowedServers.of(Set.of(rules)));
  }

  boolean isWatchingPods() {
    return pods.isWatching();
  }

  @Override
  public void close() {
    operator.stop();
    pods.close();
    nodes.close();
    api.close();
    client.close();
  }
}
