package dev.baton.operator.rollout;

import dev.baton.operator.api.v1alpha1.RolloutSpec;
import dev.baton.operator.api.v1alpha1.RolloutSpec.Step;
import dev.baton.operator.resources.WrittenDuration;
import dev.baton.operator.rollout.Facts.Candidates;
import dev.baton.operator.rollout.Facts.GateResult;
import dev.baton.operator.rollout.Rollout.AtStep;
import dev.baton.operator.rollout.Rollout.Call;
import dev.baton.operator.rollout.Rollout.Gating;
import dev.baton.operator.rollout.Rollout.Held;
import dev.baton.operator.rollout.Rollout.Pausing;
import dev.baton.operator.rollout.Rollout.Promoting;
import dev.baton.operator.rollout.Rollout.RolledBack;
import dev.baton.operator.rollout.Rollout.RollingBack;
import dev.baton.operator.rollout.Rollout.Settled;
import dev.baton.operator.rollout.Rollout.Starting;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The rules of rollouts: what follows from where one stands and what is seen. */
public final class Rollouts {

  /** The most that can follow from one look: three points of each of twenty steps, and the end. */
  private static final int MOVES_MAX = 64;

  /** So many workers are asked, one after another goes while it is: it may be the call's doing. */
  static final int CALLS_MAX = 5;

  private static final Duration GATE_TIMEOUT = Duration.ofMinutes(1);

  /** A server that is just starting may refuse what it takes a moment later. */
  private static final Duration REFUSED_FOR = Duration.ofSeconds(30);

  private Rollouts() {}

  /** Where it stands after all that follows from the facts. */
  public static Rollout next(Rollout from, Facts facts, Instant now) {
    Rollout state = from;
    for (int move = 0; move < MOVES_MAX; move++) {
      Rollout following = step(state, facts, now);
      if (following.equals(state)) {
        return state;
      }
      if (state instanceof Gating || state instanceof Starting) {
        facts = facts.withoutGateResult(); // that of the next call is not known yet
      }
      state = following;
    }
    return state;
  }

  private static Rollout step(Rollout state, Facts facts, Instant now) {
    return switch (state) {
      case Settled settled -> settled(settled, facts, now);
      case Starting starting -> {
        Rollout otherwise = otherwise(starting, facts, now);
        yield otherwise != null ? otherwise : starting(starting, facts, now);
      }
      case Gating gating -> {
        Rollout otherwise = otherwise(gating, facts, now);
        yield otherwise != null ? otherwise : gating(gating, facts, now);
      }
      case Pausing pausing -> {
        Rollout otherwise = otherwise(pausing, facts, now);
        yield otherwise != null ? otherwise : pausing(pausing, facts, now);
      }
      case Promoting promoting -> promoting(promoting, facts, now);
      case Held held -> held(held, facts, now);
      case RollingBack back -> rollingBack(back, facts, now);
      case RolledBack back -> rolledBack(back, facts, now);
    };
  }

  private static Rollout settled(Settled state, Facts facts, Instant now) {
    if (facts.written().equals(state.stable()) || facts.isPaused()) {
      return state;
    }
    return facts.spec() == null
        ? new Settled(facts.written())
        : new Starting(state.stable(), facts.written(), 1, 0, now);
  }

  /** What may become of it at any point of a step; null if nothing. */
  private static @Nullable Rollout otherwise(AtStep state, Facts facts, Instant now) {
    Rollout rewritten = rewritten(state, facts, now);
    if (rewritten != null) {
      return rewritten;
    }
    String obstacle = facts.fresh().obstacle();
    RolloutSpec spec = facts.spec();
    String worse =
        spec == null
            ? null
            : facts.fresh().tally().worseThan(facts.old().tally(), spec.failureMarginOrDefault());
    String why = obstacle != null ? obstacle : worse;
    return why == null ? null : failed(state, state.step(), why, facts);
  }

  /** What a change of the spec makes of it; null if nothing. */
  private static @Nullable Rollout rewritten(Rollout.Moving state, Facts facts, Instant now) {
    if (facts.written().equals(state.target())) {
      return facts.spec() == null
          ? new Promoting(state.stable(), state.target(), state.attempt(), now)
          : null;
    }
    if (facts.written().equals(state.stable())) {
      return new RollingBack(
          state.stable(), state.target(), state.attempt(), false, "the spec has the old template");
    }
    return facts.spec() == null
        ? new Promoting(state.stable(), facts.written(), 1, now)
        : new Starting(state.stable(), facts.written(), 1, 0, now);
  }

