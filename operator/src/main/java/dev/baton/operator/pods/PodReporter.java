package dev.baton.operator.pods;

import dev.baton.operator.api.v1alpha1.Reason;
import dev.baton.operator.metrics.OperatorMetrics;
import dev.baton.operator.plan.Note;
import dev.baton.operator.server.GroupFigures;
import dev.baton.operator.server.GroupsApi;
import dev.baton.operator.server.ServerUnavailableException;
import dev.baton.operator.server.ServerUnavailableException.Kind;
import dev.baton.operator.server.Signal;
import dev.baton.operator.server.SignalResult;
import dev.baton.operator.server.WorkerName;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the server about pods, at once and in the order of each pod's life: a virtual thread for
 * every pod that there is something to tell about. Thread-safe.
 */
final class PodReporter {

  /** Told what came of a signal. */
  interface Listener {
    /** The server has it, or cannot be told; the note is for users, null for nothing. */
    void told(PodWorker worker, @Nullable Note note);
  }

  private static final Logger log = LoggerFactory.getLogger(PodReporter.class);

  /**
   * A process that connects later than this after the one before it ended comes after the server's
   * own grace for broken connections (a second, and one that timestamps are rounded by): what the
   * old one held has been taken back, and to say {@code gone} now would only hurt the new one.
   */
  private static final Duration SETTLED_AFTER = Duration.ofSeconds(2);

  /** So long after a plan's word the server's stream shows what came of it. */
  private static final Duration AGAIN_AFTER = Duration.ofSeconds(1);

  private final GroupsApi api;
  private final ReportTimings timings;
  private final BiPredicate<String, String> sharedIp;
  private final Listener listener;
  private final OperatorMetrics metrics;
  private final Clock clock;
  private final Map<String, Lane> lanes = new HashMap<>();

  /** What the server took last of what plans wanted, by uid. */
  private final Map<String, Told> told = new ConcurrentHashMap<>();

  private record Seen(PodSignal signal, Instant at) {}

  private record Told(Signal signal, Instant at) {}

  /** What is to be told about one pod, in order; guarded by {@link #lanes}. */
  private static final class Lane {
    final Deque<Seen> waiting = new ArrayDeque<>();
    @Nullable Seen current;

    boolean has(PodSignal signal) {
      return (current != null && current.signal.equals(signal))
          || waiting.stream().anyMatch(it -> it.signal.equals(signal));
    }
  }

  /**
   * With whom it speaks to.
   *
   * @param sharedIp whether another living pod than that of the uid has the IP now
   */
  PodReporter(
      GroupsApi api,
      ReportTimings timings,
      BiPredicate<String, String> sharedIp,
      Listener listener,
      OperatorMetrics metrics,
      Clock clock) {
    this.api = api;
    this.timings = timings;
    this.sharedIp = sharedIp;
    this.listener = listener;
    this.metrics = metrics;
    this.clock = clock;
  }

  void report(PodSignal signal) {
    String uid = signal.worker().uid();
    Seen seen = new Seen(signal, clock.instant());
    synchronized (lanes) {
      Lane lane = lanes.get(uid);
      if (lane != null) {
        if (!(signal instanceof PodSignal.Wanted) || !lane.has(signal)) {
          lane.waiting.add(seen);
        }
        return;
      }
      if (signal instanceof PodSignal.Wanted wanted && wasToldNow(wanted, seen.at)) {
        return;
      }
      lane = new Lane();
      lane.waiting.add(seen);
      lanes.put(uid, lane);
    }
    Thread.ofVirtual().name("report " + signal.worker().name()).start(() -> run(uid));
  }

  /** What a plan wants again at once has not seen yet what came of it. */
  private boolean wasToldNow(PodSignal.Wanted wanted, Instant now) {
    Told last = told.get(wanted.worker().uid());
    return last != null
        && last.signal == wanted.signal()
        && now.isBefore(last.at.plus(AGAIN_AFTER));
  }

  /** What the server took last of what plans wanted, by the uid of the pod. */
  Map<String, Signal> told(Collection<String> uids) {
    Map<String, Signal> all = new HashMap<>();
    for (String uid : uids) {
      Told last = told.get(uid);
      if (last != null) {
        all.put(uid, last.signal);
      }
    }
    return all;
  }

  /** The pod has been removed. */
  void forget(String uid) {
    told.remove(uid);
  }

  private void run(String uid) {
    for (Seen seen = next(uid); seen != null; seen = next(uid)) {
      PodSignal signal = seen.signal();
      try {
        deliver(signal, seen.at());
      } catch (InterruptedException e) {
        return;
      } catch (RuntimeException e) {
        log.error("pod {}: {} was not told", signal.worker().name(), signal, e);
      }
    }
  }

  private @Nullable Seen next(String uid) {
    synchronized (lanes) {
      Lane lane = lanes.get(uid);
      Seen first = lane == null ? null : lane.waiting.poll();
      if (first == null) {
        lanes.remove(uid);
      } else if (lane != null) {
        lane.current = first;
      }
      return first;
    }
  }

  /** Whether something newer makes it moot: all but an end, which takes tasks back. */
  private boolean isMoot(PodSignal signal) {
    boolean isDoor =
        switch (signal) {
          case PodSignal.Draining _, PodSignal.Staying _ -> true;
          case PodSignal.Gone _, PodSignal.ProcessEnded _ -> false;
          case PodSignal.Wanted wanted -> wanted.signal() != Signal.GONE;
        };
    synchronized (lanes) {
      Lane lane = lanes.get(signal.worker().uid());
      return isDoor && lane != null && !lane.waiting.isEmpty();
    }
  }

