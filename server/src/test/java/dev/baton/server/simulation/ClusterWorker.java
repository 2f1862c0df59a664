package dev.baton.server.simulation;

import dev.baton.protocol.Message;
import dev.baton.protocol.PromiseRecord;
import dev.baton.protocol.PromiseRequest;
import dev.baton.protocol.Request;
import dev.baton.protocol.Response;
import dev.baton.protocol.TaskRequest;
import dev.baton.protocol.Value;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A worker, or a client, of several servers: it has a stream at one, and asks any. */
final class ClusterWorker {

  private static final int TTL_MS = 6_000;
  private static final int PROMISES = 12;

  /** How often it asks again for what it has been offered. */
  private static final int MOST_TIMES = 3;

  final ClusterWorld world;
  final String group;
  final String pid;
  final Dice dice;

  /** What it does beside calls that it finishes; null if nothing. */
  private final @Nullable Dice habits;

  int life;
  private boolean isUp;
  private @Nullable ClusterStream stream;
  private long awaySince = Long.MIN_VALUE;
  private final Map<String, Long> held = new HashMap<>();
  private final Map<String, Long> heardAt = new HashMap<>();

  /** The versions that it has begun. */
  private final Set<String> taken = new HashSet<>();

  /** The versions that it has asked for twice: a second request says that the first was in vain. */
  private final Set<String> askedTwice = new HashSet<>();

  /** What this client waits to be told. */
  final Set<String> listening = new HashSet<>();

  ClusterWorker(ClusterWorld world, long seed, String group, String pid) {
    this.world = world;
    this.group = group;
    this.pid = pid;
    this.dice = new Dice(seed, pid);
    this.habits = isOfManyHabits(seed) ? new Dice(seed, pid + "-habits") : null;
  }

  /** Those that tests name by their seeds stay as they were found. */
  static boolean isOfManyHabits(long seed) {
    return seed % 5 < 2;
  }

  boolean isClient() {
    return !group.equals("workers");
  }

  void later(long ms, Runnable action) {
    int mine = life;
    world.timeline.in(
        ms,
        () -> {
          if (life == mine) {
            action.run();
          }
        });
  }

  // Its life.

  void start() {
    if (isUp) {
      return;
    }
    life++;
    isUp = true;
    awaySince = world.timeline.now();
    connect();
    if (isClient()) {
      later(dice.between(1, 100), this::act);
      meddle();
    }
    beat();
  }

  void kill() {
    if (!isUp) {
      return;
    }
    world.trace.add(() -> pid + " is killed");
    life++;
    isUp = false;
    held.clear();
    taken.clear();
    heardAt.clear();
    ClusterStream left = stream;
    stream = null;
    if (left != null) {
      left.clientLeft();
    }
  }

  private void connect() {
    if (stream != null) {
      return;
    }
    ClusterNode at = world.anyNode(dice);
    if (at == null) {
      later(300, this::connect);
      return;
    }
    ClusterStream opened = new ClusterStream(world, this, at);
    stream = opened;
    at.streams.add(opened);
    opened.connect();
  }

  /** SDKs connect again after about a second. */
  void streamBroke() {
    stream = null;
    awaySince = world.timeline.now();
    later(dice.between(700, 1_500), this::connect);
  }

  // What it asks.

  /** Asks any server, and again while nothing comes of it. */
  private void ask(Request request, boolean isRepeated, Consumer<Response> then) {
    ClusterNode at = world.anyNode(dice);
    if (at == null) {
      again(request, isRepeated, then);
    } else {
      askAt(at, request, isRepeated, then);
    }
  }

  private void askAt(ClusterNode at, Request request, boolean isRepeated, Consumer<Response> then) {
    world.ledger.asked(request);
    world.open++;
    int server = at.incarnation;
    int mine = life;
    boolean[] isAnswered = new boolean[1];
    boolean[] isCertain = new boolean[1];
    world.timeline.in(
        dice.between(0, 2),
        () ->
            at.submit(
                request,
                certain -> isCertain[0] = certain,
                response -> {
                  if (isAnswered[0]) {
                    return;
                  }
                  isAnswered[0] = true;
                  world.open--;
                  world.ledger.answered(request, response, isCertain[0]);
                  if (response.status() == 404 && request instanceof PromiseRequest.Get get) {
                    world.ledger.missing(get);
                  }
                  world.timeline.in(
                      dice.between(0, 2),
                      () -> {
                        if (life != mine) {
                          return; // Its process has ended.
                        }
                        if (response.status() >= 500) {
                          again(request, isRepeated, then);
                        } else {
                          then.accept(response);
                        }
                      });
                }));
    watch(at, server, isAnswered, () -> again(request, isRepeated, then));
  }

