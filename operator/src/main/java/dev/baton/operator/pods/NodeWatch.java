package dev.baton.operator.pods;

import dev.baton.operator.plan.Nodes;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches which nodes take no pods, or are about to go. Where the operator may not see nodes,
 * because it has rights in some namespaces only, nothing is known about them.
 */
public final class NodeWatch implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(NodeWatch.class);

  private final Map<String, NodeState> states = new ConcurrentHashMap<>();
  private final Set<String> leavingTaints;
  private final AtomicBoolean toldFailure = new AtomicBoolean();
  private final boolean mayWatch;
  private final SharedIndexInformer<Node> informer;
  private volatile Runnable listener = () -> {};
  private volatile Consumer<String> goneListener = _ -> {};

  /**
   * With the client that sees nodes.
   *
   * @param mayWatch whether it has that right
   */
  public NodeWatch(KubernetesClient client, boolean mayWatch) {
    this(client, mayWatch, Set.of());
  }

  /**
   * With further taints that announce the end of a node.
   *
   * @param mayWatch whether it has that right
   */
  public NodeWatch(KubernetesClient client, boolean mayWatch, Set<String> moreTaints) {
    this.mayWatch = mayWatch;
    this.leavingTaints = new HashSet<>(NodeState.LEAVING_TAINTS);
    this.leavingTaints.addAll(moreTaints);
    this.informer =
        client
            .nodes()
            .runnableInformer(0)
            .exceptionHandler((started, failure) -> {
              if (!toldFailure.getAndSet(true)) {
                log.warn("nodes cannot be watched, it is tried on: {}", failure.toString());
              }
              return true;
            });
    informer.addEventHandler(new Handler());
  }

  /** Begins where it may; returns at once. */
  public void start() {
    if (mayWatch) {
      var _ = informer.start();
    }
  }

  /** Whether all nodes have been listed, or it is known that they cannot be. */
  public boolean isSettled() {
    return !mayWatch || informer.hasSynced() || toldFailure.get();
  }

  /** What is seen; null while nodes are not seen. */
  public @Nullable Nodes nodes() {
    if (!informer.hasSynced()) {
      return null;
    }
    Set<String> leaving = new HashSet<>();
    Set<String> unreachable = new HashSet<>();
    Map<String, Instant> deadlines = new HashMap<>();
    states.forEach((name, state) -> {
      if (state.leaving()) {
        leaving.add(name);
      }
      if (state.unreachable()) {
        unreachable.add(name);
      }
      if (state.deadline() != null) {
        deadlines.put(name, state.deadline());
      }
    });
    return new Nodes(leaving, deadlines, unreachable);
  }

  /** Is told whenever a node stands otherwise. */
  public void onChange(Runnable changed) {
    listener = changed;
  }

  /** Is told the name of a node that has been removed, or is vouched for to be off. */
  public void onGone(Consumer<String> gone) {
    goneListener = gone;
  }

  @Override
  public void close() {
    informer.close();
  }

  /** Only those are kept that stand otherwise than usual: few. */
  private void seen(Node node) {
    String name = node.getMetadata().getName();
    NodeState state = NodeState.of(node, leavingTaints);
    NodeState before = states.getOrDefault(name, NodeState.USUAL);
    if (state.equals(before)) {
      return;
    }
    if (state.equals(NodeState.USUAL)) {
      states.remove(name);
    } else {
      states.put(name, state);
    }
    if (state.outOfService() && !before.outOfService()) {
      goneListener.accept(name);
    }
    listener.run();
  }

  private final class Handler implements ResourceEventHandler<Node> {
    @Override
    public void onAdd(Node node) {
      seen(node);
    }

    @Override
    public void onUpdate(Node before, Node after) {
      seen(after);
    }

    @Override
    public void onDelete(Node node, boolean deletedFinalStateUnknown) {
      states.remove(node.getMetadata().getName());
      goneListener.accept(node.getMetadata().getName());
    }
  }
}
