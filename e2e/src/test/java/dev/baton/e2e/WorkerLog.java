package dev.baton.e2e;

import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/**
 * What all workers of the namespace have told, also those that are gone: each container's log is
 * followed from the moment that it runs, because Kubernetes drops it with the pod.
 */
final class WorkerLog implements AutoCloseable {
  private static final long LOOK_EVERY_MS = 100;

  private final KubernetesClient client;
  private final List<WorkerLine> lines = new CopyOnWriteArrayList<>();
  private final Set<WorkerLine> known = ConcurrentHashMap.newKeySet();
  private final List<String> troubles = new CopyOnWriteArrayList<>();
  private final Set<String> followed = new HashSet<>();
  private final ScheduledExecutorService look = Executors.newSingleThreadScheduledExecutor();
  private volatile boolean closed;

  WorkerLog(KubernetesClient client) {
    this.client = client;
    look.scheduleWithFixedDelay(this::followNew, 0, LOOK_EVERY_MS, TimeUnit.MILLISECONDS);
  }

  List<WorkerLine> lines() {
    return List.copyOf(lines);
  }

  /** A log that is read again tells again what is known. */
  private void add(WorkerLine line) {
    if (known.add(line)) {
      lines.add(line);
    }
  }

  List<WorkerLine> of(String call) {
    return lines.stream().filter(line -> line.call().equals(call)).toList();
  }

  /** How many of the calls have ended, as far as is told. */
  long finished(List<String> calls) {
    return calls.stream().filter(call -> endOf(call).isPresent()).count();
  }

  /** What stood in the way of reading; it was tried again. */
  List<String> troubles() {
    return List.copyOf(troubles);
  }

  /** Waits for the first line that is wanted. */
  WorkerLine awaitLine(Predicate<WorkerLine> wanted) {
    return await("a line of the workers' log")
        .atMost(Duration.ofMinutes(3))
        .pollInterval(Duration.ofMillis(20))
        .until(() -> lines.stream().filter(wanted).findFirst(), Optional::isPresent)
        .orElseThrow();
  }

  /** Waits for the end of each call, which the log tells with a small delay; returns the last. */
  Instant awaitEnds(List<String> calls) {
    await("the end of each of " + calls)
        .atMost(Duration.ofSeconds(20))
        .until(() -> calls.stream().allMatch(call -> endOf(call).isPresent()));
    return calls.stream()
        .map(call -> endOf(call).orElseThrow())
        .max(Comparator.naturalOrder())
        .orElseThrow();
  }

  private Optional<Instant> endOf(String call) {
    return of(call).stream()
        .filter(line -> line.kind() == WorkerLine.Kind.FINISHED)
        .map(WorkerLine::at)
        .findFirst();
  }

  @Override
  public void close() {
    closed = true;
    look.shutdownNow();
  }

  private void followNew() {
    try {
      client.pods().inNamespace(Cluster.NAMESPACE).list().getItems().forEach(this::followNew);
    } catch (RuntimeException e) {
      // Whatever it is, the next look is soon; an exception let go would end all looking.
      troubles.add(Instant.now() + " looking for containers: " + e);
    }
  }

  private void followNew(Pod pod) {
    for (var container : pod.getStatus().getContainerStatuses()) {
      var id = container.getContainerID();
      if (runs(pod, id) && followed.add(id)) {
        Thread.ofVirtual().start(() -> new Follower(pod, container.getName(), id).run());
      }
    }
  }

  private static boolean runs(Pod pod, String containerId) {
    return pod.getStatus().getContainerStatuses().stream()
        .anyMatch(container ->
            containerId != null
                && containerId.equals(container.getContainerID())
                && container.getState().getRunning() != null);
  }

  /**
   * Reads the log of one container to its end. The stream may end or fail before the container
   * does, with a busy kubelet for one; then it is read once more.
   */
  private final class Follower {
    private final Pod pod;
    private final String container;
    private final String id;

    Follower(Pod pod, String container, String id) {
      this.pod = pod;
      this.container = container;
      this.id = id;
    }

    void run() {
      boolean isLast = false;
      while (!closed && !isLast) {
        isLast = !stillRuns(); // asked before: what it writes last is read as well
        read();
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(LOOK_EVERY_MS));
      }
    }

    private boolean stillRuns() {
      try {
        var now = client.pods().resource(pod).get();
        return now != null && runs(now, id);
      } catch (RuntimeException e) {
        trouble(e.toString());
        return true;
      }
    }

    private void read() {
      try (var watch = client.pods().resource(pod).inContainer(container).watchLog();
          var reader =
              new BufferedReader(
                  new InputStreamReader(watch.getOutput(), StandardCharsets.UTF_8))) {
        for (var line = reader.readLine(); line != null && !closed; line = reader.readLine()) {
          WorkerLine.parse(line).ifPresent(WorkerLog.this::add);
          if (line.startsWith("failed to ")) { // the kubelet's word, not the worker's
            trouble(line);
          }
        }
      } catch (IOException | RuntimeException e) {
        trouble(e.toString());
      }
    }

    private void trouble(String what) {
      troubles.add(
          "%s log of %s in %s: %s"
              .formatted(Instant.now(), container, pod.getMetadata().getName(), what));
    }
  }
}
