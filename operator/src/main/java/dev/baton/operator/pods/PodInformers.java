package dev.baton.operator.pods;

import dev.baton.operator.resources.Wiring;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The pods of WorkerGroups, of the whole cluster or of some namespaces: each is watched by itself,
 * as the rights are given for each by itself.
 */
final class PodInformers implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(PodInformers.class);

  /** Pods are large before they become excerpts. */
  private static final long LIST_AT_ONCE = 500;

  private final List<SharedIndexInformer<Pod>> informers;

  /**
   * Not begun yet.
   *
   * @param namespaces empty: the whole cluster
   */
  PodInformers(
      KubernetesClient client,
      Set<String> namespaces,
      Map<String, Function<Pod, List<String>>> indexers,
      ResourceEventHandler<Pod> handler) {
    var pods = client.pods();
    var watched =
        namespaces.isEmpty()
            ? List.of(pods.inAnyNamespace().withLabel(Wiring.WORKER_GROUP_LABEL))
            : namespaces.stream()
                .map(it -> pods.inNamespace(it).withLabel(Wiring.WORKER_GROUP_LABEL))
                .toList();
    this.informers =
        watched.stream()
            .map(each ->
                each.withLimit(LIST_AT_ONCE)
                    .runnableInformer(0)
                    .itemStore(new PodExcerpts())
                    .addIndexers(indexers)
                    .exceptionHandler((started, failure) -> {
                      log.warn(
                          "the watch of the pods broke and is begun again: {}", failure.toString());
                      return true;
                    })
                    .addEventHandler(handler))
            .toList();
  }

  /** Begins; returns at once, and keeps on trying while the API server is away. */
  void start() {
    informers.forEach(it -> {
      var _ = it.start();
    });
  }

  boolean isWatching() {
    return informers.stream().allMatch(SharedIndexInformer::isWatching);
  }

  boolean hasSynced() {
    return informers.stream().allMatch(SharedIndexInformer::hasSynced);
  }

  /** Those that an indexer gives the key. */
  List<Pod> byIndex(String indexer, String key) {
    return informers.stream()
        .flatMap(it -> it.getIndexer().byIndex(indexer, key).stream())
        .toList();
  }

  void forEach(Consumer<Pod> action) {
    informers.forEach(it -> it.getIndexer().list().forEach(action));
  }

  @Override
  public void close() {
    informers.forEach(SharedIndexInformer::close);
  }
}
