package dev.baton.operator.reconcile;

import dev.baton.operator.api.v1alpha1.Reason;
import dev.baton.operator.api.v1alpha1.RolloutStatus;
import dev.baton.operator.api.v1alpha1.WorkerGroup;
import dev.baton.operator.metrics.OperatorMetrics;
import dev.baton.operator.plan.Nodes;
import dev.baton.operator.plan.Note;
import dev.baton.operator.plan.ObservedState;
import dev.baton.operator.plan.Plan;
import dev.baton.operator.plan.PodStep;
import dev.baton.operator.plan.RolloutView;
import dev.baton.operator.plan.Sharing;
import dev.baton.operator.plan.StuckWork;
import dev.baton.operator.plan.Surroundings;
import dev.baton.operator.plan.WorkerGroupPlanner;
import dev.baton.operator.plan.Workforce;
import dev.baton.operator.pods.NodeLeases;
import dev.baton.operator.pods.NodeWatch;
import dev.baton.operator.pods.PodWatch;
import dev.baton.operator.resources.Track;
import dev.baton.operator.resources.Upgrade;
import dev.baton.operator.resources.Wiring;
import dev.baton.operator.server.GroupAddress;
import dev.baton.operator.server.GroupFigures;
import dev.baton.operator.server.GroupsApi;
import dev.baton.operator.server.ServerUnavailableException;
import dev.baton.operator.server.Sighting;
import dev.baton.operator.server.WatchTimings;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.MaxReconciliationInterval;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.IndexerResourceCache;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import io.javaoperatorsdk.operator.processing.event.source.informer.Mappers;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the cluster to what a WorkerGroup says. Reads caches only, except where they show no
 * Deployment.
 *
 * <p>It writes the status itself and only when it differs, and answers {@code noUpdate}: the SDK
 * then has no own write to filter, and no change of a spec is mistaken for one.
 */
@ControllerConfiguration(
    name = "workergroup",
    fieldManager = Wiring.OPERATOR,
    maxReconciliationInterval =
        @MaxReconciliationInterval(interval = 30, timeUnit = TimeUnit.SECONDS))
public final class WorkerGroupReconciler implements Reconciler<WorkerGroup> {

  private static final Logger log = LoggerFactory.getLogger(WorkerGroupReconciler.class);

  private static final String BY_GROUP = "group";
  private static final long LIST_AT_ONCE = 500;

  /** When the API server or the server could not be asked. */
  private static final Duration RETRY = Duration.ofSeconds(2);

  private final GroupsApi api;
  private final EventRecorder events;
  private final OperatorMetrics metrics;
  private final Standing standing;
  private final Clock clock;
  private final Executor executor;
  private final PodExecutor podExecutor;
  private final PodWatch pods;
  private final NodeWatch nodes;
  private final NodeLeases leases;
  private final FiguresEventSource figures;
  private final GroupCalls calls;
  private final GroupSlots slots;
  private final Revisions revisions;
  private final GateCalls gates;
  private final Turns<ResourceID> statusTurns;
  private final Turns<ResourceID> markTurns;
  private final Turns<ResourceID> busyMarkTurns;
  private final Waves<ResourceID> waves;
  private final OperatorClass operatorClass;
  private volatile @Nullable IndexerResourceCache<WorkerGroup> workerGroups;
  private final Map<String, Memory> memories = new ConcurrentHashMap<>();

