package dev.baton.operator.plan;

import dev.baton.operator.api.v1alpha1.Reason;
import dev.baton.operator.plan.Attendance.Presence;
import dev.baton.operator.plan.WorkerPod.Life;
import dev.baton.operator.resources.Wiring;
import dev.baton.operator.server.Signal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What is to be done with the pods; one at a time, in the order of their steps. */
final class PodPlan {

  /** A worker with short tasks is busy between them, too: pods are written seldom. */
  static final Duration BUSY_LINGERS = Duration.ofSeconds(10);

  /**
   * One whose tasks come in longer intervals stays busy for longer, but not for longer than this.
   */
  static final Duration BUSY_LINGERS_MAX = Duration.ofMinutes(5);

  /** So many times the longest interval of late. */
  private static final int GAPS = 3;

  /** So long in a roll, where it decides which pods go first. */
  static final Duration BUSY_LINGERS_IN_ROLL = Duration.ofSeconds(1);

  /** After its drain time a pod of a cordoned node may be evicted, and gets no work for so long. */
  static final Duration EVICTION_TIME = Duration.ofSeconds(30);

  private static final int NAMED_MAX = 5;

  private final Circumstances given;
  private final Workforce workforce;
  private final ScaleIn scaleIn;
  private final Instant now;
  private final List<PodStep> steps = new ArrayList<>();
  private final List<Note> notes = new ArrayList<>();
  private final List<Plan.DrainEnd> ends = new ArrayList<>();
  private final List<String> chosen = new ArrayList<>();
  private @Nullable Instant nextLook;
  private boolean protectsAnybody;

  /**
   * What the spec and the Deployment say.
   *
   * @param protects whether busy pods are protected from eviction
   * @param rolling whether pods of an older template are being replaced, or are about to be
   * @param ofTheTemplate annotations that the template sets; what it says to autoscalers of nodes
   *     stays
   */
  record Circumstances(
      Duration drainTime, boolean protects, boolean rolling, Set<String> ofTheTemplate) {}

  private PodPlan(Circumstances given, Workforce workforce, ScaleIn scaleIn, Instant now) {
    this.given = given;
    this.workforce = workforce;
    this.scaleIn = scaleIn;
    this.now = now;
    this.nextLook = workforce.isComplete() ? null : now;
  }

  static PodPlan of(Circumstances given, Workforce workforce, ScaleIn scaleIn, Instant now) {
    PodPlan plan = new PodPlan(given, workforce, scaleIn, now);
    plan.look(scaleIn.nextLook(given.drainTime));
    workforce.pods().forEach(plan::add);
    plan.tellChosen();
    return plan;
  }

  /** Those that are chosen at once are told of at once. */
  private void tellChosen() {
    if (!chosen.isEmpty()) {
      String names = chosen.stream().limit(NAMED_MAX).collect(Collectors.joining(", "));
      String more =
          chosen.size() > NAMED_MAX ? " and %d others".formatted(chosen.size() - NAMED_MAX) : "";
      notes.add(
          Note.normal(
              Reason.Draining,
              "%s %s%s no more work: fewer workers are wished for"
                  .formatted(
                      chosen.size() == 1 ? "Pod" : "Pods",
                      names + more,
                      chosen.size() == 1 ? " gets" : " get")));
    }
  }

  Plan.Pods toDo() {
    return new Plan.Pods(List.copyOf(steps), List.copyOf(notes), List.copyOf(ends));
  }

  /** Whether any pod refuses eviction; not while a budget would still find none that is marked. */
  boolean protectsAnybody() {
    return protectsAnybody;
  }

  /** When time alone makes more of it due, or null. */
  @Nullable Instant nextLook() {
    return nextLook;
  }

  private void add(WorkerPod pod) {
    switch (pod.life()) {
      case Life.Starting _, Life.Ready _ -> {
        readiness(pod);
        work(pod);
        unreachable(pod);
      }
      case Life.Leaving _ -> keepClosed(pod);
      case Life.Ended _ -> {}
    }
  }

  /** A server forgets a drain when it is started anew, and after an hour. */
  private void keepClosed(WorkerPod pod) {
    if (workforce.attendance(pod) instanceof Attendance.Known known) {
      Presence presence = known.of(pod);
      if (presence != null && !presence.draining()) {
        tell(pod, Signal.DRAIN);
      }
    }
  }