  private static Rollout starting(Starting state, Facts facts, Instant now) {
    Shares goal = Shares.of(facts.spec(), state.step(), facts.wished());
    boolean isThere =
        goal.fresh() > 0
            && facts.fresh().runs(state.target())
            && facts.fresh().available() >= goal.fresh();
    if (!isThere || facts.isPaused()) {
      return state;
    }
    RolloutSpec spec = facts.spec();
    if (spec == null || spec.gate() == null) {
      return new Pausing(state.stable(), state.target(), state.attempt(), state.step(), now);
    }
    return switch (facts.candidates()) {
      case Candidates.Unknown _ -> state;
      case Candidates.Known(List<String> pids) when !pids.isEmpty() ->
          new Gating(
              state.stable(),
              state.target(),
              state.attempt(),
              state.step(),
              now,
              new Call(1, pids.getFirst()));
      case Candidates.Known _ ->
          now.isBefore(state.since().plus(facts.progressDeadline()).plus(timeout(spec.gate())))
              ? state
              : failed(
                  state,
                  state.step(),
                  "no new worker is connected to the server, so the gate could not be called",
                  facts);
    };
  }

  /** How long the gate's call may take. */
  public static Duration timeout(RolloutSpec.Gate gate) {
    return WrittenDuration.parse(gate.timeout(), GATE_TIMEOUT);
  }

  private static Rollout gating(Gating state, Facts facts, Instant now) {
    RolloutSpec spec = facts.spec();
    return switch (facts.gate()) {
      case GateResult.Passed _ ->
          new Pausing(state.stable(), state.target(), state.attempt(), state.step(), now);
      case GateResult.Failed(String why) ->
          failed(state, state.step(), "the gate failed: " + why, facts);
      case GateResult.Unknown _ -> asked(state, facts);
      case GateResult.Refused(String why) ->
          spec == null
                  || spec.gate() == null
                  || now.isBefore(
                      state
                          .since()
                          .plus(timeout(spec.gate()).multipliedBy(state.call().number()))
                          .plus(REFUSED_FOR))
              ? asked(state, facts)
              : failed(state, state.step(), "the gate could not be called: " + why, facts);
    };
  }

  /** As long as it is not known how the call ends: another worker is asked if that one has gone. */
  private static Rollout asked(Gating state, Facts facts) {
    if (!(facts.candidates() instanceof Candidates.Known(List<String> others))
        || others.isEmpty()
        || others.contains(state.call().pod())) {
      return state;
    }
    return state.call().number() >= CALLS_MAX
        ? failed(
            state,
            state.step(),
            "the gate was called %d times, and each worker went before it ended"
                .formatted(CALLS_MAX),
            facts)
        : new Gating(
            state.stable(),
            state.target(),
            state.attempt(),
            state.step(),
            state.since(),
            new Call(state.call().number() + 1, others.getFirst()));
  }

  private static Rollout pausing(Pausing state, Facts facts, Instant now) {
    RolloutSpec spec = facts.spec();
    List<Step> steps = spec == null ? List.of() : spec.stepsOrOne();
    Step step = state.step() < steps.size() ? steps.get(state.step()) : null;
    boolean isOver =
        isTold(state, state.step(), facts)
            || step == null
            || (!step.waitsForSomebody() && !now.isBefore(pauseEnd(state, step)));
    if (!isOver || facts.isPaused()) {
      return state;
    }
    return state.step() + 1 < steps.size()
        ? new Starting(state.stable(), state.target(), state.attempt(), state.step() + 1, now)
        : new Promoting(state.stable(), state.target(), state.attempt(), now);
  }

  private static Instant pauseEnd(Pausing state, Step step) {
    return state.since().plus(WrittenDuration.parse(step.pause(), Duration.ZERO));
  }

  private static Rollout promoting(Promoting state, Facts facts, Instant now) {
    Rollout rewritten =
        facts.written().equals(state.target()) ? null : rewritten(state, facts, now);
    if (rewritten != null) {
      return rewritten;
    }
    boolean runs = facts.old().runs(state.target());
    if (runs && facts.fresh().pods() == 0 && facts.old().available() >= facts.wished()) {
      return new Settled(state.target());
    }
    String obstacle = facts.old().obstacle();
    RolloutSpec spec = facts.spec();
    return obstacle == null || spec == null
        ? state
        : failed(state, spec.stepsOrOne().size(), obstacle, facts);
  }

  private static Rollout held(Held state, Facts facts, Instant now) {
    Rollout rewritten = rewritten(state, facts, now);
    if (rewritten != null) {
      return rewritten;
    }
    if (!isTold(state, state.step(), facts)) {
      return state;
    }
    RolloutSpec spec = facts.spec();
    return spec != null && state.step() + 1 < spec.stepsOrOne().size()
        ? new Starting(state.stable(), state.target(), state.attempt(), state.step() + 1, now)
        : new Promoting(state.stable(), state.target(), state.attempt(), now);
  }

  private static Rollout rollingBack(RollingBack state, Facts facts, Instant now) {
    boolean isWrittenAnew =
        !facts.written().equals(state.target()) && !facts.written().equals(state.stable());
    if (isWrittenAnew && facts.spec() != null) {
      return new Starting(state.stable(), facts.written(), 1, 0, now);
    }
    boolean isBack =
        facts.fresh().pods() == 0
            && facts.old().runs(state.stable())
            && facts.old().available() >= facts.wished();
    if (!isBack) {
      return state;
    }
    return state.failed()
        ? new RolledBack(state.stable(), state.target(), state.attempt(), state.why())
        : new Settled(state.stable());
  }

