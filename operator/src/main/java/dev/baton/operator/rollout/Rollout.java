package dev.baton.operator.rollout;

import java.time.Instant;

/** Where a rollout stands. Revisions are names of templates. */
public sealed interface Rollout {

  /** The revision that was in use when it began, and is again after it has failed. */
  String stable();

  /** All workers run one template, or are to. */
  record Settled(String stable) implements Rollout {}

  /** It has a revision to bring to the workers. */
  sealed interface Moving extends Rollout {

    /** The revision that is new. */
    String target();

    /** How often it has been tried, the first time being 1. */
    int attempt();
  }

  /** It is at one of its steps, the first being 0. */
  sealed interface AtStep extends Moving {

    /** Which. */
    int step();

    /** Since when it is at this point of the step. */
    Instant since();
  }

  /** The new workers of the step come up, and old ones leave. */
  record Starting(String stable, String target, int attempt, int step, Instant since)
      implements AtStep {}

  /**
   * One of the new workers is called.
   *
   * @param call the one that is under way
   * @param since since when the gate is asked, whichever worker is
   */
  record Gating(String stable, String target, int attempt, int step, Instant since, Call call)
      implements AtStep {}

  /** They are watched. */
  record Pausing(String stable, String target, int attempt, int step, Instant since)
      implements AtStep {}

  /** The workers that are left are replaced, too. */
  record Promoting(String stable, String target, int attempt, Instant since) implements Moving {}

  /**
   * It has failed, and waits for somebody.
   *
   * @param step which it was at; the number of steps if it was promoting
   */
  record Held(String stable, String target, int attempt, int step, String why) implements Moving {}

  /** The old template takes over again; {@code why} also where nothing failed. */
  record RollingBack(String stable, String target, int attempt, boolean failed, String why)
      implements Moving {}

  /** It has failed, and the old template is in use, whatever the spec says. */
  record RolledBack(String stable, String target, int attempt, String why) implements Moving {}

  /**
   * A call of the gate.
   *
   * @param number the first being 1; another worker is asked if one has gone
   * @param pod whose worker is asked
   */
  record Call(int number, String pod) {}
}
