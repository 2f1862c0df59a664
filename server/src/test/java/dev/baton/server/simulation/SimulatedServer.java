package dev.baton.server.simulation;

import dev.baton.core.Change;
import dev.baton.core.Command;
import dev.baton.core.Portion;
import dev.baton.core.Promise;
import dev.baton.core.Reader;
import dev.baton.core.Reading;
import dev.baton.core.RuleSet;
import dev.baton.core.StateMachine;
import dev.baton.core.Task;
import dev.baton.protocol.BulkRead;
import dev.baton.protocol.Message;
import dev.baton.protocol.PromiseRecord;
import dev.baton.protocol.Request;
import dev.baton.protocol.Response;
import dev.baton.protocol.TaskRequest;
import dev.baton.server.dispatch.Dispatcher;
import dev.baton.server.dispatch.FunctionRef;
import dev.baton.server.dispatch.GroupSnapshot;
import dev.baton.server.dispatch.Link;
import dev.baton.server.dispatch.Push;
import dev.baton.server.memory.Account;
import dev.baton.server.process.CommandCall;
import dev.baton.server.process.EngineMetrics;
import dev.baton.server.process.Extension;
import dev.baton.server.process.LiveBudget;
import dev.baton.server.process.Pipeline;
import dev.baton.server.process.Rules;
import dev.baton.server.simulation.FaultyStorage.CrashPoint;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * The real pipeline, rules and dispatcher, stepped when something has come or is due. While a
 * step's transaction is being saved, what comes waits for the next: so batches arise as in the
 * engine.
 */
final class SimulatedServer {

  /** So many steps at one instant with nothing to do are one too many. */
  private static final int IDLE_STEPS_MOST = 300;

  /** Few, so that something happens at the edge of every portion. */
  private static final int ROWS_A_PORTION = 4;

  private static final int BYTES_A_PAGE = 1_500;
  private static final int IMPATIENT_PER_MILLE = 50;

  /** How often a store that failed is tried. */
  private static final long PROBE_MS = 1_000;

  /** How soon a server saves again when there is room. */
  private static final long SAVES_AGAIN_MS = 2_000;

  /** How long it takes at most to read what came while nobody read. */
  private static final int READ_MOST_MS = 100;

  /** Far from where sums overflow. */
  private static final long NEVER = Long.MAX_VALUE / 2;

  private final World world;
  private final Plan.Setting setting;
  private final RuleSet ruleSet;
  private final Dice dice;
  private final Queue<CommandCall> calls = new ArrayDeque<>();
  private final Queue<Runnable> actions = new ArrayDeque<>();
  private final Map<SimulatedLink, Link> links = new IdentityHashMap<>();
  private final List<SimulatedLink> open = new ArrayList<>();
  private @Nullable Running running;
  private long skewMs;
  private long lastSavedAt;
  private long nextSkewMs;
  private long downForMs;
  private long busyUntil;
  private long plannedAt = Long.MAX_VALUE;
  private int idleSteps;
  private final List<Runnable> unread = new ArrayList<>();
  private long pausedUntil;
  private long pauseMs;
  private long jumpMs;
  private boolean isHealthy = true;
  private long fullUntil;

  /** How often it has started. */
  int lives;

  /** What ends with the process. */
  private final class Running {
    final FaultyStorage storage;
    final Reader reader;
    final Dispatcher dispatcher;
    final Pipeline pipeline;
    final Account live;
    final LiveBooks books;
    final Recorded recorded =
        new Recorded(
            world.ledger.truth,
            Math.min(setting.redeliveryMs(), setting.retryMs()),
            world.plan.seed(),
            world.wiring::reach);

