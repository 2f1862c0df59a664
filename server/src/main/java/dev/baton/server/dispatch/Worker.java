package dev.baton.server.dispatch;

import dev.baton.protocol.PromiseRecord;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A process that serves a group: its connections and what it carries. Mutable; the dispatcher owns
 * it. What {@link #BY_FITNESS} reads is changed only while the worker is out of its group's set.
 */
final class Worker {

  /** Responsive before unresponsive, then least load, then longest idle. */
  static final Comparator<Worker> BY_FITNESS =
      Comparator.<Worker>comparingInt(worker -> worker.missed)
          .thenComparingInt(Worker::load)
          .thenComparingLong(worker -> worker.lastMoved)
          .thenComparingLong(worker -> worker.number);

  static final int FIRST_PORTION = 6;

  final Group group;
  final String pid;
  final long number;

  /** The newest first: it is the one that gets messages. */
  final Deque<Link> links = new ArrayDeque<>();

  final Set<Offer> sent = new LinkedHashSet<>();

  /** Tasks that the process holds, of whatever group, as far as its token covers them. */
  int held;

  /**
   * How many offers it may have that it has not acquired yet, if it does not say how much it takes:
   * few at first, and one more with each that it acquires.
   */
  int portion = FIRST_PORTION;

  /** What it was sent since its group's workers came back to a backlog. */
  int takenOfBacklog;

  /** Offers it let pass since it last acquired one. */
  int missed;

  /** Counts up whenever a worker gets or ends a task. */
  long lastMoved;

  /** Tasks that it ended since it first connected, and those of them that failed. */
  long settled;

  long rejected;

  /** Whether its newest connection says which functions it has. */
  boolean announces;

  boolean draining;
  long connectedAt;

  /** When its last connection ended; of no meaning while it has one. */
  long leftAt;

  @Nullable String run;

  /** That of the newest link, also when it is gone. */
  @Nullable String reach = "";

  /** The run that was connected when another came; two processes have one pid if it comes back. */
  @Nullable String superseded;

  private GroupView.@Nullable WorkerView shown;

  Worker(Group group, String pid, long number) {
    this.group = group;
    this.pid = pid;
    this.number = number;
  }

  boolean covers(String taskId) {
    return reach != null && taskId.startsWith(reach);
  }

  int load() {
    return held + sent.size();
  }

  @Nullable Integer slots() {
    Link link = links.peekFirst();
    Integer announced = link == null ? null : link.slots();
    if (announced != null) {
      return announced;
    }
    Integer ofGroup = group.slotsPerWorker;
    Integer most = link == null ? null : link.most();
    return ofGroup == null || most == null ? (most == null ? ofGroup : most) : min(ofGroup, most);
  }

  private static Integer min(Integer one, Integer other) {
    return one <= other ? one : other;
  }

  /** Whether a run of the process has given way to one that is connected, though it still lives. */
  boolean hasSuperseded(@Nullable String formerRun) {
    return formerRun != null && formerRun.equals(superseded) && isConnected();
  }

  /** A task that it held is over. */
  void ended(PromiseRecord.@Nullable State as) {
    boolean isFailure =
        as == PromiseRecord.State.REJECTED || as == PromiseRecord.State.REJECTED_TIMEDOUT;
    settled++;
    rejected += isFailure ? 1 : 0;
    changed();
  }

  /** Something that is shown of it has changed. */
  void changed() {
    shown = null;
    group.isChanged = true;
  }

  /** How it stands; of one that is connected. */
  GroupView.WorkerView view() {
    GroupView.WorkerView view = shown;
    if (view == null) {
      view =
          new GroupView.WorkerView(
              pid,
              links.getFirst().address(),
              slots(),
              load(),
              draining,
              connectedAt,
              settled,
              rejected);
      shown = view;
    }
    return view;
  }

  /** Whether it can run what a task asks for, as far as is known. */
  boolean has(@Nullable FunctionRef function) {
    Link link = links.peekFirst();
    Set<FunctionRef> functions = link == null ? null : link.functions();
    return function == null || functions == null || functions.contains(function);
  }

  boolean isConnected() {
    return !links.isEmpty();
  }

  boolean hasRoom() {
    Link link = links.peekFirst();
    if (link == null || draining || !link.isWritable()) {
      return false;
    }
    Integer slots = slots();
    Gathering gathering = group.gathering;
    if (gathering != null && !gathering.mayTake(this, slots != null)) {
      return false;
    }
    return slots == null ? sent.size() < portion : load() < slots;
  }
}
