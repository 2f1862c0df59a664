package dev.baton.operator.resources;

import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Tells one token from the next. It is an annotation of the pods, so that a new token rolls them: a
 * process reads its environment once.
 */
public final class TokenMark {

  static final String ANNOTATION = "baton.dev/token-mark";

  private TokenMark() {}

  /** The template with the mark; the template itself without one. */
  public static PodTemplateSpec put(PodTemplateSpec template, @Nullable String mark) {
    return mark == null
        ? template
        : new PodTemplateSpecBuilder(template)
            .editOrNewMetadata()
            .addToAnnotations(ANNOTATION, mark)
            .endMetadata()
            .build();
  }

  /** The mark of the pods that a Deployment makes, or null. */
  public static @Nullable String of(@Nullable Deployment deployment) {
    PodTemplateSpec template = deployment == null ? null : deployment.getSpec().getTemplate();
    Map<String, String> annotations =
        template == null || template.getMetadata() == null
            ? null
            : template.getMetadata().getAnnotations();
    return annotations == null ? null : annotations.get(ANNOTATION);
  }
}
