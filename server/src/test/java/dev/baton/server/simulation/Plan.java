package dev.baton.server.simulation;

import dev.baton.server.dispatch.FunctionRef;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Everything that a history follows from.
 *
 * @param endsAt when all misfortune stops
 */
record Plan(long seed, Setting setting, List<Member> members, List<Stimulus> stimuli, long endsAt) {

  /** One act at its time. */
  record Stimulus(long at, Act act) {}

  /**
   * How the server is set and what its surroundings are like. Times are milliseconds.
   *
   * @param liveBytes the room for what is live
   */
  record Setting(
      int latencyMost,
      int serviceMost,
      int batchMost,
      int lossPerMille,
      int duplicatePerMille,
      long redeliveryMs,
      long retryMs,
      long graceMs,
      boolean evicts,
      long liveBytes) {

    Setting with(long liveBytes) {
      return new Setting(
          latencyMost,
          serviceMost,
          batchMost,
          lossPerMille,
          duplicatePerMille,
          redeliveryMs,
          retryMs,
          graceMs,
          evicts,
          liveBytes);
    }
  }

  /**
   * A process that takes part.
   *
   * @param slots what it announces; null for nothing
   * @param announcesRun whether it says which run of its process it is
   * @param isStrict whether what it was sent and did not take may be offered to others only anew
   * @param isPushed whether messages are posted to it instead of streamed
   * @param givesBackPerMille how often it releases a task that it has just taken
   * @param functions what it says it has; null if it says nothing
   */
  record Member(
      String group,
      String pid,
      String address,
      @Nullable Integer slots,
      boolean announcesRun,
      boolean isStrict,
      boolean isPushed,
      boolean heartbeats,
      boolean heartbeatsForAll,
      boolean fences,
      long ttlMs,
      int slowness,
      int givesBackPerMille,
      @Nullable Set<FunctionRef> functions) {

    boolean isClient() {
      return group.equals("clients");
    }
  }

  Plan with(List<Stimulus> fewer) {
    return new Plan(seed, setting, members, fewer, endsAt);
  }
}
