package dev.baton.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.core.RuleSet.Profile;
import dev.baton.protocol.DebugRequest;
import dev.baton.protocol.PromiseRecord;
import dev.baton.protocol.PromiseRequest;
import dev.baton.protocol.Request;
import dev.baton.protocol.Response;
import dev.baton.protocol.ScheduleRequest;
import dev.baton.protocol.Tags;
import dev.baton.protocol.TaskRequest;
import dev.baton.protocol.TaskRequest.FenceAction;
import dev.baton.protocol.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What holds whatever is asked for, in whatever order. */
class RandomWalkTest {

  private static final int SEEDS = 300;
  private static final int STEPS = 120;

  private static final List<String> IDS = List.of("a", "a.1", "a.2", "a.1.1", "b", "b.1");

  @ParameterizedTest
  @EnumSource
  void everyWalkKeepsTheInvariants(Profile profile) {
    for (long seed = 0; seed < SEEDS; seed++) {
      var walk = new Walk(profile, seed);
      try {
        walk.run();
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError(
            "seed " + seed + " of " + profile + "\n" + String.join("\n", walk.log), e);
      }
    }
  }

  private static final class Walk {

    private final Random random;
    private final World world;

    /** Made of the changes alone, as a store would load it. */
    private final MemoryState copy;

    private final Map<String, Promise> settled = new HashMap<>();
    private final Map<String, Long> versions = new HashMap<>();
    private final List<String> log = new ArrayList<>();

    Walk(Profile profile, long seed) {
      random = new Random(seed);
      world = new World(profile);
      copy = new MemoryState(profile);
    }

    void run() {
      for (int step = 0; step < STEPS; step++) {
        world.now += random.nextInt(4) == 0 ? random.nextInt(2_000) : 0;
        var command = command();
        log.add(world.now + " " + command);
        var before = world.tasks();
        var within = within(command);
        var outcome = world.run(command);
        copy.apply(outcome.changes());
        checkAnswer(outcome.response());
        checkChanges(outcome);
        if (within != null) {
          assertThat(within).containsAll(touched(outcome));
          assertThat(within).containsAll(preloaded(command, outcome.response()));
        }
        checkHistory(before);
        assertThat(snapshot(copy)).isEqualTo(snapshot(world.state));
      }
    }

    /** The ids that a request may touch by its footprint, as things are now; null: any. */
    private @Nullable Set<String> within(Command command) {
      if (!(command instanceof Command.Client(var request))) {
        return null;
      }
      var footprint = Footprint.of(request);
      var within = new HashSet<String>();
      for (var use : footprint.uses()) {
        within.add(use.text());
        if (footprint.reach().contains(Footprint.Reach.AWAITERS)) {
          within.addAll(world.state.awaitersOf(use.text()));
        }
        if (footprint.reach().contains(Footprint.Reach.HELD)) {
          within.addAll(world.state.heldBy(use.text()));
        }
      }
      return footprint.reach().contains(Footprint.Reach.EVERYTHING) ? null : within;
    }

    /** The ids that an answer holds beside those asked for, unless the footprint has the branch. */
    private static List<String> preloaded(Command command, Response response) {
      var preload =
          switch (response.body()) {
            case Response.Acquired acquired -> acquired.preload();
            case Response.Preload(var promises) -> promises;
            case Response.Fenced fenced -> fenced.preload();
            default -> List.<PromiseRecord>of();
          };
      return command instanceof Command.Client(var request)
              && Footprint.reach(request).contains(Footprint.Reach.BRANCH)
          ? List.of()
          : preload.stream().map(PromiseRecord::id).toList();
    }

