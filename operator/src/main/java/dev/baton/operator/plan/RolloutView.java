package dev.baton.operator.plan;

import com.fasterxml.jackson.databind.JsonNode;
import dev.baton.operator.plan.ObservedState.Applied;
import dev.baton.operator.plan.ObservedState.Rejected;
import dev.baton.operator.resources.DesiredDeployment;
import dev.baton.operator.rollout.Facts.GateResult;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is, of a rollout, where one is asked for or under way.
 *
 * @param written the revision of the template that the spec has
 * @param templates what each revision is that is kept
 * @param next the Deployment beside the first one; null if there is none
 * @param applied what was applied of that last; null if nothing since the operator started
 * @param rejected what Kubernetes refused of it last, if it refused it
 * @param gates what is known of the gate's calls, by their ids
 * @param desired makes that Deployment
 */
public record RolloutView(
    String written,
    Map<String, JsonNode> templates,
    @Nullable Deployment next,
    @Nullable Applied applied,
    @Nullable Rejected rejected,
    Map<String, GateResult> gates,
    DesiredDeployment desired) {

  /** The same after an attempt to apply it. */
  public RolloutView after(Deployment result, Applied what) {
    return new RolloutView(written, templates, result, what, null, gates, desired);
  }

  /** The same after a refusal. */
  public RolloutView after(Rejected refused) {
    return new RolloutView(written, templates, next, applied, refused, gates, desired);
  }
}
