package dev.baton.e2e;

import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.LogWatch;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * What all workers of the namespace have told, also those that are gone: each container's log is
 * followed from the moment that it runs, because Kubernetes drops it with the pod.
 */
final class WorkerLog implements AutoCloseable {
  private static final long LOOK_EVERY_MS = 100;

  private final KubernetesClient client;
  private final List<WorkerLine> lines = new CopyOnWriteArrayList<>();
  private final Set<String> followed = new HashSet<>();
  private final List<LogWatch> watches = new CopyOnWriteArrayList<>();
  private final ScheduledExecutorService look = Executors.newSingleThreadScheduledExecutor();

  WorkerLog(KubernetesClient client) {
    this.client = client;
    look.scheduleWithFixedDelay(this::followNew, 0, LOOK_EVERY_MS, TimeUnit.MILLISECONDS);
  }

  List<WorkerLine> lines() {
    return List.copyOf(lines);
  }

  List<WorkerLine> of(String call) {
    return lines.stream().filter(line -> line.call().equals(call)).toList();
  }

  @Override
  public void close() {
    look.shutdownNow();
    watches.forEach(LogWatch::close);
  }

  private void followNew() {
    try {
      client.pods().inNamespace(Cluster.NAMESPACE).list().getItems().forEach(this::followNew);
    } catch (KubernetesClientException e) {
      // The API server is busy; the next look is soon.
    }
  }

  private void followNew(Pod pod) {
    for (var container : pod.getStatus().getContainerStatuses()) {
      if (container.getContainerID() != null
          && container.getState().getRunning() != null
          && !followed.contains(container.getContainerID())) {
        follow(pod, container);
        followed.add(container.getContainerID());
      }
    }
  }

  private void follow(Pod pod, ContainerStatus container) {
    var watch = client.pods().resource(pod).inContainer(container.getName()).watchLog();
    watches.add(watch);
    Thread.ofVirtual().start(() -> read(watch));
  }

  private void read(LogWatch watch) {
    try (var reader =
        new BufferedReader(new InputStreamReader(watch.getOutput(), StandardCharsets.UTF_8))) {
      for (var line = reader.readLine(); line != null; line = reader.readLine()) {
        WorkerLine.parse(line).ifPresent(lines::add);
      }
    } catch (IOException e) {
      // The pod is gone, and its log with it.
    }
  }
}