  /** With what it speaks to. */
  public WorkerGroupReconciler(
      KubernetesClient client,
      GroupsApi api,
      WatchTimings timings,
      EventRecorder events,
      OperatorMetrics metrics,
      PodWatch pods,
      NodeWatch nodes,
      Budgets budgets,
      OperatorClass operatorClass,
      Clock clock) {
    this.api = api;
    this.metrics = metrics;
    this.standing = new Standing(metrics);
    this.events = events;
    this.clock = clock;
    this.pods = pods;
    this.nodes = nodes;
    this.leases = NodeLeases.of(client, clock);
    this.executor = new Executor(client, clock);
    this.podExecutor = new PodExecutor(client, pods, clock);
    UnservedGroups unserved = new UnservedGroups(events, metrics, clock);
    this.figures =
        new FiguresEventSource(
            api,
            timings,
            this::forget,
            this::follow,
            all -> {
              IndexerResourceCache<WorkerGroup> known = workerGroups;
              if (known != null) {
                unserved.look(all, known.list(it -> it.getSpec() != null));
              }
            });
    this.calls = new GroupCalls(figures::wake);
    this.slots = new GroupSlots(api, calls, figures, pods, this::find, this::servers);
    this.revisions = new Revisions(client);
    this.gates = new GateCalls(api, calls, clock);
    this.statusTurns = budgets.statuses(clock, figures::wake);
    this.markTurns = budgets.marks(clock, figures::wake);
    this.busyMarkTurns = budgets.busyMarks(clock, figures::wake);
    this.waves = budgets.upgrades(clock, figures::wake);
    this.operatorClass = operatorClass;
    pods.findGroupsWith(this::find);
    pods.lookAfterOnly(operatorClass::has);
    nodes.onGone(pods::nodeGone);
  }

  private void forget(WorkerGroup deleted) {
    if (operatorClass.has(deleted)) {
      slots.takeBack(deleted, memories.get(deleted.getMetadata().getUid()));
    }
    leave(deleted);
  }

  /** It is deleted, or another operator's from now on. */
  private void leave(WorkerGroup deleted) {
    waves.done(ResourceID.fromResource(deleted));
    memories.remove(deleted.getMetadata().getUid());
    statusTurns.forget(ResourceID.fromResource(deleted));
    markTurns.forget(ResourceID.fromResource(deleted));
    busyMarkTurns.forget(ResourceID.fromResource(deleted));
    metrics.forget(deleted.getMetadata().getNamespace(), deleted.getMetadata().getName());
  }

  @Override
  public List<EventSource<?, WorkerGroup>> prepareEventSources(
      EventSourceContext<WorkerGroup> context) {
    IndexerResourceCache<WorkerGroup> cache = context.getPrimaryCache();
    cache.addIndexers(Map.of(BY_GROUP, WorkerGroupReconciler::servedGroup));
    workerGroups = cache;
    var deployments =
        InformerEventSourceConfiguration.from(Deployment.class, WorkerGroup.class)
            .withLabelSelector(Wiring.MANAGED_BY_LABEL + "=" + Wiring.OPERATOR)
            .withSecondaryToPrimaryMapper(Mappers.fromOwnerReferences(WorkerGroup.class))
            .withInformerListLimit(LIST_AT_ONCE);
    if (isOfOneInformer(context)) { // a store is one informer's
      deployments.withItemStore(new DeploymentExcerpt.Store());
    }
    var budgets =
        InformerEventSourceConfiguration.from(PodDisruptionBudget.class, WorkerGroup.class)
            .withLabelSelector(Wiring.MANAGED_BY_LABEL + "=" + Wiring.OPERATOR)
            .withSecondaryToPrimaryMapper(Mappers.fromOwnerReferences(WorkerGroup.class))
            .withInformerListLimit(LIST_AT_ONCE)
            .build();
    return List.of(
        new InformerEventSource<>(deployments.build(), context),
        new InformerEventSource<>(budgets, context),
        figures,
        new PodEventSource(pods, nodes, leases, api.tokens()),
        new TurnsEventSource(List.of(statusTurns, markTurns, busyMarkTurns), waves));
  }

  /** Tasks have begun and ended: most of the time nobody has to look at the WorkerGroup for it. */
  private boolean follow(ResourceID id, GroupFigures seen) {
    WorkerGroup group = find(id.getNamespace().orElse(""), id.getName());
    Memory memory = group == null ? null : memories.get(group.getMetadata().getUid());
    if (memory == null || !memory.follow(seen, clock.instant())) {
      return false;
    }
    statusTurns.await(id);
    return true;
  }