  private void readiness(WorkerPod pod) {
    PodTrace trace = workforce.trace(pod);
    Readiness.Verdict verdict = Readiness.of(pod, workforce.attendance(pod), trace, now);
    if (verdict != null) {
      steps.add(
          new PodStep.SayConnected(pod, verdict.connected(), verdict.reason(), verdict.message()));
    } else {
      look(Readiness.nextLook(pod, trace));
    }
  }

  /** Whether it gets work, and what is written on it. */
  private void work(WorkerPod pod) {
    boolean leaves = scaleIn.leaving().contains(pod);
    boolean cordoned = given.protects && workforce.isCordoned(pod);
    Instant cordonedSince = cordoned ? orNow(pod.cordonedSince()) : null;
    Instant evictableAt = evictableAt(pod, cordonedSince);
    boolean evictable = evictableAt != null && !now.isBefore(evictableAt);
    boolean closed =
        leaves || (evictableAt != null && now.isBefore(evictableAt.plus(EVICTION_TIME)));
    if (evictableAt != null && closed) {
      look(evictable ? evictableAt.plus(EVICTION_TIME) : evictableAt);
    }
    boolean busy = isBusy(pod, closed);
    boolean isProtected = busy && given.protects && !evictable;
    Marking marking =
        new Marking(
            isProtected && showsBudget(pod),
            isProtected,
            cost(pod, busy),
            leaves ? orNow(pod.drainingSince()) : null,
            cordonedSince);
    PodStep.Mark mark =
        marking.step(pod, given.ofTheTemplate, closed || wasClosed(pod) || given.rolling);
    protectsAnybody |= marking.busy() && showsBusy(mark);
    if (closed) {
      close(pod, mark, leaves);
    } else {
      open(pod, mark, cordoned);
    }
    if (scaleIn.going().contains(pod)) {
      ends.add(scaleIn.handedOver().contains(pod) ? Plan.DrainEnd.TIMEOUT : Plan.DrainEnd.EMPTY);
    }
    if (scaleIn.handedOver().contains(pod)) {
      tell(pod, Signal.GONE);
      tell(pod, Signal.DRAIN); // should it connect again, it gets no work
      notes.add(
          Note.normal(
              Reason.DrainTimeOver,
              "Pod %s has not become empty in %s: what it holds goes to other workers"
                  .formatted(pod.name(), text(given.drainTime))));
    }
  }

  /** When its drain time is over, or its node's time, if that is earlier. */
  private @Nullable Instant evictableAt(WorkerPod pod, @Nullable Instant cordonedSince) {
    if (cordonedSince == null) {
      return null;
    }
    Instant own = cordonedSince.plus(given.drainTime);
    Instant deadline = workforce.deadline(pod);
    return deadline != null && deadline.isBefore(own) ? deadline : own;
  }

  /** A node that nobody hears and a server that does not see its worker agree: it is gone. */
  private void unreachable(WorkerPod pod) {
    if (workforce.isUnreachable(pod)
        && workforce.attendance(pod) instanceof Attendance.Known known
        && known.of(pod) == null
        && workforce.trace(pod).lostSince() != null
        && workforce.told().get(pod.uid()) != Signal.GONE) {
      tell(pod, Signal.GONE);
      notes.add(
          Note.warning(
              Reason.WorkerGone,
              "Pod %s: its node is not heard and the server does not see its worker: what it held goes to others"
                  .formatted(pod.name())));
    }
  }

  /** Where nodes are not seen for a while, nobody loses the protection that it has. */
  private boolean showsBudget(WorkerPod pod) {
    return workforce.seesNodes() || "true".equals(pod.marks().labels().get(Wiring.BUSY_LABEL));
  }

  /** Whether it is marked by now, or before anything else is done: a mark may wait for its turn. */
  private static boolean showsBusy(PodStep.@Nullable Mark mark) {
    return mark == null
        || !mark.labels().containsKey(Wiring.BUSY_LABEL)
        || mark.when() == PodStep.Mark.When.AT_ONCE;
  }

  /** Only where a ReplicaSet is about to choose: nobody else reads it. */
  private @Nullable String cost(WorkerPod pod, boolean busy) {
    if (scaleIn.cheap().contains(pod)) {
      return Wiring.LEAVES_FIRST;
    }
    return busy && given.rolling ? Wiring.LEAVES_LATE : null;
  }

