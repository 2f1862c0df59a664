package dev.baton.server.simulation;

import dev.baton.server.simulation.Plan.Setting;
import dev.baton.server.simulation.Plan.Stimulus;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Leaves out of a plan whatever is not needed for its finding. */
final class Shrinker {

  private static final int TRIES_MOST = 2_000;

  private final Function<Plan, @Nullable Violation> player;
  private int tries;

  Shrinker(Function<Plan, @Nullable Violation> player) {
    this.player = player;
  }

  Plan shrink(Plan plan, Violation violation) {
    Plan smallest = calm(plan, violation);
    int size;
    do {
      size = smallest.stimuli().size();
      for (int chunk = Math.max(1, size / 2); chunk >= 1; chunk /= 2) {
        smallest = leaveOut(smallest, chunk, violation);
      }
    } while (smallest.stimuli().size() < size);
    return smallest;
  }

  private Plan leaveOut(Plan plan, int chunk, Violation violation) {
    Plan smallest = plan;
    for (int from = 0; from < smallest.stimuli().size(); ) {
      List<Stimulus> fewer = new ArrayList<>(smallest.stimuli());
      fewer.subList(from, Math.min(from + chunk, fewer.size())).clear();
      Plan smaller = smallest.with(fewer);
      if (finds(smaller, violation)) {
        smallest = smaller;
      } else {
        from += chunk;
      }
    }
    return smallest;
  }

  /** Without mishaps on the network, if those are not needed. */
  private Plan calm(Plan plan, Violation violation) {
    Setting s = plan.setting();
    Setting calm =
        new Setting(
            1,
            0,
            s.batchMost(),
            0,
            0,
            s.redeliveryMs(),
            s.retryMs(),
            s.graceMs(),
            s.evicts(),
            s.liveBytes());
    Plan calmer = new Plan(plan.seed(), calm, plan.members(), plan.stimuli(), plan.endsAt());
    return finds(calmer, violation) ? calmer : plan;
  }

  private boolean finds(Plan plan, Violation violation) {
    if (tries++ > TRIES_MOST) {
      return false;
    }
    Violation found = player.apply(plan);
    return found != null && found.invariant.equals(violation.invariant);
  }
}
