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
import org.jspecify.annotations.Nullable;

/** What is to be done with the pods; one at a time, in the order of their steps. */
final class PodPlan {

  /** A worker with short tasks is busy between them, too: pods are written seldom. */
  static final Duration BUSY_LINGERS = Duration.ofSeconds(10);

  /** So long in a roll, where it decides which pods go first. */
  static final Duration BUSY_LINGERS_IN_ROLL = Duration.ofSeconds(1);

  /** After its drain time a pod of a cordoned node may be evicted, and gets no work for so long. */
  static final Duration EVICTION_TIME = Duration.ofSeconds(30);

  private final Circumstances given;
  private final Workforce workforce;
  private final ScaleIn scaleIn;
  private final Instant now;
  private final List<PodStep> steps = new ArrayList<>();
  private final List<Note> notes = new ArrayList<>();
  private final List<Plan.DrainEnd> ends = new ArrayList<>();
  private @Nullable Instant nextLook;

  /**
   * What the spec and the Deployment say.
   *
   * @param protects whether busy pods are protected from eviction
   * @param rolling whether pods of an older template are being replaced
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
    return plan;
  }

  Plan.Pods toDo() {
    return new Plan.Pods(List.copyOf(steps), List.copyOf(notes), List.copyOf(ends));
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
      }
      case Life.Leaving _, Life.Ended _ -> {}
    }
  }

  private void readiness(WorkerPod pod) {
    PodTrace trace = workforce.trace(pod);
    Readiness.Verdict verdict = Readiness.of(pod, workforce.attendance(), trace, now);
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
    Instant evictableAt = cordonedSince == null ? null : cordonedSince.plus(given.drainTime);
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
            isProtected && workforce.seesNodes(),
            isProtected,
            scaleIn.free().contains(pod) ? Wiring.LEAVES_FIRST : busy ? Wiring.LEAVES_LATE : null,
            leaves ? orNow(pod.drainingSince()) : null,
            cordonedSince);
    PodStep.Mark mark = marking.step(pod, given.ofTheTemplate);
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

  /** Written first, then told: what is written is told again until the server shows it. */
  private void close(WorkerPod pod, PodStep.@Nullable Mark mark, boolean leaves) {
    boolean isNew = leaves ? pod.drainingSince() == null : pod.cordonedSince() == null;
    if (mark != null) {
      steps.add(mark);
    }
    if (workforce.attendance() instanceof Attendance.Known known) {
      Presence presence = known.of(pod);
      if (presence == null ? isNew : !presence.draining()) {
        tell(pod, Signal.DRAIN);
      }
    }
    if (isNew) {
      notes.add(
          Note.normal(
              Reason.Draining,
              "Pod %s gets no more work: %s"
                  .formatted(
                      pod.name(),
                      leaves
                          ? "fewer workers are wished for"
                          : "its node takes no pods any more")));
    }
  }

  /** Told first, then taken off: what is still written is told again. */
  private void open(WorkerPod pod, PodStep.@Nullable Mark mark, boolean staysWritten) {
    boolean wasClosed = pod.drainingSince() != null || pod.cordonedSince() != null;
    if (!wasClosed) {
      if (mark != null) {
        steps.add(mark);
      }
      return;
    }
    switch (workforce.attendance()) {
      case Attendance.Unknown _ -> {} // the server is to be told first
      case Attendance.Untold _ -> {
        if (mark != null) {
          steps.add(mark);
        }
      }
      case Attendance.Known known -> {
        Presence presence = known.of(pod);
        boolean takenOff = !staysWritten || pod.drainingSince() != null;
        if (pod.drainingSince() != null) {
          ends.add(Plan.DrainEnd.RESUMED);
        }
        if (takenOff || (presence != null && presence.draining())) {
          tell(pod, Signal.RESUME);
          notes.add(
              Note.normal(
                  Reason.Resumed,
                  "Pod %s stays after all: it gets work again".formatted(pod.name())));
        }
        if (mark != null) {
          steps.add(mark);
        }
      }
    }
  }

  private void tell(WorkerPod pod, Signal signal) {
    if (workforce.attendance() instanceof Attendance.Known known) {
      Presence presence = known.of(pod);
      steps.add(
          new PodStep.Tell(pod, signal, presence == null ? List.of(pod.name()) : presence.pids()));
    }
  }

  private boolean isBusy(WorkerPod pod, boolean closed) {
    boolean wasBusy = pod.deletionCost() != null && !Wiring.LEAVES_FIRST.equals(pod.deletionCost());
    return switch (workforce.attendance()) {
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
        Instant idleAt = busyAt.plus(given.rolling ? BUSY_LINGERS_IN_ROLL : BUSY_LINGERS);
        look(wasBusy ? idleAt : null);
        yield now.isBefore(idleAt);
      }
    };
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