  private static boolean isOfOneInformer(EventSourceContext<WorkerGroup> context) {
    return context.getControllerConfiguration().getInformerConfig().watchAllNamespaces();
  }

  private @Nullable WorkerGroup find(String namespace, String name) {
    IndexerResourceCache<WorkerGroup> known = workerGroups;
    return known == null ? null : known.get(new ResourceID(name, namespace)).orElse(null);
  }

  /** The WorkerGroups that serve a group. */
  private List<WorkerGroup> servers(GroupAddress address) {
    IndexerResourceCache<WorkerGroup> known = workerGroups;
    return known == null ? List.of() : known.byIndex(BY_GROUP, served(address));
  }

  private static List<String> servedGroup(WorkerGroup group) {
    if (group.getSpec() == null) {
      return List.of();
    }
    return List.of(served(Wiring.addressOf(group)));
  }

  private static String served(GroupAddress address) {
    return address.server() + " " + address.group();
  }

  @Override
  public UpdateControl<WorkerGroup> reconcile(WorkerGroup group, Context<WorkerGroup> context) {
    if (!operatorClass.has(group)) {
      if (memories.containsKey(group.getMetadata().getUid())) {
        figures.forget(group);
        leave(group);
      }
      return UpdateControl.noUpdate();
    }
    Memory memory = memories.computeIfAbsent(group.getMetadata().getUid(), _ -> new Memory());
    try {
      Duration nextLook = step(group, context, memory);
      if (context.getPrimaryCache().get(ResourceID.fromResource(group)).isEmpty()) {
        figures.onResourceDeleted(group); // meanwhile, and the step may have begun to watch again
      }
      return UpdateControl.<WorkerGroup>noUpdate().rescheduleAfter(nextLook);
    } catch (KubernetesClientException e) {
      if (Refusals.isOfEndingNamespace(e)
          || (e.getCode() == 404 && context.isPrimaryResourceDeleted())) {
        return UpdateControl.noUpdate();
      }
      log.warn(
          "{}/{}: trying again in {} s: {}",
          group.getMetadata().getNamespace(),
          group.getMetadata().getName(),
          RETRY.toSeconds(),
          e.getMessage());
      tellMissingRight(group, e);
      return UpdateControl.<WorkerGroup>noUpdate().rescheduleAfter(RETRY);
    }
  }

  private Duration step(WorkerGroup group, Context<WorkerGroup> context, Memory memory) {
    ObservedState observed = observe(group, context, memory);
    Plan plan = WorkerGroupPlanner.plan(group, observed, clock.instant());
    // First the pods: they are drained and handed over before they are deleted.
    ResourceID id = ResourceID.fromResource(group);
    List<KubernetesClientException> podFailures =
        podExecutor.run(plan.pods().steps(), when -> takeTurn(id, when), memory);
    podFailures.forEach(it -> tellMissingRight(group, it));
    plan.pods().ends().forEach(metrics::drained);
    List<Note> notes = new ArrayList<>(plan.pods().notes());
    if (plan.budget() != null) {
      notes.addAll(executor.apply(plan.budget(), observed.budget() != null, memory));
      busyMarkTurns.charge(); // it comes with a mark, and at once
    }
    if (plan.next() != null && observed.rollout() != null) {
      observed = executor.applyNext(plan.next(), observed.rollout(), observed, memory.rollout);
      plan = WorkerGroupPlanner.plan(group, observed, plan.decision(), clock.instant());
    }
    if (plan.retired() != null) {
      executor.retire(plan.retired(), memory.rollout);
    }
    if (plan.apply() != null) {
      Executor.Outcome outcome = executor.apply(plan.apply(), observed, memory);
      notes.addAll(outcome.notes());
      plan = WorkerGroupPlanner.plan(group, outcome.observed(), plan.decision(), clock.instant());
    }
    notes.addAll(plan.notes());
    haltPoison(group, StuckWork.toHalt(group, observed));
    if (plan.slots() != null) {
      slots.set(group, plan.slots());
    }
    slots.takeBackLeft(group, memory);
    take(id, plan.upgrade());
    memory.quiet = plan.quiet();
    memory.decided = plan.status().autoscaling();
    if (plan.writing() == Plan.Writing.AT_ONCE
        || (plan.writing() == Plan.Writing.IN_TURN && statusTurns.take(id))) {
      executor.writeStatus(group, plan.status(), memory);
      statusTurns.forget(id);
    }
    notes.forEach(note -> events.record(group, note));
    standing.tell(group, observed.lastDecision(), plan.status());
    if (plan.gate() != null) {
      gates.ask(group, plan.gate(), memory.rollout);
    }
    return podFailures.isEmpty() ? sooner(plan.nextLook(), observed.workforce()) : RETRY;
  }

