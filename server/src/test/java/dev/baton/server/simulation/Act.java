package dev.baton.server.simulation;

import dev.baton.protocol.PromiseRecord;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What somebody does to the system, or what befalls it. The rest of a history follows from these.
 */
sealed interface Act {

  /** A client asks a group for work. */
  record Invoke(String client, String id, String program, String target, long timeoutMs)
      implements Act {}

  /** A worker creates a promise and takes its task in one step. */
  record Run(String worker, String id, String program, String target, long timeoutMs)
      implements Act {}

  /** A client settles a promise. */
  record Settle(String client, String id, PromiseRecord.State as) implements Act {}

  /** A client looks around. */
  record Look(String client, String id) implements Act {}

  /** A client wants to hear of a promise. */
  record Listen(String client, String id, String address) implements Act {}

  /** A client lets a task wait for a promise. */
  record Await(String client, String awaited, String awaiter) implements Act {}

  /** A client takes a task out of circulation. */
  record Halt(String client, String id) implements Act {}

  /** A client puts a task into circulation again. */
  record Continue(String client, String id) implements Act {}

  /**
   * A client makes a schedule.
   *
   * @param policy the tags that say whether its occurrences may overlap, and for how long missed
   *     ones are made up for
   */
  record Plan(
      String client,
      String id,
      String cron,
      String program,
      String target,
      Map<String, String> policy)
      implements Act {}

  /** A client removes a schedule. */
  record Unplan(String client, String id) implements Act {}

  /** A process starts, as another run if it has run before. */
  record Start(String pid) implements Act {}

  /** A process ends without a word; its machine closes its connections. */
  record Kill(String pid) implements Act {}

  /** A machine ends: its connections stay open for those at the other end. */
  record Vanish(String pid) implements Act {}

  /** A process is asked to end: it drains. */
  record Stop(String pid) implements Act {}

  /** A process's stream breaks. */
  record Drop(String pid) implements Act {}

  /** Nothing comes from or goes to a process for a while. */
  record Cut(String pid, long ms) implements Act {}

  /** A process does nothing for a while. */
  record Freeze(String pid, long ms) implements Act {}

  /** A process does not read its stream for a while. */
  record Choke(String pid, long ms) implements Act {}

  /** An operator has a word about a worker: drain, resume or gone. */
  record Operate(String action, String pid, boolean byAddress) implements Act {}

  /** An operator sets a group's slots per worker; null for unlimited. */
  record Slots(String group, @Nullable Integer slotsPerWorker) implements Act {}

  /**
   * The server's process ends.
   *
   * @param point where in its next transaction
   * @param skewMs how far its clock is moved meanwhile
   */
  record CrashServer(FaultyStorage.CrashPoint point, long downMs, long skewMs) implements Act {}

  /** The server's process does nothing for a while; what is sent to it waits. */
  record PauseServer(long ms) implements Act {}

  /** The clock of the server's machine is set. */
  record SetClock(long byMs) implements Act {}

  /** So many transactions fail. */
  record FailDisk(int transactions) implements Act {}

  /** There is no room on the server's disk for a while. */
  record FillDisk(long ms) implements Act {}
}
