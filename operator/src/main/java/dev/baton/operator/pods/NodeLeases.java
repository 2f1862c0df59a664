package dev.baton.operator.pods;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which nodes are not heard, by the leases that their kubelets renew every ten seconds. They are
 * read only where the server has lost a worker, so that the leases of a large cluster cost nothing,
 * and each by a thread of its own, so that who asks never waits for the API server: the answer is
 * what was read last. What counts is that a lease stands still, not what time it tells: clocks of
 * nodes differ. Thread-safe.
 */
public final class NodeLeases {

  private static final Logger log = LoggerFactory.getLogger(NodeLeases.class);
  private static final String NAMESPACE = "kube-node-lease";

  /** Two renewals have not come. */
  static final Duration SILENCE = Duration.ofSeconds(20);

  /** Less of it will do: reads take their time, and the next one comes much later. */
  private static final Duration SLACK = Duration.ofSeconds(2);

  /** A lease is read again after so long. */
  public static final Duration EVERY = Duration.ofSeconds(5);

  /** What nobody has asked for in so long is forgotten. */
  private static final Duration FORGOTTEN_AFTER = Duration.ofMinutes(1);

  /** A server that was started anew has lost the workers of all nodes for a moment. */
  static final int READS_PER_SECOND = 20;

  /** A lease as it was read last, and since when it is so. */
  private record Seen(@Nullable String renewed, Instant since, Instant readAt) {

    /** A read saw it stand still for so long; that nobody has read it since says nothing. */
    boolean isSilent() {
      return renewed != null && !readAt.isBefore(since.plus(SILENCE).minus(SLACK));
    }
  }

  private final Function<String, @Nullable String> reader;
  private final Executor lanes;
  private final Clock clock;
  private volatile Runnable listener = () -> {};

  // Guarded by this.
  private final Map<String, Seen> seen = new HashMap<>();
  private final Set<String> underWay = new HashSet<>();
  private Instant second = Instant.EPOCH;
  private int reads;

  /**
   * With how leases are read.
   *
   * @param reader tells when a node's lease was renewed last; null where that cannot be told
   * @param lanes runs a read beside whoever asks
   */
  NodeLeases(Function<String, @Nullable String> reader, Executor lanes, Clock clock) {
    this.reader = reader;
    this.lanes = lanes;
    this.clock = clock;
  }

  /** Of a cluster; where they may not be read every node counts as heard. */
  public static NodeLeases of(KubernetesClient client, Clock clock) {
    return new NodeLeases(
        node -> renewed(client, node),
        read -> Thread.ofVirtual().name("read a node's lease").start(read),
        clock);
  }

  /** Is told, by the thread of a read, whenever a node falls silent or is heard again. */
  public void onChange(Runnable changed) {
    listener = changed;
  }

  /**
   * Those of the nodes whose leases had stood still when they were read last. Returns at once, and
   * begins to read those that are due; the first look at a node begins to watch.
   */
  public Set<String> silent(Collection<String> nodes) {
    Set<String> silent = new HashSet<>();
    List<String> due = new ArrayList<>();
    synchronized (this) {
      Instant now = clock.instant();
      seen.values().removeIf(it -> !now.isBefore(it.readAt.plus(FORGOTTEN_AFTER)));
      for (String node : nodes) {
        Seen last = seen.get(node);
        if (last != null && last.isSilent()) {
          silent.add(node);
        }
        if ((last == null || !now.isBefore(last.readAt.plus(EVERY)))
            && !underWay.contains(node)
            && mayRead(now)) {
          underWay.add(node);
          due.add(node);
        }
      }
    }
    due.forEach(node -> lanes.execute(() -> read(node)));
    return silent;
  }

  private void read(String node) {
    Instant begun = clock.instant();
    String renewed = null;
    try {
      renewed = reader.apply(node);
    } finally {
      if (note(node, renewed, begun)) {
        listener.run();
      }
    }
  }

  /** Returns whether it makes a difference. The read tells how it was when it began, or later. */
  private synchronized boolean note(String node, @Nullable String renewed, Instant begun) {
    underWay.remove(node);
    Seen last = seen.get(node);
    boolean stands = last != null && renewed != null && renewed.equals(last.renewed);
    Seen now = new Seen(renewed, stands && last != null ? last.since : clock.instant(), begun);
    seen.put(node, now);
    return now.isSilent() != (last != null && last.isSilent());
  }

  private boolean mayRead(Instant now) {
    if (!now.isBefore(second.plusSeconds(1))) {
      second = now;
      reads = 0;
    }
    return reads++ < READS_PER_SECOND;
  }

  private static @Nullable String renewed(KubernetesClient client, String node) {
    try {
      Lease lease = client.leases().inNamespace(NAMESPACE).withName(node).get();
      return lease == null || lease.getSpec() == null || lease.getSpec().getRenewTime() == null
          ? null
          : lease.getSpec().getRenewTime().toString();
    } catch (KubernetesClientException e) {
      log.debug("the lease of node {} cannot be read: {}", node, e.getMessage());
      return null;
    }
  }
}
