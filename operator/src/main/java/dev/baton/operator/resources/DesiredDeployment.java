package dev.baton.operator.resources;

import dev.baton.operator.api.v1alpha1.WorkerGroup;
import dev.baton.operator.api.v1alpha1.WorkerGroupSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The Deployment of one WorkerGroup, made anew only when something has changed that it is made of.
 * One thread at a time.
 */
public final class DesiredDeployment {

  /** What came of a spec. */
  public sealed interface Result {
    /** What is to be applied. */
    record Made(Deployment deployment) implements Result {}

    /** The template is not one. */
    record Unreadable(String message) implements Result {}
  }

  private @Nullable WorkerGroupSpec spec;
  private @Nullable Result result;
  private @Nullable String tokenMark;
  private int replicas;

  /** What to apply. */
  public Result of(WorkerGroup group, @Nullable String tokenMark, int replicas) {
    Result known = result;
    if (known == null
        || this.replicas != replicas
        || !Objects.equals(this.tokenMark, tokenMark)
        || !group.getSpec().equals(spec)) {
      known = make(group, tokenMark, replicas);
      result = known;
      spec = group.getSpec();
      this.tokenMark = tokenMark;
      this.replicas = replicas;
    }
    return known;
  }

  private static Result make(WorkerGroup group, @Nullable String tokenMark, int replicas) {
    return switch (Template.read(group.getSpec().template())) {
      case Template.Unreadable(String message) -> new Result.Unreadable(message);
      case Template.Readable(PodTemplateSpec template) ->
          new Result.Made(
              WorkerDeployment.desired(group, TokenMark.put(template, tokenMark), replicas));
    };
  }
}