    Running() {
      live = new Account(setting.liveBytes());
      books = new LiveBooks(world.ledger.truth, live.limit(), world::isHealed);
      storage =
          new FaultyStorage(
              world.wiring.storage(world.store.open()),
              world.deliveries::deciding,
              this::saved,
              books,
              lastSavedAt,
              () -> world.timeline.now() < fullUntil);
      reader = storage.reader();
      dispatcher =
          world.wiring.dispatcher(
              new Dispatcher.Settings(
                  () -> "http://server",
                  Duration.ofMillis(setting.redeliveryMs()),
                  Duration.ofMillis(setting.retryMs()),
                  Duration.ofMillis(setting.graceMs()),
                  world.wiring.recorder(recorded.ring)),
              new Dispatcher.Promises() {
                @Override
                public @Nullable PromiseRecord find(String id) {
                  return storage.record(id);
                }

                @Override
                public @Nullable FunctionRef function(String taskId) {
                  Promise promise = storage.live().wholePromise(taskId);
                  String program = promise == null ? null : promise.param().data();
                  return program == null ? null : Program.function(program);
                }
              },
              this::post,
              report -> execute(report));
      Rules real = new StateMachine(ruleSet)::decide;
      Rules rules = world.wiring.rules(real);
      Reasons reasons =
          new Reasons(
              world.deliveries::mayBeGone,
              world.leases::mayEnd,
              world::isKnown,
              world.deliveries::isStale);
      pipeline =
          new Pipeline(
              world.wiring.failing(storage),
              (state, command, now) -> {
                var outcome = rules.decide(state, command, now);
                world.trace.add(() -> Words.of(command, outcome));
                reasons.check(state, command, outcome, now);
                Occurrences.decided(state, outcome, now);
                recorded.decided(command, outcome);
                books.decided(command, outcome);
                return outcome;
              },
              dispatcher,
              EngineMetrics.NONE,
              Extension.NONE,
              PROBE_MS,
              untilHealed(world.wiring.budget(live)));
    }

    /** Workflows may have filled all the room: in the end there is more. */
    private LiveBudget untilHealed(LiveBudget wired) {
      return new LiveBudget(live) {
        @Override
        public void set(long liveBytes) {
          wired.set(liveBytes);
        }

        @Override
        public boolean hasRoomToBegin(long liveBytes) {
          return world.isHealed() || wired.hasRoomToBegin(liveBytes);
        }

        @Override
        public @Nullable Response refusal(
            Command command, List<Change> changes, long liveBytes, long scheduleBytes) {
          return world.isHealed()
              ? null
              : wired.refusal(command, changes, liveBytes, scheduleBytes);
        }
      };
    }

    private void saved(List<Change> changes) {
      world.ledger.saved(changes);
      world.deliveries.saved(changes);
      for (Change change : changes) {
        if (change instanceof Change.PutTask(_, Task after)) {
          world.leases.moved(after);
        }
      }
      lastSavedAt = changes.isEmpty() ? lastSavedAt : clock();
    }

    private void post(String url, Message message, Push.Outcome outcome) {
      world.deliveries.posting(url, message);
      world.post(
          url,
          message,
          failure -> {
            if (running == this) {
              world.deliveries.posted(message);
              if (failure == null) {
                world.deliveries.posted(url, message);
              }
              outcome.accept(failure);
            }
          });
    }
  }

  SimulatedServer(World world, Plan.Setting setting, Dice dice) {
    this.world = world;
    this.setting = setting;
    this.ruleSet = new RuleSet(RuleSet.Profile.RELEASE, setting.retryMs());
    this.dice = dice;
  }

  boolean isUp() {
    return running != null;
  }

  boolean isHealthy() {
    return running != null && running.pipeline.isHealthy();
  }

  /** The server's clock. */
  long clock() {
    return world.timeline.now() + skewMs;
  }

  void start() {
    world.trace.add(() -> "server starts");
    Running started = new Running();
    started.storage.transact(rows -> {
      world.ledger.compare(rows.state(), started.reader);
      return true;
    });
    running = started;
    world.deliveries.begin(clock());
    world.deliveries.restarted();
    world.leases.listens();
    lives++;
    started.pipeline.open(clock());
    started.recorded.opened(started.dispatcher);
    busyUntil = world.timeline.now();
    plan(busyUntil);
  }

  // What comes.