  /** Without the right to write the status an event is all that is left, and also for pods. */
  private void tellMissingRight(WorkerGroup group, KubernetesClientException e) {
    if (Refusals.of(e) == Reason.Forbidden) {
      events.record(
          group,
          Note.warning(
              Reason.Forbidden, "The operator lacks a right: " + e.getStatus().getMessage()));
    }
  }

  /** A lease is read when it is asked for. */
  private static Duration sooner(Duration nextLook, Workforce workforce) {
    return workforce.hasLost() && nextLook.compareTo(NodeLeases.EVERY) > 0
        ? NodeLeases.EVERY
        : nextLook;
  }

  private boolean takeTurn(ResourceID id, PodStep.Mark.When when) {
    return switch (when) {
      case AT_ONCE -> true;
      case BUSY_IN_TURN -> busyMarkTurns.take(id);
      case IDLE_IN_TURN -> markTurns.take(id);
    };
  }

  private void take(ResourceID id, Upgrade upgrade) {
    switch (upgrade) {
      case NONE -> waves.done(id);
      case WAITS -> waves.await(id);
      case ROLLS -> waves.rolls(id);
    }
  }

  private ObservedState observe(WorkerGroup group, Context<WorkerGroup> context, Memory memory) {
    Instant now = clock.instant();
    Deployment cached = deployment(group, group.getMetadata().getName(), context);
    Sighting server = sighting(group);
    Deployment deployment = memory.deployment(cached, now);
    memory.noteServer(Wiring.addressOf(group), memory.status(group).slotsPerWorker());
    return new ObservedState(
        deployment,
        memory.applied,
        memory.rejected,
        server,
        slotsDecider(group, context),
        memory.status(group),
        memory.writtenAt,
        pods.hasListed() && nodes.isSettled()
            ? workforce(group, server, memory, now)
            : Workforce.unknown(),
        memory.budget(context.getSecondaryResource(PodDisruptionBudget.class).orElse(null), now),
        memory.token.mark(Wiring.rollingToken(group), api.tokens(), deployment, now),
        memory.decided,
        memory.desired,
        waves.has(ResourceID.fromResource(group)),
        rollout(group, context, memory, now),
        around(group, context, memory, now));
  }

  private static Surroundings around(
      WorkerGroup group, Context<WorkerGroup> context, Memory memory, Instant now) {
    memory.noteReplicas(group, now);
    return new Surroundings(
        group.getSpec().autoscaling() == null
            ? List.of()
            : context.getPrimaryCache().byIndex(BY_GROUP, servedGroup(group).getFirst()).stream()
                .map(other -> Sharing.Peer.of(other, now))
                .filter(Objects::nonNull)
                .toList(),
        memory.contention);
  }