    /** The ids of what is changed or told of. Who waits for a task does so under its own id. */
    private static Set<String> touched(Outcome outcome) {
      var touched = new HashSet<String>();
      for (var change : outcome.changes()) {
        switch (change) {
          case Change.PutPromise(_, var after) -> touched.add(after.id());
          case Change.PutTask(_, var after) -> touched.add(after.id());
          case Change.PutCallback(_, var awaiter, _) -> touched.add(awaiter);
          case Change.DeleteCallback(_, var awaiter) -> touched.add(awaiter);
          case Change.PutListener(var awaited, _) -> touched.add(awaited);
          case Change.DeleteListener(var awaited, _) -> touched.add(awaited);
          case Change.PutSchedule(_, var schedule) -> touched.add(schedule.id());
          case Change.DeleteSchedule(var id) -> touched.add(id);
          case Change.Clear _ -> throw new AssertionError("nothing empties the store");
        }
      }
      outcome.unblocks().forEach(unblock -> touched.add(unblock.promise().id()));
      return touched;
    }

    private Object snapshot(MemoryState state) {
      return Reading.answer(new DebugRequest.Snap(), RuleSet.DEFAULT, state.reader());
    }

    private static void checkAnswer(Response response) {
      assertThat(response.status()).isIn(200, 300, 400, 404, 409, 422);
      assertThat(response.body() instanceof Response.Failure).isEqualTo(response.status() >= 400);
    }

    /** Each thing is changed at most once by a command, and from what it was. */
    private void checkChanges(Outcome outcome) {
      var seen = new ArrayList<String>();
      for (var change : outcome.changes()) {
        switch (change) {
          case Change.PutPromise(var before, var after) -> {
            seen.add("promise " + after.id());
            assertThat(before == null || before.isPending()).isTrue();
          }
          case Change.PutTask(var before, var after) -> {
            seen.add("task " + after.id());
            if (before != null) {
              assertThat(after.version()).isBetween(before.version(), before.version() + 1);
            }
          }
          case Change.PutCallback(var awaited, var awaiter, _) ->
              seen.add("callback " + awaited + " " + awaiter);
          case Change.DeleteCallback(var awaited, var awaiter) ->
              seen.add("callback " + awaited + " " + awaiter);
          case Change.PutListener _,
              Change.DeleteListener _,
              Change.PutSchedule _,
              Change.DeleteSchedule _,
              Change.Clear _ -> {}
        }
      }
      assertThat(seen).doesNotHaveDuplicates();
      for (var unblock : outcome.unblocks()) {
        assertThat(unblock.promise().isPending()).isFalse();
        assertThat(world.state.listenersOf(unblock.promise().id())).contains(unblock.address());
      }
    }

    /** The settled stays, versions only grow, and only by being taken. */
    private void checkHistory(List<Task> before) {
      for (var promise : world.promises()) {
        if (!promise.isPending()) {
          assertThat(settled.computeIfAbsent(promise.id(), _ -> promise)).isEqualTo(promise);
        }
      }
      var held = new HashMap<String, Task>();
      before.forEach(task -> held.put(task.id(), task));
      for (var task : world.tasks()) {
        long version = versions.getOrDefault(task.id(), 0L);
        assertThat(task.version()).isGreaterThanOrEqualTo(version);
        versions.put(task.id(), task.version());
        var earlier = held.get(task.id());
        if (task.version() > version) {
          assertThat(task.state()).isInstanceOf(TaskState.Acquired.class);
        }
        if (earlier != null
            && earlier.state() instanceof TaskState.Acquired(var pid, _, _, _)
            && task.state() instanceof TaskState.Acquired(var holder, _, _, _)) {
          assertThat(holder).as("nobody takes what is held").isEqualTo(pid);
        }
      }
    }

    private Command command() {
      return switch (random.nextInt(20)) {
        case 0, 1 -> new Command.Tick(random.nextBoolean());
        case 2 -> new Command.EndLeases(pid());
        case 3 -> {
          var id = id();
          yield endLease(id);
        }
        case 5 ->
            random.nextBoolean()
                ? new Command.CutLeases()
                : new Command.EndOverdueLeases(random.nextLong(world.now + 1));
        case 4 -> new Command.ForgetListeners(List.of(new Command.Listener(id(), World.TARGET)));
        default -> new Command.Client(request());
      };
    }

