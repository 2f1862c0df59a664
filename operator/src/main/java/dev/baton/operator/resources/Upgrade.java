package dev.baton.operator.resources;

import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How far a Deployment is with what a new release of the operator makes of pods. Written on it, so
 * that the next operator goes on where one ended.
 *
 * <pre>
 *   NONE --another template of the same spec--> WAITS --its turn--> ROLLS --no old pods--> NONE
 * </pre>
 */
public enum Upgrade {
  /** Its pods are as they are to be, or become so because the spec says so. */
  NONE(null),
  /** It is paused until its turn has come. */
  WAITS("waits"),
  /** It is its turn. */
  ROLLS("rolls");

  /** On Deployments. */
  static final String ANNOTATION = "baton.dev/upgrade";

  /** On WorkerGroups, "true": its pods stay as they are until it is taken off. */
  public static final String HOLD_ANNOTATION = "baton.dev/upgrade-hold";

  private final @Nullable String written;

  Upgrade(@Nullable String written) {
    this.written = written;
  }

  @Nullable String written() {
    return written;
  }

  /** What is written on it. */
  public static Upgrade of(@Nullable Deployment deployment) {
    Map<String, String> annotations =
        deployment == null ? null : deployment.getMetadata().getAnnotations();
    String text = annotations == null ? null : annotations.get(ANNOTATION);
    return WAITS.name().equalsIgnoreCase(text)
        ? WAITS
        : ROLLS.name().equalsIgnoreCase(text) ? ROLLS : NONE;
  }
}
