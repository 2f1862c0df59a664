package dev.baton.server.simulation;

import dev.baton.core.Promise;
import dev.baton.core.PromiseState;
import dev.baton.core.Task;
import dev.baton.core.TaskState;
import dev.baton.protocol.PromiseRecord;
import dev.baton.protocol.PromiseRequest;
import dev.baton.protocol.Request;
import dev.baton.protocol.Response;
import dev.baton.protocol.TaskRequest;
import dev.baton.server.storage.postgres.ImaginedDatabase;
import dev.baton.server.storage.rows.PromiseRow;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What must hold of several servers, held against what they commit and answer. */
final class ClusterLedger {

  /** What two clocks and a message may differ by. */
  private static final long SLACK_MS = 100;

  /**
   * What a request would change.
   *
   * @param lease whether it only prolongs leases
   * @param tasks what it makes of tasks
   */
  record Effect(Request request, boolean lease, List<Task> tasks) {}

  /** What is known of one request of a client. */
  private static final class Fate {
    int effects;
    boolean isAnswered;
    @Nullable PromiseRow before;
    boolean isRefused;
  }

  private final ClusterWorld world;
  private final Map<Request, Fate> fates = new IdentityHashMap<>();
  private final Map<String, Integer> fulfilled = new HashMap<>();

  /** What tasks have been, by id and version: held by whom, suspended, given back. */
  private final Set<String> been = new HashSet<>();

  private final Set<String> begun = new HashSet<>();
  private long epoch;

  /** How many requests have been answered well. */
  int acknowledged;

  ClusterLedger(ClusterWorld world) {
    this.world = world;
  }

  private Fate fate(Request request) {
    return Objects.requireNonNull(fates.get(request), "a request that nobody has sent");
  }

  /** A client sends a request. */
  void asked(Request request) {
    Fate fate = new Fate();
    fates.put(request, fate);
    if (request instanceof PromiseRequest.Get get) {
      fate.before = world.database.rows.row(get.id());
    }
  }

  /** A batch is about to commit. */
  void committing(long of, ImaginedDatabase rows, ImaginedDatabase.Writes writes, String server) {
    Ledger.check(
        of == rows.epoch(),
        "nothing commits under an epoch that is over",
        "%s commits in epoch %d, it is %d",
        server,
        of,
        rows.epoch());
    Ledger.check(of >= epoch, "epochs follow one another", "%d after %d", of, epoch);
    epoch = of;
    writes
        .rows()
        .forEach((id, written) -> {
          PromiseRow before = rows.row(id);
          Promise promise = written.promise();
          if (before != null && promise != null && !before.promise().isPending()) {
            Ledger.check(
                before.promise().state().equals(promise.state()),
                "a settled promise never changes",
                "%s",
                id);
          }
          if (promise != null
              && promise.state() instanceof PromiseState.Settled settled
              && settled.as() == PromiseRecord.State.REJECTED_TIMEDOUT) {
            Ledger.check(
                world.timeline.now() + ClusterWorld.EPOCH_MS + SLACK_MS >= promise.timeoutAt(),
                "no promise times out before its deadline",
                "%s is due at %d",
                id,
                promise.timeoutAt() - ClusterWorld.EPOCH_MS);
          }
          Task task = written.task();
          Task was = before == null ? null : before.task();
          if (task != null && was != null) {
            moved(id, was, task);
          }
        });
  }

  private static String been(Task task) {
    return switch (task.state()) {
      case TaskState.Acquired(String pid, _, _, _) -> held(task.id(), task.version(), pid);
      case TaskState.Suspended _ -> suspended(task.id(), task.version());
      case TaskState.Pending _ -> offered(task.id(), task.version());
      case TaskState.Halted _, TaskState.Fulfilled _ -> "";
    };
  }

  private static String held(String id, long version, String pid) {
    return "held by %s: %s at %d".formatted(pid, id, version);
  }

  private static String suspended(String id, long version) {
    return "suspended: %s at %d".formatted(id, version);
  }

  private static String offered(String id, long version) {
    return "offered: %s at %d".formatted(id, version);
  }

  /**
   * A worker has heard that it holds a task, and begins. After two misfortunes it may hear it
   * twice: one owner may have offered it the task twice, and been lost with one of its two
   * requests.
   */
  void begins(String id, long version) {
    boolean isFirst = begun.add(id + "@" + version);
    Ledger.check(
        isFirst || !world.hasOneMisfortune(), "a version is begun once", "%s at %d", id, version);
  }

