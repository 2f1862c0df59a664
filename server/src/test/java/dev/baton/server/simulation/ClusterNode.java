package dev.baton.server.simulation;

import dev.baton.core.Change;
import dev.baton.core.Command;
import dev.baton.core.Outcome;
import dev.baton.core.Promise;
import dev.baton.core.RuleSet;
import dev.baton.core.StateMachine;
import dev.baton.core.Task;
import dev.baton.core.TaskState;
import dev.baton.protocol.PromiseRecord;
import dev.baton.protocol.Request;
import dev.baton.protocol.Response;
import dev.baton.protocol.TaskRequest;
import dev.baton.server.cluster.Fate;
import dev.baton.server.dispatch.Dispatcher;
import dev.baton.server.dispatch.FunctionRef;
import dev.baton.server.dispatch.Push;
import dev.baton.server.process.CommandCall;
import dev.baton.server.process.EngineMetrics;
import dev.baton.server.process.Pipeline;
import dev.baton.server.process.Rules;
import dev.baton.server.storage.StorageException;
import dev.baton.server.storage.postgres.Claim;
import dev.baton.server.storage.postgres.Contender;
import dev.baton.server.storage.postgres.ImaginedDatabase;
import dev.baton.server.storage.postgres.ImaginedSession;
import dev.baton.server.storage.postgres.PostgresStorage;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One of several servers: its part in the contest, what it passes on and holds, the streams that it
 * relays, and while it owns the store, the real pipeline over the real store.
 */
final class ClusterNode {

  private static final int LOOK_MS = 100;
  private static final int BEAT_MS = 400;
  private static final int BATCH_MOST = 8;
  private static final int BEGINNING_MS = 150;
  static final int HOLD_MS = 5_000;
  static final int PONG_MS = 2_000;
  private static final int RETRY_TASKS_MS = 5_000;
  static final int GRACE_MS = 1_000;
  static final int REPLICA_GRACE_MS = 5_000;

  /** Who was leaving when all was healed comes back so much later. */
  private static final int REPLACED_AFTER_MS = 200;

  private static final long NEVER = Long.MAX_VALUE / 2;
  private static final RuleSet RULES = new RuleSet(RuleSet.Profile.RELEASE, RETRY_TASKS_MS);

  /** Who owns the store, as far as a server knows. */
  record View(long epoch, int node) {}

  final ClusterWorld world;
  final int number;
  final Dice dice;
  private final long skewMs;
  private final ClusterDatabase.Way way;

  /** How long it takes it to begin when it has become the owner; null if no time. */
  private final @Nullable Dice beginning;

  final boolean hasManyHabits;

  /** What becomes of those that are about to follow it. */
  final Dice luck;

  /** Counts its lives: what an earlier one planned does not happen. */
  int incarnation;

  boolean isUp;
  private long frozenFrom;
  private long frozenUntil;
  long cutFromDatabaseUntil;
  int connectedToDatabase = -1;

  private Contender contender = new Contender();
  private @Nullable Claim own;
  private @Nullable View view;
  private @Nullable Owned owned;
  private final List<Asked> waiting = new ArrayList<>();
  private final Set<Asked> here = new LinkedHashSet<>();
  private final Set<Asked> passedOn = new LinkedHashSet<>();
  final Set<ClusterStream> streams = new LinkedHashSet<>();
  private List<ClusterLedger.Effect> decided = new ArrayList<>();
  private long beatAt;
  private boolean isAsking;
  private long askedAt;
  boolean isLeaving;
  private @Nullable Ahead ahead;

  private record Ahead(long epoch, PostgresStorage storage, byte[] touched) {}

  ClusterNode(ClusterWorld world, long seed, int number) {
    this.world = world;
    this.number = number;
    this.dice = new Dice(seed, "server-" + number);
    this.skewMs = dice.between(-20_000, 20_000);
    this.way = world.database.new Way(this);
    this.hasManyHabits = ClusterWorker.isOfManyHabits(seed);
    this.beginning = hasManyHabits ? new Dice(seed, "begins-" + number) : null;
    this.luck = new Dice(seed, "follows-" + number);
  }

