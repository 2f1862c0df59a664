package dev.baton.operator.reconcile;

import com.fasterxml.jackson.databind.JsonNode;
import dev.baton.operator.plan.ObservedState.Applied;
import dev.baton.operator.plan.ObservedState.Rejected;
import dev.baton.operator.resources.DesiredDeployment;
import dev.baton.operator.rollout.Facts.GateResult;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What the operator knows of one WorkerGroup's rollouts since it started; losing it costs a list of
 * revisions and an apply. One thread at a time, but for {@link #gates}.
 */
final class RolloutMemory {

  @Nullable Applied applied;
  @Nullable Rejected rejected;
  final DesiredDeployment desired = new DesiredDeployment();

  /** What is kept; null before it was listed. */
  @Nullable Map<String, Revision> revisions;

  /** Before that the empty Deployment is not tried to be deleted again. */
  Instant retiredAgainAt = Instant.EPOCH;

  /** What the gate's calls have come to, by their ids. */
  final Map<String, GateResult> gates = new ConcurrentHashMap<>();

  private final Map<String, Instant> asked = new HashMap<>();
  private @Nullable JsonNode template;
  private String written = "";
  private @Nullable Deployment result;
  private Instant resultAt = Instant.EPOCH;

  /** The name of the template that the spec has. */
  String nameOf(JsonNode wanted) {
    if (!wanted.equals(template)) {
      written = Revision.nameOf(wanted);
      template = wanted;
    }
    return written;
  }

  /** The templates of all that is kept. */
  Map<String, JsonNode> templates() {
    return revisions == null
        ? Map.of()
        : revisions.values().stream().collect(Collectors.toMap(Revision::name, Revision::template));
  }

  void rememberApply(Applied what, Deployment came, Instant now) {
    applied = what;
    rejected = null;
    result = DeploymentExcerpt.of(came);
    resultAt = now;
  }

  /** The Deployment, from the cache unless that lags behind what was applied. */
  @Nullable Deployment deployment(@Nullable Deployment cached, Instant now) {
    return Memory.newer(cached, result, resultAt, now);
  }

  /** Whether a call is to be asked after now: not all the time. */
  boolean isDue(String gate, Instant now, Duration every) {
    asked.keySet().retainAll(List.of(gate));
    gates.keySet().retainAll(List.of(gate));
    Instant last = asked.get(gate);
    boolean isOver = gates.containsKey(gate) && !(gates.get(gate) instanceof GateResult.Refused);
    if (isOver || (last != null && now.isBefore(last.plus(every)))) {
      return false;
    }
    asked.put(gate, now);
    return true;
  }
}
