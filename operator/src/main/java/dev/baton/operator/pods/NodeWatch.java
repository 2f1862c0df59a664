package dev.baton.operator.pods;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches which nodes take no pods. Where the operator may not see nodes, because it has rights in
 * some namespaces only, nothing is known about them.
 */
public final class NodeWatch implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(NodeWatch.class);

  private final Set<String> cordoned = ConcurrentHashMap.newKeySet();
  private final AtomicBoolean toldFailure = new AtomicBoolean();
  private final boolean mayWatch;
  private final SharedIndexInformer<Node> informer;
  private volatile Runnable listener = () -> {};

  /**
   * With the client that sees nodes.
   *
   * @param mayWatch whether it has that right
   */
  public NodeWatch(KubernetesClient client, boolean mayWatch) {
    this.mayWatch = mayWatch;
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

  /** The nodes that take no pods; null while nodes are not seen. */
  public @Nullable Set<String> cordoned() {
    return informer.hasSynced() ? Set.copyOf(cordoned) : null;
  }

  /** Is told whenever a node begins or ceases to take pods. */
  public void onChange(Runnable changed) {
    listener = changed;
  }

  @Override
  public void close() {
    informer.close();
  }

  private void seen(Node node) {
    boolean changed =
        Boolean.TRUE.equals(node.getSpec().getUnschedulable())
            ? cordoned.add(node.getMetadata().getName())
            : cordoned.remove(node.getMetadata().getName());
    if (changed) {
      listener.run();
    }
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
      cordoned.remove(node.getMetadata().getName());
    }
  }
}
