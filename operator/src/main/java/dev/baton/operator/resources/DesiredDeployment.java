package dev.baton.operator.resources;

import dev.baton.operator.api.v1alpha1.WorkerGroup;
import dev.baton.operator.api.v1alpha1.WorkerGroupSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The template and the Deployment of one WorkerGroup, made anew only when something has changed
 * that they are made of. One thread at a time.
 */
public final class DesiredDeployment {

  private @Nullable WorkerGroupSpec spec;
  private @Nullable Template template;
  private @Nullable Deployment deployment;
  private @Nullable String tokenMark;
  private int replicas;

  /** The template, read. */
  public Template template(WorkerGroup group) {
    Template known = template;
    if (known == null || !group.getSpec().equals(spec)) {
      known = Template.read(group.getSpec().template());
      spec = group.getSpec();
      template = known;
      deployment = null;
    }
    return known;
  }

  /** What to apply; {@code template} is what {@link #template} gave for the group last. */
  public Deployment of(
      WorkerGroup group, PodTemplateSpec template, @Nullable String tokenMark, int replicas) {
    Deployment known = deployment;
    if (known == null || this.replicas != replicas || !Objects.equals(this.tokenMark, tokenMark)) {
      known = WorkerDeployment.desired(group, TokenMark.put(template, tokenMark), replicas);
      deployment = known;
      this.tokenMark = tokenMark;
      this.replicas = replicas;
    }
    return known;
  }
}
