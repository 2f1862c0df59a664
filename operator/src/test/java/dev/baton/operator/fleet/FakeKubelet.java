package dev.baton.operator.fleet;

import dev.baton.operator.NodeReports;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.PodConditionBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Nodes that say that their pods run, and run nothing. */
final class FakeKubelet implements AutoCloseable {

  private static final String NODE = "fake-node-";
  private static final PatchContext MERGE = PatchContext.of(PatchType.STRATEGIC_MERGE);

  private final KubernetesClient client;
  private final FleetServer server;
  private final ExecutorService work = Executors.newFixedThreadPool(16);
  private final ScheduledExecutorService beats = Executors.newSingleThreadScheduledExecutor();
  private final SharedIndexInformer<Pod> informer;
  private final Set<String> started = ConcurrentHashMap.newKeySet();
  private final Set<String> told = ConcurrentHashMap.newKeySet();
  private final Set<String> removed = ConcurrentHashMap.newKeySet();
  private final Map<String, Integer> numbers = new ConcurrentHashMap<>();
  private final AtomicInteger addresses = new AtomicInteger();

  FakeKubelet(KubernetesClient client, FleetServer server, int nodes) {
    this.client = client;
    this.server = server;
    for (int i = 0; i < nodes; i++) {
      makeNode(NODE + i);
    }
    beats.scheduleAtFixedRate(() -> beat(nodes), 5, 5, TimeUnit.SECONDS);
    informer =
        client
            .pods()
            .inAnyNamespace()
            .withLabel("baton.dev/workergroup")
            .inform(
                new ResourceEventHandler<>() {
                  @Override
                  public void onAdd(Pod pod) {
                    seen(pod);
                  }

                  @Override
                  public void onUpdate(Pod before, Pod pod) {
                    seen(pod);
                  }

                  @Override
                  public void onDelete(Pod pod, boolean unknown) {
                    server.disconnect(group(pod), pod.getMetadata().getName());
                  }
                });
  }

  int ready() {
    return told.size();
  }

  List<Pod> pods() {
    return new ArrayList<>(informer.getIndexer().list());
  }

  /** Lets the pod's processes end, and tells so. */
  void fail(Pod pod) {
    client
        .resource(
            new PodBuilder()
                .withNewMetadata()
                .withNamespace(pod.getMetadata().getNamespace())
                .withName(pod.getMetadata().getName())
                .endMetadata()
                .withNewStatus()
                .withPhase("Failed")
                .endStatus()
                .build())
        .subresource("status")
        .patch(MERGE);
  }

  @Override
  public void close() {
    informer.close();
    beats.shutdownNow();
    work.shutdownNow();
  }

  private static String group(Pod pod) {
    return pod.getMetadata().getAnnotations().getOrDefault("baton.dev/group", "");
  }

  private void seen(Pod pod) {
    String node = pod.getSpec().getNodeName();
    if (node == null || !node.startsWith(NODE)) {
      return;
    }
    String uid = pod.getMetadata().getUid();
    if (pod.getMetadata().getDeletionTimestamp() != null) {
      if (removed.add(uid)) {
        submit(() -> {
          server.disconnect(group(pod), pod.getMetadata().getName());
          client.resource(pod).withGracePeriod(0).delete();
        });
      }
    } else if (started.add(uid)) {
      submit(() -> {
        say(pod, false);
        server.connect(group(pod), pod.getMetadata().getName());
      });
    } else if (isConnected(pod) && told.add(uid)) {
      submit(() -> say(pod, true));
    }
  }

  private static boolean isConnected(Pod pod) {
    return pod.getStatus().getConditions().stream()
        .anyMatch(
            it -> it.getType().equals("baton.dev/connected") && it.getStatus().equals("True"));
  }

  private void submit(Runnable task) {
    work.submit(() -> {
      try {
        task.run();
      } catch (KubernetesClientException e) {
        if (e.getCode() != 404) {
          System.err.println(
              "fake kubelet: "
                  + e.getCode()
                  + " "
                  + String.valueOf(e.getMessage()).split(" Message")[0]);
        }
      }
    });
  }

  private void say(Pod pod, boolean ready) {
    int n = numbers.computeIfAbsent(pod.getMetadata().getUid(), _ -> addresses.incrementAndGet());
    String ip = "10.%d.%d.%d".formatted(100 + (n >> 16), n >> 8 & 255, n & 255);
    client
        .resource(
            new PodBuilder()
                .withNewMetadata()
                .withNamespace(pod.getMetadata().getNamespace())
                .withName(pod.getMetadata().getName())
                .endMetadata()
                .withNewStatus()
                .withPhase("Running")
                .withPodIP(ip)
                .addNewPodIP(ip)
                .addNewContainerStatus()
                .withName("worker")
                .withReady(true)
                .withStarted(true)
                .withImage("worker:1")
                .withImageID("worker:1")
                .withContainerID("containerd://" + pod.getMetadata().getUid())
                .withNewState()
                .withNewRunning(Instant.now().toString())
                .endState()
                .endContainerStatus()
                .withConditions(
                    condition("Initialized", true),
                    condition("ContainersReady", true),
                    condition("Ready", ready))
                .endStatus()
                .build())
        .subresource("status")
        .patch(MERGE);
  }

  private static PodCondition condition(String type, boolean is) {
    return new PodConditionBuilder()
        .withType(type)
        .withStatus(is ? "True" : "False")
        .withLastTransitionTime(Instant.now().truncatedTo(ChronoUnit.SECONDS).toString())
        .build();
  }

  private void makeNode(String name) {
    Map<String, Quantity> room =
        Map.of(
            "cpu",
            new Quantity("4000"),
            "memory",
            new Quantity("4Ti"),
            "pods",
            new Quantity("500"));
    var node =
        new NodeBuilder()
            .withNewMetadata()
            .withName(name)
            .addToLabels("baton.dev/fake", "true")
            .endMetadata()
            .withNewStatus()
            .withCapacity(room)
            .withAllocatable(room)
            .endStatus()
            .build();
    client.resource(node).createOr(it -> it.update());
    client.resource(node).subresource("status").patch(MERGE);
    NodeReports.ready(client, name);
    NodeReports.renewLease(client, name);
  }

  private void beat(int nodes) {
    for (int i = 0; i < nodes; i++) {
      try {
        NodeReports.renewLease(client, NODE + i);
      } catch (KubernetesClientException e) {
        System.err.println(
            "fake kubelet: "
                + e.getCode()
                + " "
                + String.valueOf(e.getMessage()).split(" Message")[0]);
      }
    }
  }
}