  /** Whoever asks a server that ends asks again; one that never answers is wrong. */
  private void watch(ClusterNode at, int server, boolean[] isAnswered, Runnable again) {
    int mine = life;
    Runnable[] look = new Runnable[1];
    look[0] =
        () -> {
          if (isAnswered[0]) {
            return;
          }
          if (at.incarnation != server) {
            isAnswered[0] = true;
            world.open--;
            if (life == mine) {
              again.run();
            }
          } else {
            world.timeline.in(100, look[0]);
          }
        };
    world.timeline.in(100, look[0]);
  }

  private void again(Request request, boolean isRepeated, Consumer<Response> then) {
    if (isRepeated) {
      later(dice.between(50, 300), () -> ask(copy(request), true, then));
    }
  }

  /** Another request that says the same: what becomes of each is looked at by itself. */
  private static Request copy(Request request) {
    return switch (request) {
      case PromiseRequest.Create(var id, var timeoutAt, var param, var tags) ->
          new PromiseRequest.Create(id, timeoutAt, param, tags);
      case PromiseRequest.Settle(var id, var state, var value) ->
          new PromiseRequest.Settle(id, state, value);
      case PromiseRequest.RegisterListener(var awaited, var address) ->
          new PromiseRequest.RegisterListener(awaited, address);
      case PromiseRequest.Get(var id) -> new PromiseRequest.Get(id);
      case TaskRequest.Acquire(var id, var version, var pid, var ttl) ->
          new TaskRequest.Acquire(id, version, pid, ttl);
      case TaskRequest.Fulfill(var id, var version, var action) ->
          new TaskRequest.Fulfill(id, version, action);
      case TaskRequest.Suspend(var id, var version, var actions) ->
          new TaskRequest.Suspend(id, version, actions);
      case TaskRequest.Release(var id, var version, var reason) ->
          new TaskRequest.Release(id, version, reason);
      default -> throw new IllegalArgumentException("nobody repeats " + request);
    };
  }

  // A client.

  private void act() {
    if (world.isHealed()) {
      return;
    }
    String id = "p" + dice.below(PROMISES);
    switch (dice.below(9)) {
      case 0, 1, 2 -> {
        String call = "call-" + pid + "-" + dice.below(6);
        world.calls.add(call);
        ask(
            new PromiseRequest.Create(
                call, world.far(), Value.EMPTY, Map.of("resonate:target", "poll://any@workers")),
            true,
            _ -> listen(call));
      }
      case 3 -> {
        ask(new PromiseRequest.Create(id, world.far(), Value.EMPTY, Map.of()), true, _ -> {});
        ask(
            new PromiseRequest.Create(
                "due-" + pid + "-" + world.timeline.now(),
                ClusterWorld.EPOCH_MS + world.timeline.now() + dice.between(300, 3_000),
                Value.EMPTY,
                Map.of()),
            false,
            _ -> {});
      }
      case 4 ->
          ask(
              new PromiseRequest.Settle(id, PromiseRecord.State.RESOLVED, Value.EMPTY),
              true,
              _ -> lookAtAll(id));
      case 5 -> run("run-" + pid + "-" + dice.below(6));
      default -> ask(new PromiseRequest.Get(id), false, _ -> {});
    }
    later(dice.between(10, 400), this::act);
  }

  /** Settles what others work on. */
  private void meddle() {
    Dice own = habits;
    if (own == null || world.isHealed()) {
      return;
    }
    later(
        own.between(300, 2_000),
        () -> {
          if (!world.calls.isEmpty()) {
            String call = own.pick(world.calls.stream().sorted().toList());
            ask(
                new PromiseRequest.Settle(
                    call, PromiseRecord.State.REJECTED_CANCELED, Value.ofData(pid)),
                true,
                _ -> {});
          }
          meddle();
        });
  }

  /** A server that owned the store until a moment ago must not say what was then. */
  private void lookAtAll(String id) {
    world.nodes.stream()
        .filter(node -> node.isUp && !node.isLeaving)
        .forEach(node -> askAt(node, new PromiseRequest.Get(id), false, _ -> {}));
  }

  /** Makes a call and takes it itself, as SDKs do; a worker has it when this client fails. */
  private void run(String call) {
    ask(
        new TaskRequest.Create(
            pid,
            TTL_MS,
            new PromiseRequest.Create(
                call, world.far(), Value.EMPTY, Map.of("resonate:target", "poll://any@workers"))),
        false,
        response -> {
          if (response.body() instanceof Response.Acquired acquired
              && acquired.task().pid() != null) {
            work(call, acquired.task().version());
          }
        });
  }