  private static @Nullable Deployment cached(String name, Context<WorkerGroup> context) {
    return context
        .getSecondaryResourcesAsStream(Deployment.class)
        .filter(it -> name.equals(it.getMetadata().getName()))
        .findFirst()
        .orElse(null);
  }

  private static @Nullable Deployment deployment(
      WorkerGroup group, String name, Context<WorkerGroup> context) {
    Deployment cached = cached(name, context);
    return cached != null
        ? cached
        // seldom; and a cache does not know names that are somebody else's
        : context
            .getClient()
            .apps()
            .deployments()
            .inNamespace(group.getMetadata().getNamespace())
            .withName(name)
            .get();
  }

  /** Null where no rollout is asked for or under way. */
  private @Nullable RolloutView rollout(
      WorkerGroup group, Context<WorkerGroup> context, Memory memory, Instant now) {
    RolloutStatus known = memory.status(group).rollout();
    if (known == null && !group.getSpec().goesByStep()) {
      return null;
    }
    RolloutMemory of = memory.rollout;
    String written = revisions.keep(group, of);
    boolean isMoving = known != null && !(known.target() == null && written.equals(known.stable()));
    String name = Track.nextOf(group);
    Deployment next = isMoving ? deployment(group, name, context) : cached(name, context);
    return new RolloutView(
        written,
        of.templates(),
        of.deployment(next, now),
        of.applied,
        of.rejected,
        Map.copyOf(of.gates),
        of.desired);
  }

  private Sighting sighting(WorkerGroup group) {
    String namespace = group.getMetadata().getNamespace();
    String server = Wiring.addressOf(group).server();
    if (pods.allowedServers().allow(namespace, server)) {
      return figures.sighting(group);
    }
    figures.forget(group);
    return new Sighting.Unseen(
        ServerUnavailableException.Kind.NOT_ALLOWED,
        "the operator's baton.allowed-servers does not name %s for namespace %s"
            .formatted(server, namespace));
  }

  private Workforce workforce(WorkerGroup group, Sighting server, Memory memory, Instant now) {
    List<Pod> known = pods.of(group);
    List<String> uids = known.stream().map(it -> it.getMetadata().getUid()).toList();
    Nodes seen = nodes.nodes();
    Set<String> lost = seen == null ? Set.of() : memory.nodesOfLost(known, now);
    return memory.workforce(
        known,
        seen == null || lost.isEmpty() ? seen : seen.withUnreachable(leases.silent(lost)),
        server,
        pods.told(uids),
        Wiring.addressOf(group),
        now);
  }

  /** Two that set the slots of one group would do so for ever in turn: the oldest decides. */
  private static @Nullable String slotsDecider(WorkerGroup group, Context<WorkerGroup> context) {
    if (group.getSpec().slots() == null) {
      return null;
    }
    return context.getPrimaryCache().byIndex(BY_GROUP, servedGroup(group).getFirst()).stream()
        .filter(other -> other.getSpec().slots() != null)
        .min(
            Comparator.comparing((WorkerGroup it) -> it.getMetadata().getCreationTimestamp())
                .thenComparing(it -> it.getMetadata().getUid()))
        .filter(oldest -> !oldest.getMetadata().getUid().equals(group.getMetadata().getUid()))
        .map(oldest -> oldest.getMetadata().getNamespace() + "/" + oldest.getMetadata().getName())
        .orElse(null);
  }

  private void haltPoison(WorkerGroup group, List<GroupFigures.Redelivered> tasks) {
    for (GroupFigures.Redelivered task : tasks) {
      calls.beginChange(
          ResourceID.fromResource(group),
          "halt " + task.task(),
          () -> {
            api.halt(Wiring.addressOf(group).at(), task.task());
            metrics.halted();
            events.record(
                group,
                Note.warning(
                    Reason.Halted,
                    "Task %s was halted: %d deliveries, and none finished it"
                        .formatted(task.task(), task.failedDeliveries())));
          });
    }
  }
}
