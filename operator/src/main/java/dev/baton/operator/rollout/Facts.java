package dev.baton.operator.rollout;

import dev.baton.operator.api.v1alpha1.RolloutSpec;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a rollout depends on.
 *
 * @param spec null where it is not asked for any more
 * @param wished how many workers are wished for
 * @param written the revision of the template that the spec has
 * @param isPaused whether a change of the template waits
 * @param go what somebody has written to let it go on, or null
 * @param old the workers that are there from before
 * @param fresh the workers of the new template, as long as they are beside the others
 * @param progressDeadline how long new workers have to get ready
 * @param candidates which new workers can be called
 * @param gate what is known of the call that is under way
 */
public record Facts(
    @Nullable RolloutSpec spec,
    int wished,
    String written,
    boolean isPaused,
    @Nullable String go,
    Side old,
    Side fresh,
    Duration progressDeadline,
    Candidates candidates,
    GateResult gate) {

  /**
   * The workers of one Deployment.
   *
   * @param revision which it was given last; null if there is none
   * @param given how many it was given last
   * @param pods how many there are
   * @param available how many of them count, of the template that it was given last
   * @param isSettled whether it has seen what it was given, and has pods of that template only
   * @param obstacle why it will not get where it is to be by itself, or null
   * @param tally how its workers' tasks ended
   */
  public record Side(
      @Nullable String revision,
      int given,
      int pods,
      int available,
      boolean isSettled,
      @Nullable String obstacle,
      Tally tally) {

    /** None. */
    public static final Side NONE = new Side(null, 0, 0, 0, true, null, Tally.NONE);

    /** The same, if it is somebody else's: then there is nothing of it that counts. */
    public Side orTaken(@Nullable String why) {
      return why == null ? this : new Side(null, 0, 0, 0, true, why, Tally.NONE);
    }

    /** How many count and are not about to be deleted. */
    int staying() {
      return Math.min(available, given);
    }

    boolean runs(String wanted) {
      return wanted.equals(revision) && isSettled;
    }
  }

  /** The same, where it is not known how the gate decides. */
  Facts withoutGateResult() {
    return new Facts(
        spec,
        wished,
        written,
        isPaused,
        go,
        old,
        fresh,
        progressDeadline,
        candidates,
        new GateResult.Unknown());
  }

  /** Which new workers can be called. */
  public sealed interface Candidates {

    /** It cannot be told now: the server does not answer. */
    record Unknown() implements Candidates {}

    /** Those of these pids, in an order that lasts. */
    record Known(List<String> pids) implements Candidates {

      /** Copies. */
      public Known {
        pids = List.copyOf(pids);
      }
    }
  }

  /** What is known of the gate's call. */
  public sealed interface GateResult {

    /** Nothing yet, or the server cannot be asked now. */
    record Unknown() implements GateResult {}

    /** The worker has said that all is well. */
    record Passed() implements GateResult {}

    /** It has not. */
    record Failed(String why) implements GateResult {}

    /** The server answers, and does not take the call; it is asked again. */
    record Refused(String why) implements GateResult {}
  }
}