  private static boolean wasClosed(WorkerPod pod) {
    return pod.drainingSince() != null || pod.cordonedSince() != null;
  }

  /** Written first, then told: what is written is told again until the server shows it. */
  private void close(WorkerPod pod, PodStep.@Nullable Mark mark, boolean leaves) {
    boolean isNew = leaves ? pod.drainingSince() == null : pod.cordonedSince() == null;
    if (mark != null) {
      steps.add(mark);
    }
    if (workforce.attendance(pod) instanceof Attendance.Known known) {
      Presence presence = known.of(pod);
      if (presence == null ? isNew : !presence.draining()) {
        tell(pod, Signal.DRAIN);
      }
    }
    if (isNew && leaves) {
      chosen.add(pod.name());
    } else if (isNew) {
      notes.add(
          Note.normal(
              Reason.Draining,
              "Pod %s gets no more work: its node takes no pods any more".formatted(pod.name())));
    }
  }

  /** Told first, then taken off: what is still written is told again until the server has it. */
  private void open(WorkerPod pod, PodStep.@Nullable Mark mark, boolean staysWritten) {
    if (!wasClosed(pod)) {
      if (mark != null) {
        steps.add(mark);
      }
      return;
    }
    switch (workforce.attendance(pod)) {
      case Attendance.Unknown _ -> {} // the server is to be told first
      case Attendance.Untold _ -> {
        if (mark != null) {
          steps.add(mark);
        }
      }
      case Attendance.Known known -> {
        Presence presence = known.of(pod);
        boolean takenOff = !staysWritten || pod.drainingSince() != null;
        boolean isDrained = presence != null && presence.draining();
        if (isDrained || (takenOff && workforce.told().get(pod.uid()) != Signal.RESUME)) {
          tell(pod, Signal.RESUME);
          if (takenOff) {
            return; // when the server has it
          }
        }
        if (takenOff) {
          notes.add(
              Note.normal(
                  Reason.Resumed,
                  "Pod %s stays after all: it gets work again".formatted(pod.name())));
        }
        if (pod.drainingSince() != null) {
          ends.add(Plan.DrainEnd.RESUMED);
        }
        if (mark != null) {
          steps.add(mark);
        }
      }
    }
  }

  private void tell(WorkerPod pod, Signal signal) {
    if (workforce.attendance(pod) instanceof Attendance.Known known) {
      Presence presence = known.of(pod);
      steps.add(
          new PodStep.Tell(pod, signal, presence == null ? List.of(pod.name()) : presence.pids()));
    }
  }

  private boolean isBusy(WorkerPod pod, boolean closed) {
    boolean wasBusy = pod.isMarkedBusy(given.ofTheTemplate);
    return switch (workforce.attendance(pod)) {
      case Attendance.Untold _ -> false;
      case Attendance.Unknown _ -> wasBusy;
      case Attendance.Known known -> {
        Presence presence = known.of(pod);
        if (presence == null) {
          yield wasBusy && pod.isReady(); // it may come back in a moment
        }
        Instant busyAt = workforce.trace(pod).busyAt();
        if (presence.load() > 0 || closed || busyAt == null) {
          yield presence.load() > 0;
        }
        Instant idleAt =
            busyAt.plus(given.rolling ? BUSY_LINGERS_IN_ROLL : lingers(workforce.trace(pod)));
        boolean lingers = now.isBefore(idleAt);
        look(wasBusy && lingers ? idleAt : null); // what waits for its turn is woken by it
        yield lingers;
      }
    };
  }

  /** So long that few pods are written twice for each task, however often tasks come. */
  private static Duration lingers(PodTrace trace) {
    Duration wanted = trace.gap().multipliedBy(GAPS);
    Duration atLeast = wanted.compareTo(BUSY_LINGERS) > 0 ? wanted : BUSY_LINGERS;
    return atLeast.compareTo(BUSY_LINGERS_MAX) < 0 ? atLeast : BUSY_LINGERS_MAX;
  }

  private Instant orNow(@Nullable Instant time) {
    return time != null ? time : now;
  }

  private void look(@Nullable Instant at) {
    if (at != null && (nextLook == null || at.isBefore(nextLook))) {
      nextLook = at;
    }
  }

  private static String text(Duration time) {
    return time.toString().substring(2).toLowerCase(Locale.ROOT);
  }
}