  /** A request arrives; answers false if nobody is there. */
  boolean submit(Request request, CommandCall.Reply reply) {
    if (running == null) {
      return false;
    }
    if (request instanceof BulkRead read) {
      Searches.Check check = Searches.begin(world.ledger.truth, read);
      Reading reading = Reading.of(read, ruleSet, BYTES_A_PAGE);
      look(
          running,
          reading,
          response -> {
            check.of(response);
            world.ledger.answered(response);
            reply.accept(response);
          });
      return true;
    }
    whenRead(() -> enqueue(request, reply));
    return true;
  }

  private void enqueue(Request request, CommandCall.Reply reply) {
    if (request instanceof TaskRequest.Heartbeat heartbeat) {
      world.leases.heard(heartbeat);
    }
    calls.add(
        new CommandCall(
            new Command.Client(request),
            null,
            response -> {
              world.ledger.answered(response);
              if (request instanceof TaskRequest.Heartbeat heartbeat && wasLookedAt(response)) {
                world.deliveries.alive(heartbeat.pid());
              }
              reply.accept(response);
            }));
    plan(Math.max(busyUntil, world.timeline.now()));
  }

  /** Also who is refused because nothing can be saved has been heard. */
  private static boolean wasLookedAt(Response response) {
    return response.isSuccess() || response.status() == 503;
  }

  /** What comes while the process stands still is read some time after it has gone on. */
  private void whenRead(Runnable action) {
    if (unread.isEmpty() && world.timeline.now() >= pausedUntil) {
      action.run();
      return;
    }
    if (unread.isEmpty()) {
      Running at = running;
      world.timeline.at(
          pausedUntil + dice.between(0, READ_MOST_MS),
          () -> {
            if (running == at) { // Else it is the next one's, which reads it itself.
              List<Runnable> read = List.copyOf(unread);
              unread.clear();
              read.forEach(Runnable::run);
            }
          });
    }
    unread.add(action);
  }

  /** Looks at the next portion, while others are served. */
  private void look(Running at, Reading reading, CommandCall.Reply reply) {
    world.timeline.in(
        dice.between(0, setting.serviceMost()),
        () -> {
          if (running == at) {
            Response answer =
                reading.step(
                    at.reader,
                    new Portion.Bound(dice.between(1, ROWS_A_PORTION), () -> false),
                    () -> dice.chance(IMPATIENT_PER_MILLE));
            if (answer == null) {
              look(at, reading, reply);
            } else {
              reply.accept(answer);
            }
          }
        });
  }

  /** Something is to be done between transactions. */
  void execute(Runnable action) {
    if (running != null) {
      whenRead(() -> {
        actions.add(action);
        plan(Math.max(busyUntil, world.timeline.now()));
      });
    }
  }

  /** A process connects; answers false if nobody is there. */
  boolean connect(SimulatedLink link) {
    if (running == null) {
      return false;
    }
    links.put(link, world.wiring.link(link));
    open.add(link);
    execute(() -> {
      if (!link.isBroken) {
        Running now = server();
        world.trace.add(() -> "server: " + link + " is connected");
        world.deliveries.connected(link);
        now.recorded.connectionChanged(link.pid());
        now.dispatcher.connected(linkOf(link), now.pipeline.now());
      }
    });
    return true;
  }

  /** A connection has ended. */
  void closed(SimulatedLink link) {
    if (open.remove(link)) {
      execute(() -> {
        Running now = server();
        if (link.isKnown) {
          world.trace.add(() -> "server: " + link + " has left");
          world.deliveries.disconnected(link);
        }
        now.recorded.connectionChanged(link.pid());
        now.dispatcher.disconnected(linkOf(link), now.pipeline.now());
        links.remove(link);
      });
    }
  }

  /** A process reads its stream again. */
  void writable(SimulatedLink link) {
    execute(() -> {
      link.isWritable = true;
      if (links.containsKey(link)) {
        server().dispatcher.writable(linkOf(link), server().pipeline.now());
      }
    });
  }

