package dev.baton.operator.pods;

import dev.baton.operator.api.v1alpha1.WorkerGroup;
import dev.baton.operator.metrics.OperatorMetrics;
import dev.baton.operator.plan.Note;
import dev.baton.operator.resources.Wiring;
import dev.baton.operator.server.AllowedServers;
import dev.baton.operator.server.GroupsApi;
import dev.baton.operator.server.IpAddresses;
import dev.baton.operator.server.Signal;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import java.time.Clock;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Watches the pods of all WorkerGroups and has the server told. */
public final class PodWatch implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(PodWatch.class);
  private static final String BY_IP = "ip";
  private static final String BY_GROUP = "group";
  private static final String BY_NODE = "node";

  private final Clock clock;
  private final BiConsumer<WorkerGroup, Note> events;
  private final PodReporter reporter;
  private final PodInformers informer;
  private final List<BiConsumer<String, String>> listeners = new CopyOnWriteArrayList<>();
  private volatile BiFunction<String, String, @Nullable WorkerGroup> groups = (_, _) -> null;

  private volatile Predicate<WorkerGroup> ours = _ -> true;

  private volatile AllowedServers allowedServers = AllowedServers.ALL;

  /** The pods' workers, by uid. */
  private final Map<String, PodWorker> workers = new ConcurrentHashMap<>();

  /** What is to be told if this operator gets to lead. */
  private final Withheld withheld;

  /** How far each pod's life has been told, by uid. */
  private final Map<String, PodLife> lives = new ConcurrentHashMap<>();

  /** Of the whole cluster. */
  public PodWatch(
      KubernetesClient client,
      GroupsApi api,
      ReportTimings timings,
      BiConsumer<WorkerGroup, Note> events,
      OperatorMetrics metrics,
      Clock clock) {
    this(client, Set.of(), api, timings, events, metrics, clock);
  }

  /**
   * With whom to tell events of WorkerGroups.
   *
   * @param namespaces empty: the whole cluster
   */
  public PodWatch(
      KubernetesClient client,
      Set<String> namespaces,
      GroupsApi api,
      ReportTimings timings,
      BiConsumer<WorkerGroup, Note> events,
      OperatorMetrics metrics,
      Clock clock) {
    this.clock = clock;
    this.events = events;
    this.withheld = new Withheld(clock);
    this.reporter = new PodReporter(api, timings, this::isSharedIp, this::told, metrics, clock);
    this.informer =
        new PodInformers(
            client,
            namespaces,
            Map.of(BY_IP, IpAddresses::shownBy, BY_GROUP, PodWatch::group, BY_NODE, PodWatch::node),
            new Handler());
  }

  /** Begins; returns at once, and keeps on trying while the API server is away. */
  public void start() {
    informer.start();
  }

  /** Tells the server from now on, beginning with what the leader before may not have told. */
  public void lead() {
    withheld.release(reporter::report);
  }

  /**
   * Nothing runs any more on a node: the workers of its pods are gone, long before the pods are.
   */
  public void nodeGone(String node) {
    for (Pod pod : informer.byIndex(BY_NODE, node)) {
      PodWorker worker = PodWorker.of(pod);
      PodLife life = worker == null ? null : lives.get(worker.uid());
      if (worker != null && life != null && !life.ended()) {
        lives.put(worker.uid(), new PodLife(life.leaving(), true, life.endedContainer()));
        tell(
            new PodSignal.Gone(
                worker, "was on node " + node + ", which is gone", false, true, null));
      }
    }
  }

  /** With the only servers that are told about pods, by namespace. */
  public void allowOnly(AllowedServers servers) {
    allowedServers = servers;
  }

  /** The only servers that are spoken to, by namespace. */
  public AllowedServers allowedServers() {
    return allowedServers;
  }

  /** With how to find a WorkerGroup by namespace and name; null where it is not known. */
  public void findGroupsWith(BiFunction<String, String, @Nullable WorkerGroup> finder) {
    groups = finder;
  }

  /** With which WorkerGroups' pods are told about; those of one that is not known are. */
  public void lookAfterOnly(Predicate<WorkerGroup> looksAfter) {
    ours = looksAfter;
  }

  /**
   * Has the server of the pod told what a plan wants, in the order of all that is told about it;
   * returns at once. What is wanted again while it is under way is not told twice.
   */
  public void tell(String uid, Signal signal, List<String> pids) {
    PodWorker worker = workers.get(uid);
    if (worker != null && allowedServers.allow(worker.namespace(), worker.address().server())) {
      reporter.report(new PodSignal.Wanted(worker, signal, pids));
    }
  }

  /** What the servers took last of what plans wanted, by uid; nothing of those not asked for. */
  public Map<String, Signal> told(Collection<String> uids) {
    return reporter.told(uids);
  }

  /** Whether pods are being watched. */
  public boolean isWatching() {
    return informer.isWatching();
  }

  /** Whether all pods have been listed. */
  public boolean hasListed() {
    return informer.hasSynced();
  }

  /** The pods of a WorkerGroup. */
  public List<Pod> of(WorkerGroup group) {
    return informer.byIndex(
        BY_GROUP, key(group.getMetadata().getNamespace(), group.getMetadata().getName()));
  }

  /** Tells the namespace and the name of each WorkerGroup that has pods, some more than once. */
  public void forEachGroup(BiConsumer<String, String> listener) {
    informer.forEach(pod -> listener.accept(pod.getMetadata().getNamespace(), groupOf(pod)));
  }

  /** Is told the namespace and the name of a WorkerGroup whenever one of its pods has changed. */
  public void onChange(BiConsumer<String, String> listener) {
    listeners.add(listener);
  }

  @Override
  public void close() {
    informer.close();
  }

  private void seen(Pod pod) {
    PodWorker worker = PodWorker.of(pod);
    if (worker != null) {
      PodLife.Step step = PodLife.seen(lives.get(worker.uid()), pod, worker, clock.instant());
      lives.put(worker.uid(), step.life());
      workers.put(worker.uid(), worker);
      step.signals().forEach(this::tell);
    }
  }

  private void removed(Pod pod) {
    PodWorker worker = PodWorker.of(pod);
    if (worker != null) {
      workers.remove(worker.uid());
      PodLife.removed(lives.remove(worker.uid()), worker).forEach(this::tell);
      reporter.forget(worker.uid());
    }
  }

  private void tell(PodSignal signal) {
    PodWorker worker = signal.worker();
    WorkerGroup group = groups.apply(worker.namespace(), worker.workerGroup());
    if (group != null && !ours.test(group)) {
      return;
    }
    if (!allowedServers.allow(worker.namespace(), worker.address().server())) {
      return;
    }
    if (!withheld.take(signal)) {
      reporter.report(signal);
    }
  }

  private boolean isSharedIp(String ip, String uid) {
    return informer.byIndex(BY_IP, ip).stream()
        .anyMatch(other -> !other.getMetadata().getUid().equals(uid));
  }

  private static List<String> group(Pod pod) {
    return List.of(key(pod.getMetadata().getNamespace(), groupOf(pod)));
  }

  private static List<String> node(Pod pod) {
    String name = pod.getSpec() == null ? null : pod.getSpec().getNodeName();
    return name == null ? List.of() : List.of(name);
  }

  private static String groupOf(Pod pod) {
    return pod.getMetadata().getLabels().getOrDefault(Wiring.WORKER_GROUP_LABEL, "");
  }

  private static String key(String namespace, String name) {
    return namespace + "/" + name;
  }

  private void changed(Pod pod) {
    listeners.forEach(it -> it.accept(pod.getMetadata().getNamespace(), groupOf(pod)));
  }

  /** On a reporter's thread, after the server has been told. */
  private void told(PodWorker worker, @Nullable Note note) {
    if (note == null) {
      listeners.forEach(it -> it.accept(worker.namespace(), worker.workerGroup()));
      return;
    }
    WorkerGroup group = groups.apply(worker.namespace(), worker.workerGroup());
    if (group != null) {
      events.accept(group, note);
    } else { // deleted: the log is the only place left
      log.info("{}/{}: {}", worker.namespace(), worker.workerGroup(), note.message());
    }
  }

  /** Hands over and returns: a slow one would hold up the informer. */
  private final class Handler implements ResourceEventHandler<Pod> {
    @Override
    public void onAdd(Pod pod) {
      seen(pod);
      changed(pod);
    }

    @Override
    public void onUpdate(Pod before, Pod after) {
      seen(after);
      changed(after);
    }

    @Override
    public void onDelete(Pod pod, boolean deletedFinalStateUnknown) {
      removed(pod);
      changed(pod);
    }
  }
}