  private void moved(String id, Task was, Task task) {
    Ledger.check(
        task.version() >= was.version(),
        "versions only rise",
        "task %s from %d to %d",
        id,
        was.version(),
        task.version());
    if (task.state() instanceof TaskState.Acquired now
        && was.state() instanceof TaskState.Acquired earlier
        && !now.pid().equals(earlier.pid())) {
      Ledger.check(task.version() > was.version(), "a version has one holder", "task %s", id);
    }
    if (task.state() instanceof TaskState.Fulfilled
        && !(was.state() instanceof TaskState.Fulfilled)) {
      int times = fulfilled.merge(id, 1, Integer::sum);
      Ledger.check(times == 1, "no call finishes twice", "%s", id);
    }
    if (was.state() instanceof TaskState.Acquired held
        && task.state() instanceof TaskState.Pending) {
      ClusterWorker holder = world.worker(held.pid());
      if (holder != null) {
        holder.lost(id, was.version());
      }
    }
  }

  /** A batch has committed. */
  void committed(List<Effect> effects) {
    for (Effect effect : effects) {
      effect.tasks().forEach(task -> been.add(been(task)));
      Fate fate = fates.get(effect.request());
      if (fate == null || effect.lease()) {
        continue;
      }
      fate.effects++;
      Ledger.check(fate.effects == 1, "a request takes effect once", "%s", effect.request());
      Ledger.check(
          !fate.isRefused,
          "what was refused has not happened and does not",
          "%s",
          effect.request());
    }
  }

  /**
   * A client hears.
   *
   * @param isCertain whether the answer says what has happened
   */
  void answered(Request request, Response response, boolean isCertain) {
    Fate fate = fate(request);
    Ledger.check(!fate.isAnswered, "a request is answered once", "%s", request);
    fate.isAnswered = true;
    if (response.isSuccess()) {
      acknowledged++;
      acknowledged(request, response, fate);
    } else if (isCertain && !(request instanceof TaskRequest.Heartbeat)) {
      fate.isRefused = true;
      Ledger.check(
          fate.effects == 0,
          "what was refused has not happened and does not",
          "%s was answered %s",
          request,
          response);
    }
  }

  private void acknowledged(Request request, Response response, Fate fate) {
    switch (request) {
      case PromiseRequest.Create create ->
          Ledger.check(
              world.database.rows.row(create.id()) != null,
              "what is acknowledged is stored",
              "%s",
              request);
      case PromiseRequest.Settle settle -> {
        PromiseRow row = world.database.rows.row(settle.id());
        Ledger.check(
            row != null && !row.promise().isPending(),
            "what is acknowledged is stored",
            "%s",
            request);
      }
      case TaskRequest.Fulfill fulfill -> {
        PromiseRow row = world.database.rows.row(fulfill.id());
        Ledger.check(
            row != null && isOutcome(fulfill, row),
            "what is acknowledged is stored as it was said",
            "%s, but %s",
            request,
            row);
      }
      case TaskRequest.Acquire acquire ->
          checkBeen(request, held(acquire.id(), acquire.version() + 1, acquire.pid()));
      case TaskRequest.Suspend suspend -> {
        if (response.status() == 200) {
          checkBeen(request, suspended(suspend.id(), suspend.version()));
        }
      }
      case TaskRequest.Release release ->
          checkBeen(request, offered(release.id(), release.version()));
      case PromiseRequest.Get get -> read(get, response, fate);
      default -> {}
    }
  }

  private void checkBeen(Request request, String what) {
    Ledger.check(
        been.contains(what), "what is acknowledged has happened", "%s, but not %s", request, what);
  }

  private static boolean isOutcome(TaskRequest.Fulfill fulfill, PromiseRow row) {
    Task task = row.task();
    return task != null
        && task.version() == fulfill.version()
        && row.promise().state() instanceof PromiseState.Settled(var as, var value, _)
        && as == fulfill.action().state()
        && value.equals(fulfill.action().value());
  }

  /** An answer is no older than its question. */
  private static void read(PromiseRequest.Get get, Response response, Fate fate) {
    PromiseRow before = fate.before;
    if (before != null
        && !before.promise().isPending()
        && response.body() instanceof Response.OfPromise(PromiseRecord promise)) {
      Ledger.check(
          promise.state() != PromiseRecord.State.PENDING,
          "an answer is no older than its question",
          "%s had been settled before it was asked for",
          get.id());
    }
  }

  /** A promise was not found. */
  void missing(PromiseRequest.Get get) {
    Ledger.check(
        fate(get).before == null,
        "an answer is no older than its question",
        "%s was there before it was asked for",
        get.id());
  }
}
