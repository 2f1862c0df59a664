package dev.baton.operator.rollout;

import dev.baton.operator.api.v1alpha1.RolloutSpec;
import dev.baton.operator.api.v1alpha1.RolloutStatus;
import dev.baton.operator.rollout.Rollout.AtStep;
import dev.baton.operator.rollout.Rollout.Call;
import dev.baton.operator.rollout.Rollout.Gating;
import dev.baton.operator.rollout.Rollout.Held;
import dev.baton.operator.rollout.Rollout.Moving;
import dev.baton.operator.rollout.Rollout.Pausing;
import dev.baton.operator.rollout.Rollout.Promoting;
import dev.baton.operator.rollout.Rollout.RolledBack;
import dev.baton.operator.rollout.Rollout.RollingBack;
import dev.baton.operator.rollout.Rollout.Settled;
import dev.baton.operator.rollout.Rollout.Starting;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/** A rollout in the status of its WorkerGroup: so another operator goes on where one ended. */
public final class Remembered {

  private Remembered() {}

  /**
   * Where it stands.
   *
   * @param written the revision that the spec has, which is in use where nothing is remembered
   */
  public static Rollout read(@Nullable RolloutStatus status, String written) {
    if (status == null || status.stable() == null || status.phase() == null) {
      return new Settled(written);
    }
    String stable = status.stable();
    String target = status.target();
    if (target == null) {
      return new Settled(stable);
    }
    int attempt = status.attempt() == null ? 1 : status.attempt();
    int step = status.step() == null ? 0 : status.step() - 1;
    Instant since = time(status.since());
    String why = status.failure() == null ? "" : status.failure();
    return switch (status.phase()) {
      case "Starting" -> new Starting(stable, target, attempt, step, since);
      case "Gating" ->
          status.gatePod() == null
              ? new Starting(stable, target, attempt, step, since)
              : new Gating(
                  stable,
                  target,
                  attempt,
                  step,
                  since,
                  new Call(number(status.gate()), status.gatePod()));
      case "Pausing" -> new Pausing(stable, target, attempt, step, since);
      case "Promoting" -> new Promoting(stable, target, attempt, since);
      case "Held" -> new Held(stable, target, attempt, step, why);
      case "RollingBack" -> new RollingBack(stable, target, attempt, status.failure() != null, why);
      case "RolledBack" -> new RolledBack(stable, target, attempt, why);
      default -> new Settled(stable); // what a newer operator may have written
    };
  }

  /**
   * The same in words.
   *
   * @param gate the id of the gate's call, or null
   * @param message where it stands, in a sentence
   */
  public static RolloutStatus write(
      Rollout state, @Nullable RolloutSpec spec, @Nullable String gate, String message) {
    Moving moving = state instanceof Moving it ? it : null;
    return new RolloutStatus(
        state.getClass().getSimpleName(),
        state.stable(),
        moving == null ? null : moving.target(),
        step(state),
        spec == null || moving == null ? null : spec.stepsOrOne().size(),
        moving == null ? null : moving.attempt(),
        since(state),
        state instanceof Gating ? gate : null,
        state instanceof Gating gating ? gating.call().pod() : null,
        failure(state),
        Rollouts.continueWith(state, spec),
        message);
  }

  /**
   * The id of the gate's call: the same for whoever asks again, another for each attempt and
   * worker.
   *
   * @param owner tells the WorkerGroup from all others, also from a namesake before it
   */
  public static String gateId(String owner, Gating state) {
    return "baton-gate-%s-%s-%d-%d-%d"
        .formatted(owner, state.target(), state.attempt(), state.step() + 1, state.call().number());
  }

  private static int number(@Nullable String gate) {
    String text = gate == null ? "" : gate.substring(gate.lastIndexOf('-') + 1);
    return text.matches("[0-9]{1,6}") ? Integer.parseInt(text) : 1;
  }

  private static @Nullable Integer step(Rollout state) {
    return switch (state) {
      case AtStep at -> at.step() + 1;
      case Held held -> held.step() + 1;
      case Settled _, Promoting _, RollingBack _, RolledBack _ -> null;
    };
  }

  private static @Nullable String since(Rollout state) {
    return switch (state) {
      case AtStep at -> text(at.since());
      case Promoting promoting -> text(promoting.since());
      case Settled _, Held _, RollingBack _, RolledBack _ -> null;
    };
  }

  private static @Nullable String failure(Rollout state) {
    return switch (state) {
      case Held held -> held.why();
      case RollingBack back -> back.failed() ? back.why() : null;
      case RolledBack back -> back.why();
      case Settled _, AtStep _, Promoting _ -> null;
    };
  }

  private static String text(Instant time) {
    return time.truncatedTo(ChronoUnit.MILLIS).toString();
  }

  private static Instant time(@Nullable String text) {
    try {
      return text == null ? Instant.EPOCH : Instant.parse(text);
    } catch (DateTimeParseException e) {
      return Instant.EPOCH; // edited by hand: as if it had lasted for long
    }
  }
}
