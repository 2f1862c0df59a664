package dev.baton.operator.rollout;

import dev.baton.operator.api.v1alpha1.RolloutSpec.Step;
import dev.baton.operator.rollout.Facts.Candidates;
import dev.baton.operator.rollout.Facts.GateResult;
import dev.baton.operator.rollout.Rollout.AtStep;
import dev.baton.operator.rollout.Rollout.Gating;
import dev.baton.operator.rollout.Rollout.Held;
import dev.baton.operator.rollout.Rollout.Pausing;
import dev.baton.operator.rollout.Rollout.Promoting;
import dev.baton.operator.rollout.Rollout.RolledBack;
import dev.baton.operator.rollout.Rollout.RollingBack;
import dev.baton.operator.rollout.Rollout.Settled;
import dev.baton.operator.rollout.Rollout.Starting;
import java.util.List;

/** Where a rollout stands, in words. */
public final class Sentences {

  private Sentences() {}

  /** In a sentence, without the stop at its end. */
  public static String of(Rollout state, Facts facts) {
    return switch (state) {
      case Settled settled ->
          facts.written().equals(settled.stable())
              ? "revision %s is in use".formatted(settled.stable())
              : "revision %s waits: the rollout is paused".formatted(facts.written());
      case Starting at ->
          at(at, facts)
              + (facts.wished() == 0 ? "no workers are asked for, so it waits" : ready(at, facts));
      case Gating at ->
          at(at, facts)
              + (facts.gate() instanceof GateResult.Refused(String why)
                  ? "the gate cannot be called on pod %s: %s".formatted(at.call().pod(), why)
                  : "the gate is called on pod %s".formatted(at.call().pod()));
      case Pausing at -> at(at, facts) + pause(at, facts);
      case Promoting promoting ->
          "revision %s has passed all steps: the workers that are left follow"
              .formatted(promoting.target());
      case Held held ->
          "revision %s is held: %s; resume, undo or change it".formatted(held.target(), held.why());
      case RollingBack back ->
          "revision %s goes back to %s: %s".formatted(back.target(), back.stable(), back.why());
      case RolledBack back ->
          "revision %s was rolled back to %s: %s"
              .formatted(back.target(), back.stable(), back.why());
    };
  }

  private static String ready(Starting at, Facts facts) {
    int goal = Shares.of(facts.spec(), at.step(), facts.wished()).fresh();
    int ready = facts.fresh().runs(at.target()) ? facts.fresh().available() : 0;
    String gate =
        ready < goal || facts.spec() == null || facts.spec().gate() == null
            ? ""
            : switch (facts.candidates()) {
              case Candidates.Unknown _ -> ", and the server does not answer, so the gate waits";
              case Candidates.Known(List<String> pids) ->
                  pids.isEmpty() ? ", and none is connected to the server, so the gate waits" : "";
            };
    return "%d of %d new workers are ready%s".formatted(ready, goal, gate);
  }

  private static String at(AtStep at, Facts facts) {
    List<Step> steps = facts.spec() == null ? List.of() : facts.spec().stepsOrOne();
    int percent = at.step() < steps.size() ? steps.get(at.step()).percent() : 100;
    return "revision %s is at step %d of %d (%d %%): "
        .formatted(at.target(), at.step() + 1, steps.size(), percent);
  }

  private static String pause(Pausing at, Facts facts) {
    if (facts.isPaused()) {
      return "it waits, for spec.paused is true";
    }
    List<Step> steps = facts.spec() == null ? List.of() : facts.spec().stepsOrOne();
    Step step = at.step() < steps.size() ? steps.get(at.step()) : null;
    return step != null && step.waitsForSomebody()
        ? "it waits for kubectl baton rollout resume"
        : "it is watched for " + (step == null ? "" : step.pause());
  }
}