  String name() {
    return "server-" + number;
  }

  @Override
  public String toString() {
    return name();
  }

  /** A request of a client of this server. */
  final class Asked {
    final Request request;
    final Consumer<Response> then;
    final Consumer<Boolean> certain;
    final long since = world.timeline.now();
    private boolean isOver;
    private int attempt;
    private boolean wasLost;
    private long lostAt;
    private int sentTo = -1;

    Asked(Request request, Consumer<Boolean> certain, Consumer<Response> then) {
      this.request = request;
      this.then = then;
      this.certain = certain;
    }

    private long lostMsAgo() {
      return wasLost ? world.timeline.now() - lostAt : -1;
    }

    private void answer(Response response, boolean isCertain) {
      if (!isOver) {
        isOver = true;
        here.remove(this);
        passedOn.remove(this);
        certain.accept(isCertain);
        then.accept(response);
      }
    }
  }

  // Its life.

  void start() {
    if (isUp) {
      return;
    }
    incarnation++;
    isUp = true;
    isLeaving = false;
    frozenUntil = 0;
    contender = new Contender();
    connectedToDatabase = -1;
    isAsking = false;
    world.trace.add(() -> this + " starts");
    tick(incarnation);
  }

  void kill() {
    if (!isUp) {
      return;
    }
    world.trace.add(() -> this + " is killed");
    incarnation++;
    isUp = false;
    own = null;
    view = null;
    Owned left = owned;
    owned = null;
    if (left != null) {
      left.isOver = true;
      left.links.forEach(ClusterLink::ownerLost);
    }
    ahead = null;
    former = null;
    following = null;
    waiting.clear();
    here.clear();
    passedOn.clear();
    List.copyOf(streams).forEach(ClusterStream::serverLost);
    streams.clear();
    for (ClusterNode other : world.nodes) {
      if (other != this) {
        long noticedAfter = dice.between(1, 5);
        other.lostConnectionTo(number, noticedAfter);
        other.lostFollower(number, noticedAfter);
      }
    }
    if (world.isHealed()) {
      world.timeline.in(REPLACED_AFTER_MS, this::start); // It was on its way to leave.
    }
  }

  void freeze(long ms) {
    world.trace.add(() -> this + " stands still for " + ms + " ms");
    frozenFrom = isFrozen() ? frozenFrom : world.timeline.now();
    frozenUntil = Math.max(frozenUntil, world.timeline.now() + ms);
    for (ClusterNode other : world.nodes) {
      if (other != this && ms > PONG_MS) {
        other.lostConnectionTo(number, PONG_MS);
        other.lostFollower(number, PONG_MS);
      }
    }
  }

  void cutFromDatabase(long ms) {
    world.trace.add(() -> this + " is cut from the database for " + ms + " ms");
    cutFromDatabaseUntil = world.timeline.now() + ms;
  }

  void heal() {
    frozenUntil = Math.min(frozenUntil, world.timeline.now());
    cutFromDatabaseUntil = 0;
    if (!isUp) {
      start();
    }
  }

  boolean isFrozen() {
    return world.timeline.now() < frozenUntil;
  }

  /** For how much of the time since then it stood still, as far as that was the last time. */
  long stoodStillMs(long since) {
    long until = Math.min(frozenUntil, world.timeline.now());
    return Math.max(0, until - Math.max(frozenFrom, since));
  }

  void whenAwake(int of, Runnable action) {
    if (incarnation != of) {
      return;
    }
    if (isFrozen()) {
      world.timeline.at(frozenUntil, () -> whenAwake(of, action));
    } else {
      action.run();
    }
  }

  void later(long ms, Runnable action) {
    int mine = incarnation;
    world.timeline.in(ms, () -> whenAwake(mine, action));
  }

  // The contest.

  private void tick(int of) {
    world.timeline.in(
        LOOK_MS + dice.between(-5, 5),
        () ->
            whenAwake(
                of,
                () -> {
                  contest();
                  ownerChanged();
                  streams.forEach(ClusterStream::connect);
                  tick(of);
                }));
  }