    private Request request() {
      return switch (random.nextInt(20)) {
        case 0, 1, 2 -> create(id());
        case 3 -> new PromiseRequest.Get(id());
        case 4 -> settle(id());
        case 5 -> {
          var awaited = id();
          yield new PromiseRequest.RegisterCallback(awaited, otherThan(awaited));
        }
        case 6 -> new PromiseRequest.RegisterListener(id(), World.TARGET);
        case 7 -> new TaskRequest.Create(pid(), ttl(), targeted(id()));
        case 8, 9, 10 -> {
          var id = id();
          yield new TaskRequest.Acquire(id, version(id), pid(), ttl());
        }
        case 11 -> {
          var id = id();
          yield new TaskRequest.Release(id, version(id));
        }
        case 12 -> {
          var id = id();
          yield new TaskRequest.Fulfill(id, version(id), settle(id));
        }
        case 13, 14, 15 -> {
          var id = id();
          yield World.suspend(id, version(id), otherThan(id), otherThan(id));
        }
        case 16 -> {
          var id = id();
          var inner = otherThan(id);
          yield new TaskRequest.Fence(
              id,
              version(id),
              random.nextBoolean()
                  ? new FenceAction.Create(create(inner))
                  : new FenceAction.Settle(settle(inner)));
        }
        case 17 ->
            new TaskRequest.Heartbeat(
                pid(),
                random.nextBoolean()
                    ? List.of()
                    : List.of(new TaskRequest.TaskRef("a", version("a"))));
        case 18 ->
            random.nextBoolean() ? new TaskRequest.Halt(id()) : new TaskRequest.Continue(id());
        default ->
            random.nextInt(4) == 0
                ? new ScheduleRequest.Delete("s")
                : new ScheduleRequest.Create(
                    "s",
                    "* * * * * *",
                    random.nextBoolean() ? id() : "s.{{.timestamp}}",
                    random.nextInt(5_000),
                    Value.EMPTY,
                    Map.of(Tags.TARGET, World.TARGET));
      };
    }

    private PromiseRequest.Create create(String id) {
      return random.nextBoolean() ? targeted(id) : World.create(id, deadline());
    }

    private PromiseRequest.Create targeted(String id) {
      return World.create(
          id,
          deadline(),
          Tags.TARGET,
          World.TARGET,
          Tags.SCOPE,
          random.nextBoolean() ? "global" : "local",
          random.nextBoolean() ? Tags.BRANCH : Tags.TIMER,
          random.nextBoolean() ? "a" : "true");
    }

    private long deadline() {
      return world.now + random.nextInt(60_000) - 1_000;
    }

    private PromiseRequest.Settle settle(String id) {
      return World.settle(
          id, random.nextBoolean() ? PromiseRecord.State.RESOLVED : PromiseRecord.State.REJECTED);
    }

    private String id() {
      return IDS.get(random.nextInt(IDS.size()));
    }

    private String otherThan(String id) {
      String other = id();
      while (other.equals(id)) {
        other = id();
      }
      return other;
    }

    private String pid() {
      return random.nextBoolean() ? "p" : "q";
    }

    private long ttl() {
      return 1 + random.nextInt(5_000);
    }

    /** Mostly the right one. */
    private long version(String id) {
      var task = world.state.task(id);
      return task == null || random.nextInt(8) == 0 ? random.nextInt(3) : task.version();
    }

    /** Mostly the right one. */
    private Command.EndLease endLease(String id) {
      var task = world.state.task(id);
      return task != null
              && task.state() instanceof TaskState.Acquired held
              && random.nextInt(8) != 0
          ? new Command.EndLease(id, version(id), held.acquiredAt(), held.leaseExpiresAt())
          : new Command.EndLease(id, version(id), world.now, world.now);
    }
  }
}
