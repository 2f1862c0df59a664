package dev.baton.operator.resources;

import dev.baton.operator.api.v1alpha1.WorkerGroup;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which Deployment of a WorkerGroup: the one of its name, or in a rollout the one beside it.
 *
 * @param isNext whether it is the one beside
 * @param revision of its template; null outside of rollouts
 */
public record Track(boolean isNext, @Nullable String revision) {

  /** The one that every WorkerGroup has. */
  public static final Track PLAIN = new Track(false, null);

  /** Its name. */
  public String nameOf(WorkerGroup group) {
    return isNext ? nextOf(group) : group.getMetadata().getName();
  }

  /** The name of the one beside. */
  public static String nextOf(WorkerGroup group) {
    return group.getMetadata().getName() + "-" + Wiring.NEXT;
  }

  Map<String, String> selector(WorkerGroup group) {
    if (!isNext) {
      return Wiring.selector(group);
    }
    Map<String, String> selector = new HashMap<>(Wiring.selector(group));
    selector.put(Wiring.TRACK_LABEL, Wiring.NEXT);
    return selector;
  }

  /** Pods of the first are not marked: else the first rollout would replace them all. */
  void mark(PodTemplateSpec pods) {
    if (isNext) {
      pods.getMetadata().getLabels().put(Wiring.TRACK_LABEL, Wiring.NEXT);
      pods.getMetadata().getAnnotations().put(Wiring.REVISION, revision);
    }
  }
}