  private void contest() {
    if (isAsking) {
      return;
    }
    Claim mine = own;
    if (connectedToDatabase != way.life()) {
      isAsking = true;
      way.look(look -> { // The answer is that there is a connection.
        isAsking = false;
        if (look != null) {
          connectedToDatabase = way.life();
        }
      });
    } else if (mine != null) {
      if (world.timeline.now() - beatAt >= BEAT_MS) {
        isAsking = true;
        way.beat(ImaginedDatabase.nameOf(mine), isOwner -> beaten(mine, isOwner));
      }
    } else {
      isAsking = true;
      askedAt = world.timeline.now();
      way.look(this::looked);
    }
  }

  private void beaten(Claim mine, @Nullable Boolean isOwner) {
    isAsking = false;
    if (isOwner == null) {
      connectedToDatabase = -1;
    } else if (isOwner) {
      beatAt = world.timeline.now();
    } else if (own == mine) {
      own = null;
      follow(null);
    }
  }

  private void looked(Contender.@Nullable Look look) {
    isAsking = false;
    if (look == null || world.timeline.now() - askedAt > BEAT_MS) {
      contender.forget(); // As the contest does: this server, or the database, stood still.
    }
    if (look == null) {
      connectedToDatabase = -1;
      return;
    }
    if (own != null || (former != null && former.equals(look.owner()) && !look.isReleased())) {
      return;
    }
    former = null;
    if (world.mutant == ClusterMutants.CLAIMS_FROM_THE_LIVING && dice.chance(10) && !isLeaving) {
      claim(look.epoch(), look.isReleased());
      return;
    }
    switch (contender.judge(look, !isLeaving, world.timeline.now() * 1_000_000)) {
      case Contender.Move.Claim _ -> claim(look.epoch(), look.isReleased());
      case Contender.Move.Follow(long epoch, String url) -> {
        int owner = url == null ? -1 : Integer.parseInt(url);
        // A claim of its own whose answer it has not heard goes stale.
        follow(owner < 0 || owner == number ? null : new View(epoch, owner));
      }
      case Contender.Move.Wait _ -> follow(null);
    }
  }

  private void claim(long seen, boolean isAfterGoodEnd) {
    isAsking = true;
    way.claim(
        seen,
        isAfterGoodEnd,
        claim -> {
          isAsking = false;
          if (claim != null) {
            own = claim;
            beatAt = world.timeline.now();
            later(0, () -> own(claim));
          }
        });
  }

  private void own(Claim claim) {
    if (own != claim) {
      return;
    }
    try {
      PostgresStorage storage = open(claim);
      if (own != claim) {
        return;
      }
      Owned started = new Owned(claim.epoch(), storage);
      started.pipeline.open(started.clock());
      started.pipeline.heardFrom(started.clock() + 2_000);
      if (own != claim || started.isOver) {
        return;
      }
      View before = view;
      owned = started;
      view = new View(claim.epoch(), number);
      leave(before);
      world.trace.add(() -> this + " serves as the owner");
      started.plan(world.timeline.now());
      ownerChanged();
    } catch (StorageException e) {
      world.trace.add(() -> this + " cannot load: " + e.getMessage());
      later(200, () -> own(claim));
    } catch (Crash e) {
      world.trace.add(() -> this + " ends while it loads");
    }
  }

  private PostgresStorage open(Claim claim) {
    Ahead read = ahead;
    ahead = null;
    if (read != null && read.epoch() + 1 == claim.epoch()) {
      try {
        boolean isForgetful = world.mutant == ClusterMutants.FOLLOWS_WITHOUT_NOTES;
        read.storage()
            .follow(claim, isForgetful ? ImaginedSession.nothingTouched() : read.touched());
        world.handOvers++;
        return read.storage();
      } catch (StorageException e) {
        world.trace.add(() -> this + " cannot follow: " + e.getMessage());
      }
    }
    return ImaginedSession.open(world.database.rows, way, RuleSet.Profile.RELEASE, claim);
  }

