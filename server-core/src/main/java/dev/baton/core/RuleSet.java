package dev.baton.core;

import java.util.Objects;

/**
 * Which rules apply, and their figures.
 *
 * @param retryMs after how many milliseconds an offer is repeated (protocol section 7)
 * @param preloadBytes about how large the preload of an answer may be; steps that do not fit are
 *     left out, and whoever replays them asks for each
 */
public record RuleSet(Profile profile, long retryMs, long preloadBytes) {

  /** The two generations of the protocol (section 2). */
  public enum Profile {
    /** What released SDKs were made for, bettered where section 21 says so. */
    RELEASE,
    /** The rules of the main branch, M1 to M8. */
    MAIN
  }

  /** What a preload may be where nobody says otherwise. */
  public static final long PRELOAD_BYTES = 4 << 20;

  /** Release rules, thirty seconds. */
  public static final RuleSet DEFAULT = new RuleSet(Profile.RELEASE, 30_000);

  /** Rules with the usual preload. */
  public RuleSet(Profile profile, long retryMs) {
    this(profile, retryMs, PRELOAD_BYTES);
  }

  public RuleSet {
    Objects.requireNonNull(profile, "profile");
    if (retryMs < 1) {
      throw new IllegalArgumentException("retryMs must be positive, not " + retryMs);
    }
  }

  /** Whether the rules of the main branch apply. */
  boolean isMain() {
    return profile == Profile.MAIN;
  }

  /** An offer made at an instant, to be repeated as the figure has it. */
  TaskState.Pending offered(long at) {
    return new TaskState.Pending(Instants.plus(at, retryMs), true);
  }
}
