package dev.baton.operator.plan;

import dev.baton.operator.plan.WorkerPod.Marks;
import dev.baton.operator.resources.Wiring;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What is to be written on a pod, and what is taken off it.
 *
 * @param busy whether it is marked as busy for those who evict
 * @param doNotDisrupt whether it is marked as busy for those who remove nodes
 * @param deletionCost null for none
 * @param drainingSince when it was chosen to leave, or null
 * @param cordonedSince when its node was first seen to take no pods, or null
 */
record Marking(
    boolean busy,
    boolean doNotDisrupt,
    @Nullable String deletionCost,
    @Nullable Instant drainingSince,
    @Nullable Instant cordonedSince) {

  /**
   * The difference to what is there; null values are to be removed. Null if there is none.
   *
   * @param urgent whether to write it at once: who evicts, or deletes, reads it now
   */
  PodStep.@Nullable Mark step(WorkerPod pod, Set<String> ofTheTemplate, boolean urgent) {
    Map<String, @Nullable String> labels = new HashMap<>();
    Map<String, @Nullable String> annotations = new HashMap<>();
    Marks there = pod.marks();
    put(labels, there.labels(), Wiring.BUSY_LABEL, busy ? "true" : null);
    put(annotations, there.annotations(), Wiring.DRAINING_SINCE, text(drainingSince));
    put(annotations, there.annotations(), Wiring.CORDONED_SINCE, text(cordonedSince));
    put(annotations, there.annotations(), Wiring.DELETION_COST, deletionCost);
    if (!ofTheTemplate.contains(Wiring.SAFE_TO_EVICT)) {
      put(annotations, there.annotations(), Wiring.SAFE_TO_EVICT, doNotDisrupt ? "false" : null);
    }
    if (!ofTheTemplate.contains(Wiring.DO_NOT_DISRUPT)) {
      put(annotations, there.annotations(), Wiring.DO_NOT_DISRUPT, doNotDisrupt ? "true" : null);
    }
    return labels.isEmpty() && annotations.isEmpty()
        ? null
        : new PodStep.Mark(
            pod,
            labels,
            annotations,
            urgent
                ? PodStep.Mark.When.AT_ONCE
                : takesOff(labels, annotations)
                    ? PodStep.Mark.When.IDLE_IN_TURN
                    : PodStep.Mark.When.BUSY_IN_TURN);
  }

  private static boolean takesOff(
      Map<String, @Nullable String> labels, Map<String, @Nullable String> annotations) {
    return Stream.concat(labels.values().stream(), annotations.values().stream())
        .allMatch(Objects::isNull);
  }

  private static @Nullable String text(@Nullable Instant time) {
    return time == null ? null : time.toString();
  }

  private static void put(
      Map<String, @Nullable String> changes,
      Map<String, String> there,
      String key,
      @Nullable String value) {
    if (value == null ? there.containsKey(key) : !value.equals(there.get(key))) {
      changes.put(key, value);
    }
  }
}