  /** Another owns the store, or nobody does. */
  private void follow(@Nullable View next) {
    Owned left = owned;
    if (left == null && java.util.Objects.equals(view, next)) {
      return;
    }
    View before = view;
    owned = null;
    view = next;
    if (left != null) {
      end(left);
    }
    leave(before);
    ownerChanged();
  }

  /** Its connections to an owner that is none end. */
  private void leave(@Nullable View before) {
    View now = view;
    if (before != null && (now == null || now.node() != before.node())) {
      streams.forEach(ClusterStream::leaveOwner);
      if (before.node() != number) {
        lostConnectionTo(before.node(), 0);
        world.nodes.get(before.node()).lostFollower(number, 1);
      }
    }
  }

  /** What was here is forgotten, and nobody is answered from it. */
  private void end(Owned left) {
    left.isOver = true;
    List.copyOf(here).forEach(this::lost);
    here.clear();
    left.links.forEach(ClusterLink::ownerLost);
    for (ClusterNode other : world.nodes) {
      if (other != this) {
        other.lostConnectionTo(number, 1);
      }
    }
  }

  private void ownerChanged() {
    List<Asked> all = List.copyOf(waiting);
    waiting.clear();
    all.forEach(this::send);
  }

  // Requests.

  /** A client's request arrives. */
  void submit(Request request, Consumer<Boolean> certain, Consumer<Response> then) {
    if (!isUp) {
      return; // The client notices.
    }
    Asked asked = new Asked(request, certain, then);
    whenAwake(incarnation, () -> send(asked));
  }

  private void send(Asked asked) {
    if (asked.isOver) {
      return;
    }
    View owner = view;
    if (owner == null) {
      hold(asked);
    } else if (owner.node() == number) {
      here.add(asked);
      Owned at = owned;
      if (at == null
          || !at.submit(
              asked.request, asked.lostMsAgo(), response -> answerHere(asked, response))) {
        here.remove(asked);
        hold(asked);
      }
    } else {
      pass(asked, world.nodes.get(owner.node()), owner.epoch());
    }
  }

  private void answerHere(Asked asked, Response response) {
    if (here.contains(asked)) {
      take(asked, response);
    }
  }

  private void take(Asked asked, Response response) {
    if (Fate.isKnownBy(asked.request, response.status(), asked.wasLost)
        || world.mutant == ClusterMutants.BELIEVES_A_SECOND_REFUSAL) {
      asked.answer(response, response.status() < 500);
    } else {
      asked.answer(Response.failure(503, "not known"), false);
    }
  }

  private void pass(Asked asked, ClusterNode owner, long epoch) {
    if (!owner.isUp) {
      hold(asked);
      return;
    }
    int attempt = ++asked.attempt;
    long lostMsAgo = asked.lostMsAgo();
    asked.sentTo = owner.number;
    passedOn.add(asked);
    int mine = incarnation;
    if (world.isCut(number, owner.number)) {
      lostConnectionTo(owner.number, PONG_MS);
      return;
    }
    world.timeline.in(
        dice.between(0, 2),
        () ->
            owner.handle(
                asked.request,
                lostMsAgo,
                epoch,
                (response, isMisdirected) -> {
                  if (world.isCut(number, owner.number)) {
                    lostConnectionTo(owner.number, PONG_MS);
                    return;
                  }
                  world.timeline.in(
                      dice.between(0, 2),
                      () ->
                          whenAwake(
                              mine,
                              () -> {
                                if (asked.attempt != attempt || !passedOn.remove(asked)) {
                                  return;
                                }
                                if (isMisdirected) {
                                  hold(asked);
                                } else {
                                  take(asked, response);
                                }
                              }));
                }));
  }

  private interface Answer {
    void answered(Response response, boolean isMisdirected);
  }

  private static final Response NOTHING = Response.failure(421, "not the owner");

  /** Another server passes on a request. */
  private void handle(Request request, long lostMsAgo, long epoch, Answer answer) {
    if (!isUp) {
      return; // Its connections have broken, which is noticed.
    }
    int mine = incarnation;
    whenAwake(
        mine,
        () -> {
          Owned at = owned;
          if (at == null
              || epoch < at.epoch // It has lain unread since another owner's days.
              || !at.submit(
                  request,
                  lostMsAgo,
                  response -> {
                    if (owned == at) {
                      answer.answered(response, false);
                    }
                  })) {
            answer.answered(NOTHING, true);
          }
        });
  }

