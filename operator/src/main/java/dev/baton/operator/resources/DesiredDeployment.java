package dev.baton.operator.resources;

import dev.baton.operator.api.v1alpha1.WorkerGroup;
import dev.baton.operator.api.v1alpha1.WorkerGroupSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The Deployment of one WorkerGroup, made anew only when something has changed that it is made of.
 * One thread at a time.
 */
public final class DesiredDeployment {

  /** What came of a spec. */
  public sealed interface Result {
    /**
     * What is to be applied.
     *
     * @param upgrade whether it waits for its turn, or has it
     */
    record Made(Deployment deployment, Upgrade upgrade) implements Result {}

    /** The template is not one. */
    record Unreadable(String message) implements Result {}
  }

  private @Nullable WorkerGroupSpec spec;
  private @Nullable Result result;
  private @Nullable String tokenMark;
  private int replicas;
  private String print = "";
  private Track track = Track.PLAIN;

  /**
   * What to apply.
   *
   * @param step how far an upgrade is, by the print of the template
   * @param track which of its Deployments
   */
  public Result of(
      WorkerGroup group,
      @Nullable String tokenMark,
      int replicas,
      Function<String, Upgrade> step,
      Track track) {
    Result known = result;
    boolean same =
        known != null && Objects.equals(this.tokenMark, tokenMark) && group.getSpec().equals(spec);
    if (known == null
        || !same
        || this.replicas != replicas
        || !track.equals(this.track)
        || (known instanceof Result.Made made && step.apply(print) != made.upgrade())) {
      known = make(group, tokenMark, replicas, step, track);
      result = known;
      this.tokenMark = tokenMark;
      this.replicas = replicas;
      this.track = track;
    }
    spec = group.getSpec(); // also where it is only equal: one copy of a template is enough
    return known;
  }

  private Result make(
      WorkerGroup group,
      @Nullable String tokenMark,
      int replicas,
      Function<String, Upgrade> step,
      Track track) {
    return switch (Template.read(group.getSpec().template())) {
      case Template.Unreadable(String message) -> new Result.Unreadable(message);
      case Template.Readable(PodTemplateSpec template) -> {
        PodTemplateSpec complete = WorkerPodTemplate.of(group, TokenMark.put(template, tokenMark));
        track.mark(complete);
        print = TemplatePrint.of(complete);
        Upgrade upgrade = step.apply(print);
        yield new Result.Made(
            WorkerDeployment.desired(group, complete, replicas, upgrade, track), upgrade);
      }
    };
  }
}
