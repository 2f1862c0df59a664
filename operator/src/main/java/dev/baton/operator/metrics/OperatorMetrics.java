package dev.baton.operator.metrics;

import dev.baton.operator.plan.Plan.DrainEnd;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The operator's own metrics; {@code docs/workergroup.md} lists them. Those of the reconciler's
 * loop and of the JVM come besides. Thread-safe; every name is there from the start.
 */
public final class OperatorMetrics {

  private static final String PREFIX = "baton.operator.";

  private record GroupKey(String namespace, String name) {}

  private record Standing(int desired, Set<Stuck> stuck) {}

  private final MeterRegistry registry;
  private final AtomicBoolean leads = new AtomicBoolean();
  private final Map<GroupKey, Standing> groups = new ConcurrentHashMap<>();
  private final Map<GroupKey, Gauge> desiredGauges = new ConcurrentHashMap<>();
  private volatile int unserved;

  /** With where they are registered. */
  public OperatorMetrics(MeterRegistry registry) {
    this.registry = registry;
    gauge(
        "leader",
        "1 where this operator is the one that acts",
        Tags.empty(),
        () -> leads() ? 1 : 0);
    for (Stuck stuck : Stuck.values()) {
      gauge(
          "stuck.groups",
          "Groups whose work does not get done, by why",
          Tags.of("reason", stuck.label()),
          () -> stuck(stuck));
    }
    for (String signal : Set.of("drain", "resume", "gone")) {
      registry.counter(PREFIX + "signals", "signal", signal, "result", "told");
      registry.counter(PREFIX + "signals", "signal", signal, "result", "lost");
      timer("report", signal);
    }
    for (DrainEnd end : DrainEnd.values()) {
      registry.counter(PREFIX + "drains", "outcome", label(end));
    }
    registry.counter(PREFIX + "tasks.handed.over");
    registry.counter(PREFIX + "tasks.halted");
    failover();
  }

  /** Whether this operator acts, from now on. */
  public void leads(boolean leads) {
    this.leads.set(leads);
  }

  /** Whether this operator acts. */
  public boolean leads() {
    return leads.get();
  }

  /**
   * The server was told about a pod, or could not be.
   *
   * @param signal drain, resume or gone
   * @param sinceSeen since the watch showed why
   */
  public void signalled(String signal, boolean told, Duration sinceSeen) {
    registry
        .counter(PREFIX + "signals", "signal", signal, "result", told ? "told" : "lost")
        .increment();
    if (told) {
      timer("report", signal).record(sinceSeen);
    }
  }

  /**
   * Tasks of an ended worker went to others.
   *
   * @param sinceEnd since the worker ended, by its node's clock; null if its end was not seen
   */
  public void handedOver(int tasks, @Nullable Duration sinceEnd) {
    registry.counter(PREFIX + "tasks.handed.over").increment(tasks);
    if (sinceEnd != null) {
      failover().record(sinceEnd);
    }
  }

  /** A marked worker's way out has ended. */
  public void drained(DrainEnd end) {
    registry.counter(PREFIX + "drains", "outcome", label(end)).increment();
  }

  /** Autoscaling has decided. */
  public void decided(String namespace, String name, boolean up, boolean dryRun) {
    registry
        .counter(
            PREFIX + "scaling.decisions",
            "namespace",
            namespace,
            "workergroup",
            name,
            "direction",
            up ? "up" : "down",
            "dry_run",
            Boolean.toString(dryRun))
        .increment();
  }

  /** A task was halted because no worker finishes it. */
  public void halted() {
    registry.counter(PREFIX + "tasks.halted").increment();
  }

  /** How a WorkerGroup stands: how many workers are wished for, and why its work does not move. */
  public void standing(String namespace, String name, int desired, Set<Stuck> stuck) {
    GroupKey key = new GroupKey(namespace, name);
    groups.put(key, new Standing(desired, Set.copyOf(stuck)));
    desiredGauges.computeIfAbsent(key, this::desiredGauge);
  }

  /** A WorkerGroup is gone, or another operator acts. */
  public void forget(String namespace, String name) {
    GroupKey key = new GroupKey(namespace, name);
    groups.remove(key);
    registry
        .find(PREFIX + "scaling.decisions")
        .tags("namespace", namespace, "workergroup", name)
        .meters()
        .forEach(registry::remove);
    Gauge gauge = desiredGauges.remove(key);
    if (gauge != null) {
      registry.remove(gauge);
    }
  }

  /** How many groups have work, and neither a WorkerGroup nor a worker. */
  public void unserved(int count) {
    unserved = count;
  }

  private int stuck(Stuck why) {
    int own = (int) groups.values().stream().filter(it -> it.stuck().contains(why)).count();
    return why == Stuck.UNSERVED ? unserved : own;
  }

  private Gauge desiredGauge(GroupKey key) {
    return gauge(
        "desired.replicas",
        "How many workers are wished for",
        Tags.of("namespace", key.namespace(), "workergroup", key.name()),
        () -> {
          Standing standing = groups.get(key);
          return standing == null ? 0 : standing.desired();
        });
  }

  private Gauge gauge(String name, String description, Tags tags, IntSupplier value) {
    return Gauge.builder(PREFIX + name, value::getAsInt)
        .description(description)
        .tags(tags)
        .strongReference(true)
        .register(registry);
  }

  private Timer timer(String name, String signal) {
    return Timer.builder(PREFIX + name)
        .description("From the watch event to the server's answer")
        .tag("signal", signal)
        .serviceLevelObjectives(
            Duration.ofMillis(5),
            Duration.ofMillis(20),
            Duration.ofMillis(100),
            Duration.ofMillis(500),
            Duration.ofSeconds(2),
            Duration.ofSeconds(10))
        .register(registry);
  }

  private Timer failover() {
    return Timer.builder(PREFIX + "failover")
        .description("From a worker's end, in whole seconds, until its tasks were handed over")
        .serviceLevelObjectives(
            Duration.ofSeconds(1),
            Duration.ofSeconds(2),
            Duration.ofSeconds(5),
            Duration.ofSeconds(10),
            Duration.ofSeconds(60))
        .register(registry);
  }

  private static String label(DrainEnd end) {
    return end.name().toLowerCase(Locale.ROOT);
  }
}