  /** What was sent to that server will not be answered. */
  private void lostConnectionTo(int owner, long afterMs) {
    int mine = incarnation;
    List<Asked> affected = new ArrayList<>();
    List<Integer> attempts = new ArrayList<>();
    for (Asked asked : passedOn) {
      if (asked.sentTo == owner) {
        affected.add(asked);
        attempts.add(asked.attempt);
      }
    }
    world.timeline.in(
        afterMs,
        () ->
            whenAwake(
                mine,
                () -> {
                  for (int i = 0; i < affected.size(); i++) {
                    Asked asked = affected.get(i);
                    if (asked.attempt == attempts.get(i) && passedOn.remove(asked)) {
                      lost(asked);
                    }
                  }
                }));
  }

  private void lost(Asked asked) {
    here.remove(asked);
    if (asked.isOver) {
      return;
    }
    asked.wasLost = true;
    asked.lostAt = world.timeline.now();
    Fate fate = Fate.ofLost(asked.request);
    if (fate == Fate.HOLD || world.mutant == ClusterMutants.REPEATS_WHAT_IS_NOT_SAFE) {
      hold(asked);
    } else {
      boolean isCertain = world.mutant == ClusterMutants.REFUSES_WHAT_MAY_HAVE_HAPPENED;
      asked.answer(Response.failure(503, "not known"), isCertain);
    }
  }

  private void hold(Asked asked) {
    if (asked.isOver) {
      return;
    }
    Fate fate = Fate.ofWaiting(world.timeline.now() - asked.since, HOLD_MS, asked.wasLost);
    if (fate != Fate.HOLD) {
      boolean isCertain =
          fate == Fate.REFUSE || world.mutant == ClusterMutants.REFUSES_WHAT_MAY_HAVE_HAPPENED;
      asked.answer(Response.failure(503, "nobody"), isCertain);
    } else if (world.mutant != ClusterMutants.FORGETS_WHAT_WAITS || !dice.chance(20)) {
      waiting.add(asked);
    }
  }

  // Streams.

  /** The owner, if it is this server. */
  @Nullable Owned owned() {
    return owned;
  }

  @Nullable View view() {
    return view;
  }

  // What it decides.

  /** What the batch that is about to be written would change for whom. */
  List<ClusterLedger.Effect> takeEffects() {
    List<ClusterLedger.Effect> taken = decided;
    decided = new ArrayList<>();
    return taken;
  }

  /** What runs while it owns the store. */
  final class Owned {
    final long epoch;
    final PostgresStorage storage;
    final Pipeline pipeline;
    final Dispatcher dispatcher;
    final Set<ClusterLink> links = new LinkedHashSet<>();

    /** The leases that this owner has granted. */
    private final Set<String> granted = new HashSet<>();

    private final Deque<CommandCall> calls = new ArrayDeque<>();
    private final Deque<Runnable> actions = new ArrayDeque<>();
    private boolean isStepping;
    boolean isOver;
    boolean isFinishing;

    /** As an engine that has been stopped: nothing that is due later is done. */
    private boolean isEnded;

    private final long beginsAt =
        world.timeline.now() + (beginning == null ? 0 : beginning.between(0, BEGINNING_MS));
    private long plannedAt = Long.MAX_VALUE;
    private long lastClock;