  private void listen(String call) {
    ask(
        new PromiseRequest.RegisterListener(call, "poll://uni@" + group + "/" + pid),
        true,
        response -> {
          if (response.body() instanceof Response.OfPromise(PromiseRecord promise)
              && promise.state() == PromiseRecord.State.PENDING) {
            listening.add(call);
          }
        });
  }

  // A worker.

  void receive(Message message) {
    switch (message) {
      case Message.Execute(_, String id, long version) ->
          acquire(new TaskRequest.Acquire(id, version, pid, TTL_MS));
      case Message.Unblock(PromiseRecord promise) -> {
        listening.remove(promise.id());
        told.add(promise.id());
      }
      case Message.Settled(String id, long version) -> held.remove(id, version);
    }
  }

  /** What this client has been told. */
  final Set<String> told = new HashSet<>();

  /** Some do not wait long for the answer, and ask another time. */
  private void acquire(TaskRequest.Acquire request) {
    boolean[] isAnswered = new boolean[1];
    Consumer<Response> then =
        response -> {
          isAnswered[0] = true;
          if (response.body() instanceof Response.Acquired acquired
              && acquired.task().pid() != null) {
            String version = version(request.id(), acquired.task().version());
            if (taken.add(version) || !askedTwice.contains(version)) {
              work(request.id(), acquired.task().version());
            }
          }
        };
    ask(request, false, then);
    acquireAgain(request, isAnswered, then, MOST_TIMES);
  }

  private void acquireAgain(
      TaskRequest.Acquire request, boolean[] isAnswered, Consumer<Response> then, int times) {
    if (habits == null || times == 0) {
      return;
    }
    later(
        habits.between(30, 200),
        () -> {
          if (!isAnswered[0]) {
            askedTwice.add(version(request.id(), request.version() + 1));
            ask(copy(request), false, then);
            acquireAgain(request, isAnswered, then, times - 1);
          }
        });
  }

  private static String version(String id, long version) {
    return id + "@" + version;
  }

  private void work(String id, long version) {
    world.ledger.begins(id, version);
    held.put(id, version);
    heardAt.put(id, world.timeline.now());
    int way = habits == null || world.isHealed() ? 0 : habits.below(6);
    later(
        dice.between(50, 3_000),
        () -> {
          switch (way) {
            case 1 -> release(id, version);
            case 2, 3 -> suspend(id, version);
            default -> finish(id, version);
          }
        });
  }

  private void release(String id, long version) {
    if (held.remove(id, version)) {
      ask(new TaskRequest.Release(id, version), true, _ -> {});
    }
  }

  /** Waits for a promise that settles itself. */
  private void suspend(String id, long version) {
    if (held.getOrDefault(id, -1L) != version || habits == null) {
      return;
    }
    String awaited = "awaited-" + id + "-" + version;
    long timeoutAt = ClusterWorld.EPOCH_MS + world.timeline.now() + habits.between(300, 2_000);
    ask(
        new PromiseRequest.Create(awaited, timeoutAt, Value.EMPTY, Map.of()),
        true,
        _ ->
            ask(
                new TaskRequest.Suspend(
                    id, version, List.of(new PromiseRequest.RegisterCallback(awaited, id))),
                true,
                response -> {
                  if (response.status() == 300) {
                    finish(id, version);
                  } else {
                    held.remove(id, version);
                  }
                }));
  }

  private void finish(String id, long version) {
    if (held.getOrDefault(id, -1L) != version) {
      return;
    }
    ask(
        new TaskRequest.Fulfill(
            id,
            version,
            new PromiseRequest.Settle(
                id, PromiseRecord.State.RESOLVED, Value.ofData(pid + "@" + version))),
        true,
        _ -> {
          held.remove(id, version);
        });
  }

  private void beat() {
    later(
        TTL_MS / 3,
        () -> {
          if (!held.isEmpty()) {
            List<TaskRequest.TaskRef> tasks =
                held.entrySet().stream()
                    .map(each -> new TaskRequest.TaskRef(each.getKey(), each.getValue()))
                    .toList();
            ask(new TaskRequest.Heartbeat(pid, tasks), false, _ -> {});
          }
          beat();
        });
  }

  /**
   * A task that it held has been given to others. Nobody may do that while it is there, or only as
   * long away as it takes to find another server.
   */
  void lost(String id, long version) {
    if (!isUp
        || held.getOrDefault(id, -1L) != version
        || askedTwice.contains(version(id, version))
        || world.isTroubled(pid)) {
      return;
    }
    long away = stream == null ? world.timeline.now() - awaySince : 0;
    boolean isAway = away > ClusterNode.REPLICA_GRACE_MS - 500;
    Ledger.check(
        isAway,
        "whose server was lost keeps what it holds while it comes back",
        "%s of %s is offered to others, %d ms after its stream broke",
        id,
        pid,
        away);
  }
}