  private static Rollout rolledBack(RolledBack state, Facts facts, Instant now) {
    if (facts.written().equals(state.stable())) {
      return new Settled(state.stable());
    }
    if (!facts.written().equals(state.target())) {
      return facts.spec() == null
          ? new Promoting(state.stable(), facts.written(), 1, now)
          : new Starting(state.stable(), facts.written(), 1, 0, now);
    }
    if (facts.spec() == null) {
      return new Promoting(state.stable(), state.target(), state.attempt(), now);
    }
    return isTold(state, 0, facts)
        ? new Starting(state.stable(), state.target(), state.attempt() + 1, 0, now)
        : state;
  }

  private static Rollout failed(Rollout.Moving state, int step, String why, Facts facts) {
    RolloutSpec spec = facts.spec();
    return spec != null && spec.waitsOnFailure()
        ? new Held(state.stable(), state.target(), state.attempt(), step, why)
        : new RollingBack(state.stable(), state.target(), state.attempt(), true, why);
  }

  /** What somebody writes to let it go on from here, or null where nobody has to. */
  public static @Nullable String continueWith(Rollout state, @Nullable RolloutSpec spec) {
    return switch (state) {
      case Pausing pausing -> {
        List<Step> steps = spec == null ? List.of() : spec.stepsOrOne();
        yield pausing.step() < steps.size() && steps.get(pausing.step()).pause() != null
            ? key(pausing, pausing.step())
            : null;
      }
      case Held held -> key(held, held.step());
      case RolledBack back -> key(back, 0);
      case Settled _, Starting _, Gating _, Promoting _, RollingBack _ -> null;
    };
  }

  private static boolean isTold(Rollout.Moving state, int step, Facts facts) {
    return key(state, step).equals(facts.go());
  }

  private static String key(Rollout.Moving state, int step) {
    String kind =
        switch (state) {
          case Held _ -> "held";
          case RolledBack _ -> "again";
          case Starting _, Gating _, Pausing _, Promoting _, RollingBack _ -> "step";
        };
    return "%s-%d-%s-%d".formatted(state.target(), state.attempt(), kind, step + 1);
  }

  /** How many workers each side is to have now. */
  public static Shares shares(Rollout state, Facts facts) {
    int wished = facts.wished();
    return switch (state) {
      case Settled _, RolledBack _ -> new Shares(wished, 0).from(facts, false);
      case Starting at -> Shares.of(facts.spec(), at.step(), wished).from(facts, true);
      case Gating at -> Shares.of(facts.spec(), at.step(), wished).from(facts, true);
      case Pausing at -> Shares.of(facts.spec(), at.step(), wished).from(facts, true);
      case Promoting promoting -> promoted(promoting.target(), facts);
      case Held held ->
          facts.spec() != null && held.step() < facts.spec().stepsOrOne().size()
              ? Shares.of(facts.spec(), held.step(), wished).from(facts, true)
              : promoted(held.target(), facts);
      case RollingBack _ -> new Shares(wished, 0).from(facts, false);
    };
  }

  /** First those that are left of the old workers are replaced, then they take all over. */
  private static Shares promoted(String target, Facts facts) {
    int fresh = facts.fresh().given();
    return facts.old().runs(target)
        ? new Shares(facts.wished(), 0).from(facts, false)
        : new Shares(Math.max(0, facts.wished() - fresh), fresh);
  }

  /** Which revision the Deployment that was there from before is to have. */
  public static String oldRevision(Rollout state, Facts facts) {
    RolloutSpec spec = facts.spec();
    return switch (state) {
      case Promoting promoting -> promoting.target();
      case Held held ->
          spec == null || held.step() >= spec.stepsOrOne().size() ? held.target() : held.stable();
      case Settled _, Starting _, Gating _, Pausing _, RollingBack _, RolledBack _ ->
          state.stable();
    };
  }

  /** Which revision the one beside it is to have; null while none is beside it. */
  public static @Nullable String freshRevision(Rollout state) {
    return switch (state) {
      case Settled _ -> null;
      case Rollout.Moving moving -> moving.target();
    };
  }

  /** When time alone may move it, or null. */
  public static @Nullable Instant nextLook(Rollout state, @Nullable RolloutSpec spec) {
    if (!(state instanceof Pausing pausing) || spec == null) {
      return null;
    }
    List<Step> steps = spec.stepsOrOne();
    Step step = pausing.step() < steps.size() ? steps.get(pausing.step()) : null;
    return step == null || step.pause() == null || step.waitsForSomebody()
        ? null
        : pauseEnd(pausing, step);
  }
}