    Owned(long epoch, PostgresStorage storage) {
      this.epoch = epoch;
      this.storage = storage;
      this.dispatcher =
          new Dispatcher(
              new Dispatcher.Settings(
                  () -> "http://server",
                  Duration.ofMillis(3_000),
                  Duration.ofMillis(RETRY_TASKS_MS),
                  Duration.ofMillis(GRACE_MS),
                  dev.baton.server.record.Recorder.NONE),
              new Dispatcher.Promises() {
                @Override
                public @Nullable PromiseRecord find(String id) {
                  Promise promise = storage.live().promise(id);
                  return promise == null ? null : promise.toRecord();
                }

                @Override
                public @Nullable FunctionRef function(String taskId) {
                  return null;
                }
              },
              Push.OFF,
              this::execute,
              (_, _) -> {});
      Rules real = new StateMachine(RULES)::decide;
      Rules rules = world.mutant == null ? real : WrongRepeats.of(world.mutant, real);
      this.pipeline =
          new Pipeline(
              storage,
              (state, command, now) -> {
                Outcome outcome = rules.decide(state, command, now);
                checkLeases(command, outcome);
                world.trace.add(() -> ClusterNode.this + ": " + Words.of(command, outcome));
                if (command instanceof Command.Asked asked && !outcome.changes().isEmpty()) {
                  boolean isLease =
                      asked.request() instanceof TaskRequest.Heartbeat || isGrantedAgain(outcome);
                  decided.add(new ClusterLedger.Effect(asked.request(), isLease, tasks(outcome)));
                }
                return outcome;
              },
              dispatcher,
              EngineMetrics.NONE);
      pipeline.whenDeposed(this::deposed);
    }

    /** Whoever has been granted a lease by this owner, and lives, hears of it. */
    private void checkLeases(Command command, Outcome outcome) {
      for (Change change : outcome.changes()) {
        if (change instanceof Change.PutTask(Task before, Task after)) {
          boolean isHeard = before != null && acquisition(before).equals(acquisition(after));
          if (after.state() instanceof TaskState.Acquired && !isHeard) {
            granted.add(acquisition(after));
          }
          Ledger.check(
              !(command instanceof Command.EndLease
                  && before != null
                  && granted.contains(acquisition(before))),
              "an owner doubts nothing that it has granted itself",
              "%s",
              before);
        }
      }
    }

    private static String acquisition(Task task) {
      return task.state() instanceof TaskState.Acquired held
          ? "%s at %d since %d".formatted(task.id(), task.version(), held.acquiredAt())
          : "";
    }

    private static List<Task> tasks(Outcome outcome) {
      List<Task> tasks = new ArrayList<>();
      for (Change change : outcome.changes()) {
        if (change instanceof Change.PutTask(_, Task after)) {
          tasks.add(after);
        }
      }
      return tasks;
    }

    /** Whether the holder of a task is let have it another time. */
    private static boolean isGrantedAgain(Outcome outcome) {
      return outcome.changes().stream()
          .anyMatch(change ->
              change instanceof Change.PutTask(Task before, Task after)
                  && before != null
                  && before.state() instanceof TaskState.Acquired
                  && after.state() instanceof TaskState.Acquired);
    }

    private void deposed() {
      isOver = true;
      later(
          0,
          () -> {
            if (owned == this) {
              own = null;
              follow(null);
            }
          });
    }

    /** The database's time, as it was measured; it never goes back. */
    long clock() {
      long skew = world.mutant == ClusterMutants.LOCAL_CLOCK ? skewMs : dice.between(-2, 2);
      lastClock = Math.max(lastClock, ClusterWorld.EPOCH_MS + world.timeline.now() + skew);
      return lastClock;
    }

    boolean submit(Request request, long lostMsAgo, CommandCall.Reply reply) {
      if (isOver || isFinishing) {
        return false;
      }
      int mine = incarnation;
      calls.add(
          new CommandCall(
              lostMsAgo >= 0 && request instanceof TaskRequest ofTask
                  ? new Command.Repeated(ofTask, pipeline.openedAt(), lostMsAgo)
                  : new Command.Client(request),
              null,
              response ->
                  world.timeline.in(0, () -> whenAwake(mine, () -> reply.accept(response)))));
      plan(world.timeline.now());
      return true;
    }

    void execute(Runnable action) {
      if (!isOver) {
        actions.add(action);
        plan(world.timeline.now());
      }
    }