  /** An operator, or a worker about itself, has a word about a worker. */
  void operate(
      String action, String group, String worker, boolean byAddress, @Nullable String run) {
    execute(() -> {
      Dispatcher dispatcher = server().dispatcher;
      long at = server().pipeline.now();
      world.trace.add(() -> "server: " + action + " " + worker + " of " + group);
      switch (action) {
        case "drain" -> {
          world.deliveries.drain(group, worker, byAddress, run);
          dispatcher.drain(group, worker, byAddress, run, at);
        }
        case "resume" -> {
          world.deliveries.resume(group, worker, byAddress);
          dispatcher.resume(group, worker, byAddress, at);
        }
        default -> {
          List<String> meant = dispatcher.gone(group, worker, byAddress, at);
          world.deliveries.gone(group, worker, byAddress, meant);
          server().recorded.saidGone(meant);
        }
      }
    });
  }

  /** An operator sets a group's slots per worker. */
  void slots(String group, @Nullable Integer slotsPerWorker) {
    execute(() -> {
      world.trace.add(() -> "server: slots of " + group + " are " + slotsPerWorker);
      server().storage.saveGroupSlots(group, slotsPerWorker);
      world.deliveries.slots(group, slotsPerWorker);
      server().dispatcher.slots(group, slotsPerWorker);
    });
  }

  private Link linkOf(SimulatedLink link) {
    Link wired = links.get(link);
    return wired == null ? link : wired;
  }

  private Running server() {
    if (running == null) {
      throw new IllegalStateException("the server is down");
    }
    return running;
  }

  // What is done.

  private void plan(long at) {
    if (at < plannedAt) {
      plannedAt = at;
      world.timeline.at(at, () -> step(at));
    }
  }

  private void step(long at) {
    if (at != plannedAt || running == null) {
      return;
    }
    plannedAt = Long.MAX_VALUE;
    if (world.timeline.now() < pausedUntil) {
      plan(pausedUntil);
      return;
    }
    Running now = running;
    keepTime(now);
    List<CommandCall> batch = new ArrayList<>();
    while (!calls.isEmpty() && batch.size() < setting.batchMost()) {
      batch.add(calls.remove());
    }
    idleSteps = batch.isEmpty() && actions.isEmpty() ? idleSteps + 1 : 0;
    Ledger.check(
        idleSteps < IDLE_STEPS_MOST, "the engine sleeps when it has nothing to do", "at %d", at);
    busyUntil = world.timeline.now() + dice.between(0, setting.serviceMost());
    try {
      world.deliveries.begin(clock());
      now.pipeline.step(batch, this::nextAction, clock(), calls.size(), false);
    } catch (Crash e) {
      world.trace.add(() -> "server crashes");
      down();
      return;
    } catch (RuntimeException e) {
      throw new Violation("the server never fails", "a step failed: " + e, e);
    }
    checkReadiness(now);
    boolean wasHealthy = isHealthy;
    isHealthy = now.pipeline.isHealthy() && !now.storage.takeFailure();
    boolean isBehind = !calls.isEmpty();
    world.deliveries.stepped(now.dispatcher, now.pipeline, isHealthy, isBehind);
    now.recorded.stepped(now.dispatcher, clock());
    if (isHealthy) {
      now.books.stepped(now.live.used());
    }
    if (!isHealthy) {
      world.leases.failed(!batch.isEmpty());
    } else if (wasHealthy && !isBehind) {
      world.leases.stepped(setting.serviceMost());
    }
    if (!calls.isEmpty() || !actions.isEmpty()) {
      plan(busyUntil);
    } else if (now.pipeline.nextDueAt() < NEVER) {
      plan(Math.max(busyUntil, now.pipeline.nextDueAt() - skewMs));
    }
  }

  /** That the last write failed is what makes a server unready; only a write makes it ready. */
  private static void checkReadiness(Running now) {
    Ledger.check(
        now.pipeline.isHealthy() != now.storage.isRefused(),
        "a server is ready exactly while it can save",
        "ready: %s",
        now.pipeline.isHealthy());
  }

  private void keepTime(Running now) {
    if (jumpMs != 0) {
      world.deliveries.clockMoved(jumpMs);
      now.recorded.clockSet();
      world.leases.forgive();
      long told = world.wiring.jumpMs(jumpMs);
      if (told != 0) {
        now.pipeline.clockMoved(told, clock());
      }
      jumpMs = 0;
    }
    if (pauseMs != 0) {
      world.deliveries.paused(pauseMs);
      long told = world.wiring.pauseMs(pauseMs);
      if (told != 0) {
        now.pipeline.paused(told, pausedUntil + skewMs);
      }
      pauseMs = 0;
    }
  }