  private void deliver(PodSignal signal, Instant seenAt) throws InterruptedException {
    Instant giveUpAt = clock.instant().plus(timings.patience());
    Duration pause = timings.firstRetry();
    while (true) {
      try {
        Attempt attempt = attempt(signal);
        if (attempt.told) {
          metrics.signalled(label(signal), true, Duration.between(seenAt, clock.instant()));
          listener.told(signal.worker(), attempt.note);
        }
        return;
      } catch (ServerUnavailableException e) {
        if (isMoot(signal) || e.kind() == Kind.NO_GROUPS_API) {
          return;
        }
        if (clock.instant().isAfter(giveUpAt)) {
          metrics.signalled(label(signal), false, Duration.between(seenAt, clock.instant()));
          listener.told(signal.worker(), lost(signal, e));
          return;
        }
        log.debug("pod {}: trying again: {}", signal.worker().name(), e.text());
      }
      Thread.sleep(pause);
      pause = timings.after(pause);
    }
  }

  /**
   * What came of it.
   *
   * @param note what users are to be told, or null for nothing
   */
  private record Attempt(boolean told, @Nullable Note note) {}

  private Attempt attempt(PodSignal signal) {
    PodWorker worker = signal.worker();
    return switch (signal) {
      case PodSignal.Draining(_, String why, boolean isKnown) -> {
        tellDoor(worker, Signal.DRAIN);
        yield new Attempt(
            true,
            isKnown
                ? null
                : Note.normal(
                    Reason.Draining,
                    "Pod %s %s: it gets no more work".formatted(worker.name(), why)));
      }
      case PodSignal.Staying _ -> {
        tellDoor(worker, Signal.RESUME);
        yield new Attempt(
            true,
            Note.normal(
                Reason.Resumed,
                "Pod %s stays after all: it gets work again".formatted(worker.name())));
      }
      case PodSignal.Gone(_, String why, boolean isExpected, boolean mayRunOn, Instant endedAt) -> {
        SignalResult result = tellGone(worker);
        if (mayRunOn) {
          tellDoor(worker, Signal.DRAIN); // should it connect again, it gets no work
        }
        Note note = gone("Pod %s %s".formatted(worker.name(), why), result, endedAt);
        yield new Attempt(true, isExpected && result.leasesEnded() == 0 ? null : note);
      }
      case PodSignal.ProcessEnded(_, String why, Instant endedAt) ->
          hasSettled(worker, endedAt)
              ? new Attempt(false, null)
              : new Attempt(
                  true,
                  gone(
                      "Pod %s: %s".formatted(worker.name(), why),
                      api.signal(worker.address(), Signal.GONE, pid(worker)),
                      endedAt));
      case PodSignal.Wanted(_, Signal wanted, List<String> pids) -> {
        pids.forEach(pid -> api.signal(worker.address(), wanted, new WorkerName.Pid(pid)));
        told.put(worker.uid(), new Told(wanted, clock.instant()));
        yield new Attempt(true, null);
      }
    };
  }

  /**
   * By pid; where nobody has that pid, by the pids that are connected from the pod's address. Not
   * by the address itself: the server would remember it, and another pod may get it.
   */
  private void tellDoor(PodWorker worker, Signal signal) {
    SignalResult result = api.signal(worker.address(), signal, pid(worker));
    List<String> ips = ownIps(worker);
    if (result.metNobody() && !ips.isEmpty()) {
      for (GroupFigures.Worker each : api.figures(worker.address()).workers()) {
        if (each.address() != null && ips.contains(each.address())) {
          api.signal(worker.address(), signal, new WorkerName.Pid(each.pid()));
        }
      }
    }
  }

  /** By pid; where nobody has that pid, by the pod's address. */
  private SignalResult tellGone(PodWorker worker) {
    SignalResult result = api.signal(worker.address(), Signal.GONE, pid(worker));
    for (String ip : ownIps(worker)) {
      if (result.metNobody()) {
        result = api.signal(worker.address(), Signal.GONE, new WorkerName.At(ip));
      }
    }
    return result;
  }

  private static WorkerName pid(PodWorker worker) {
    return new WorkerName.Pid(worker.name());
  }

  private List<String> ownIps(PodWorker worker) {
    return worker.ips().stream().filter(ip -> !sharedIp.test(ip, worker.uid())).toList();
  }

  /** Whether the server has taken back by itself what the process held that ended then. */
  private boolean hasSettled(PodWorker worker, Instant endedAt) {
    long settledAt = endedAt.plus(SETTLED_AFTER).toEpochMilli();
    return api.figures(worker.address()).workers().stream()
        .anyMatch(it -> it.pid().equals(worker.name()) && it.connectedAt() >= settledAt);
  }

  private static String label(PodSignal signal) {
    return switch (signal) {
      case PodSignal.Draining _ -> "drain";
      case PodSignal.Staying _ -> "resume";
      case PodSignal.Gone _, PodSignal.ProcessEnded _ -> "gone";
      case PodSignal.Wanted wanted -> wanted.signal().name().toLowerCase(Locale.ROOT);
    };
  }

  private Note gone(String what, SignalResult result, @Nullable Instant endedAt) {
    int tasks = result.leasesEnded();
    metrics.handedOver(tasks, endedAt == null ? null : Duration.between(endedAt, clock.instant()));
    String rest =
        switch (tasks) {
          case 0 -> "it held no task any more";
          case 1 -> "the task it held goes to another worker";
          default -> "the %d tasks it held go to other workers".formatted(tasks);
        };
    return Note.normal(Reason.WorkerGone, what + ": " + rest);
  }

  private static Note lost(PodSignal signal, ServerUnavailableException e) {
    return Note.warning(
        Reason.SignalLost,
        "The server could not be told about pod %s, whose tasks wait for the end of their leases: %s"
            .formatted(signal.worker().name(), e.text()));
  }
}