    void plan(long at) {
      long instant = Math.max(Math.max(at, beginsAt), world.timeline.now());
      if (instant < plannedAt) {
        plannedAt = instant;
        int mine = incarnation;
        world.timeline.at(
            instant,
            () -> {
              if (plannedAt == instant) {
                plannedAt = Long.MAX_VALUE;
                whenAwake(mine, this::step);
              }
            });
      }
    }

    private void step() {
      if (isOver || isEnded || isStepping) {
        return;
      }
      isStepping = true;
      List<CommandCall> batch = new ArrayList<>();
      int most = dice.between(1, BATCH_MOST);
      while (!calls.isEmpty() && batch.size() < most) {
        batch.add(calls.remove());
      }
      decided = new ArrayList<>();
      try {
        pipeline.step(batch, actions::poll, clock(), calls.size(), false);
      } catch (Crash e) {
        return;
      } finally {
        isStepping = false;
      }
      if (!calls.isEmpty() || !actions.isEmpty()) {
        plan(world.timeline.now());
      } else if (!isOver && pipeline.nextDueAt() < NEVER) {
        // By its own clock it may not be due then: it looks again.
        plan(Math.max(pipeline.nextDueAt() - ClusterWorld.EPOCH_MS + 1, world.timeline.now() + 1));
      }
    }

    private boolean isQuiet() {
      return calls.isEmpty() && actions.isEmpty() && !isStepping;
    }
  }

  // The planned end.

  /** What it was, as the owner that another is to follow. */
  private @Nullable String former;

  /**
   * Ends as the owner in good order, and then as a process; another follows that has read ahead.
   */
  void leave() {
    Owned at = owned;
    if (!isUp || isLeaving) {
      return;
    }
    isLeaving = true;
    if (at == null) {
      later(200, this::kill);
      return;
    }
    world.trace.add(() -> this + " leaves");
    List<ClusterNode> others =
        world.nodes.stream().filter(each -> each != this && each.isUp && !each.isLeaving).toList();
    ClusterNode next = others.isEmpty() ? null : dice.pick(others);
    if (next == null || world.isCut(number, next.number)) {
      finish(at, false);
      return;
    }
    ClusterFollowing places = new ClusterFollowing(this, at);
    following = places;
    places.offer(next);
    // In vain?
    later(
        3_000,
        () -> {
          if (owned == at && !at.isFinishing) {
            places.inVain();
            finish(at, false);
          }
        });
  }

  /** How this server looks for one that follows it; null if it does not leave as the owner. */
  private @Nullable ClusterFollowing following;

  /** The connection of another to this server has ended; whoever was about to follow does not. */
  void lostFollower(int other, long afterMs) {
    ClusterFollowing places = following;
    if (places != null) {
      later(afterMs, () -> places.isGone(other));
    }
  }

  /** The owner before has ended for this server. */
  void claimAfter(long epoch, PostgresStorage storage, byte[] noted) {
    if (own == null) {
      ahead = new Ahead(epoch, storage, noted);
      claim(epoch, true);
    }
  }

  PostgresStorage readAhead() {
    return ImaginedSession.ahead(world.database.rows, way, RuleSet.Profile.RELEASE);
  }

  /**
   * Takes nothing more, and ends when all is answered.
   *
   * @param isFollowed whether it ends for another
   */
  void finish(Owned at, boolean isFollowed) {
    if (at.isOver || owned != at) {
      return;
    }
    boolean isEndless = world.mutant == ClusterMutants.LEAVES_WITHOUT_ENDING && isFollowed;
    at.isFinishing = !isEndless;
    if (!isEndless && !at.isQuiet()) {
      later(1, () -> finish(at, isFollowed));
      return;
    }
    at.isEnded = !isEndless;
    Claim mine = own;
    former = mine == null ? null : ImaginedDatabase.nameOf(mine);
    own = null;
    ClusterFollowing places = following;
    boolean isTold = isFollowed && places != null && places.handOver(at.storage.noted());
    later(
        isTold ? 1_000 : 0,
        () -> {
          if (owned == at) {
            try {
              at.storage.close(); // Releases the store, unless another owns it.
            } catch (Crash e) {
              return;
            }
            follow(null);
          }
          later(300, this::kill);
        });
  }
}