  private @Nullable Runnable nextAction() {
    Runnable action = actions.poll();
    return action == null
        ? null
        : () -> {
          try {
            action.run();
          } catch (RuntimeException e) {
            throw new Violation("the server never fails", "an action failed: " + e, e);
          }
        };
  }

  /** Answers go out when the transaction has taken its time. */
  long answersAt() {
    return Math.max(busyUntil, world.timeline.now());
  }

  // What goes wrong.

  /** The process does nothing for a while. */
  void pause(long ms) {
    if (running != null) {
      long now = world.timeline.now();
      long until = Math.max(pausedUntil, now + ms);
      pauseMs += until - Math.max(pausedUntil, now);
      pausedUntil = until;
      busyUntil = Math.max(busyUntil, until);
      Running at = running;
      world.timeline.at(
          until,
          () -> {
            if (running == at && pausedUntil == until) {
              world.leases.listens();
            }
          });
    }
  }

  /** When all has been read that came while the process stood still. */
  long readsAt() {
    return Math.max(world.timeline.now(), pausedUntil + READ_MOST_MS + 1);
  }

  /** The machine's clock is set. */
  void setClock(long byMs) {
    if (running != null) {
      skewMs += byMs;
      jumpMs += byMs;
    }
  }

  void failDisk(int transactions) {
    if (running != null) {
      running.storage.fail(transactions);
    }
  }

  void fillDisk(long ms) {
    fullUntil = Math.max(fullUntil, world.timeline.now() + ms);
    world.timeline.at(fullUntil, this::roomAgain);
  }

  void freeDisk() {
    fullUntil = 0;
    roomAgain();
  }

  private void roomAgain() {
    Running survivor = running;
    if (world.timeline.now() >= fullUntil && survivor != null) {
      expectSaving(survivor);
    }
  }

  /** Unless it fails or stands still once more meanwhile: then it has as long again. */
  private void expectSaving(Running survivor) {
    int refusals = survivor.storage.refusals();
    long since = world.timeline.now();
    world.timeline.in(
        SAVES_AGAIN_MS + setting.serviceMost(),
        () -> {
          if (running != survivor || world.timeline.now() < fullUntil) {
            return;
          }
          if (survivor.storage.refusals() != refusals
              || survivor.storage.isFailing()
              || pausedUntil > since) {
            expectSaving(survivor);
          } else {
            Ledger.check(
                !survivor.storage.isRefused(),
                "a server saves again soon after there is room",
                "%d ms after",
                SAVES_AGAIN_MS);
          }
        });
  }

  /** Ends the process in its next transaction, or, if there is none for a while, then. */
  void crash(CrashPoint point, long downMs, long skew) {
    Running victim = running;
    if (victim == null) {
      return;
    }
    victim.storage.crashAt(point);
    downForMs = downMs;
    nextSkewMs = skew;
    world.timeline.in(
        1_000,
        () -> {
          if (running == victim) {
            world.trace.add(() -> "server crashes while idle");
            down();
          }
        });
  }

  private void down() {
    server().reader.close();
    running = null;
    plannedAt = Long.MAX_VALUE;
    calls.clear();
    actions.clear();
    unread.clear();
    pausedUntil = 0;
    pauseMs = 0;
    jumpMs = 0;
    links.clear();
    world.deliveries.serverDown();
    world.store.close();
    List<SimulatedLink> ended = List.copyOf(open);
    open.clear();
    ended.forEach(SimulatedLink::breakOff);
    skewMs += nextSkewMs;
    world.timeline.in(downForMs, this::start);
  }

  /** Ends for good. */
  void stop() {
    server().reader.close();
    running = null;
    world.store.close();
  }

  /** The groups that the dispatcher still knows. */
  List<String> groups() {
    return server().dispatcher.snapshots(Integer.MAX_VALUE).groups().stream()
        .map(GroupSnapshot::group)
        .toList();
  }
}
