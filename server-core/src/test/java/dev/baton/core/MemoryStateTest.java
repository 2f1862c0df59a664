package dev.baton.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.core.RuleSet.Profile;
import dev.baton.protocol.DebugRequest;
import dev.baton.protocol.PromiseRecord;
import dev.baton.protocol.PromiseRequest;
import dev.baton.protocol.Response;
import dev.baton.protocol.ScheduleRequest;
import dev.baton.protocol.Tags;
import dev.baton.protocol.TaskRequest;
import dev.baton.protocol.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class MemoryStateTest {

  private static final long NEVER = Long.MAX_VALUE;

  @Test
  void anEmptyStateIsNeverDue() {
    var state = new MemoryState(Profile.RELEASE);
    assertThat(state.nextDueAt()).isEqualTo(NEVER);
    assertThat(state.due(NEVER - 1, true))
        .isEqualTo(new State.Due(List.of(), List.of(), List.of(), List.of()));
  }

  @Test
  void anOfferThatHasBeenMadeIsDueOnlyForThoseWhoRepeatIt() {
    var world = new World();
    world.send(World.createWithTarget("x", NEVER));
    assertThat(world.state.nextDueAt()).isEqualTo(NEVER);
    assertThat(world.state.due(World.RETRY_MS, true).retries()).containsExactly("x");
    assertThat(world.state.due(World.RETRY_MS, false).retries()).isEmpty();
  }

  @Test
  void everyKindOfTimerIsDueInclusively() {
    var world = new World();
    world.send(World.create("deadline", 100));
    world.send(World.create("delay", 900, Tags.TARGET, World.TARGET, Tags.DELAY, "200"));
    world.send(World.createWithTarget("lease", 900));
    world.send(new TaskRequest.Acquire("lease", 0, "p", 300));
    for (int at : List.of(100, 200, 300, 900)) {
      assertThat(world.state.nextDueAt()).isEqualTo(at);
      var due = world.state.due(at, false);
      assertThat(due.promises())
          .isEqualTo(
              switch (at) {
                case 100 -> List.of("deadline");
                case 900 -> List.of("delay", "lease");
                default -> List.of();
              });
      assertThat(due.retries()).isEqualTo(at == 200 ? List.of("delay") : List.of());
      assertThat(due.leases()).isEqualTo(at == 300 ? List.of("lease") : List.of());
      world.now = at;
      world.tick();
    }
    assertThat(world.state.nextDueAt()).isEqualTo(NEVER);
  }

  @Test
  void aLimitedLookAtWhatIsDueTakesOneKindAfterTheOther() {
    var world = new World();
    for (var id : List.of("a", "b", "c")) {
      world.send(World.create(id, 100));
    }
    world.send(World.createWithTarget("lease", NEVER));
    world.send(new TaskRequest.Acquire("lease", 0, "p", 50));
    assertThat(world.state.due(100, false, 2))
        .isEqualTo(new State.Due(List.of("a", "b"), List.of(), List.of(), List.of()));
    assertThat(world.state.due(100, false, 3))
        .isEqualTo(new State.Due(List.of("a", "b", "c"), List.of(), List.of(), List.of()));
    assertThat(world.state.due(100, false, 4))
        .isEqualTo(new State.Due(List.of("a", "b", "c"), List.of(), List.of("lease"), List.of()));
  }

  @Test
  void ofWhatIsTakenBackNothingIsLeft() {
    var world = new World();
    world.send(World.createWithTarget("other", NEVER));
    long before = world.state.bytes();
    world.send(World.create("p", 100, Tags.TARGET, World.TARGET, Tags.BRANCH, "b"));
    world.send(new TaskRequest.Acquire("p", 0, "worker", 50));
    assertThat(world.state.heldBy("worker")).containsExactly("p");
    world.state.takeBack("p");
    world.state.takeBack("unknown");
    assertThat(world.state.promise("p")).isNull();
    assertThat(world.state.size()).isOne();
    assertThat(world.state.bytes()).isEqualTo(before);
    assertThat(world.state.nextDueAt()).isEqualTo(NEVER);
    assertThat(world.state.heldBy("worker")).isEmpty();
    assertThat(world.state.held()).isEmpty();
    assertThat(world.state.branch("b", "b", NEVER)).isEmpty();
  }

  @Test
  void aTickLeavesTheRestOfManyToTheNextAndADebugTickDoesNot() {
    int many = StateMachine.TIMERS_PER_TICK + 1;
    for (boolean debug : List.of(true, false)) {
      var state = new MemoryState(Profile.RELEASE);
      for (int i = 0; i < many; i++) {
        state.apply(
            new Change.PutPromise(
                null,
                new Promise(
                    "p" + i, Value.EMPTY, Map.of(), 100, 0, PromiseState.Pending.INSTANCE)));
      }
      var command =
          debug ? new Command.Client(new DebugRequest.Tick(100)) : new Command.Tick(false);
      var outcome = new StateMachine(RuleSet.DEFAULT).decide(state, command, 100);
      state.apply(outcome.changes());
      assertThat(state.nextDueAt()).isEqualTo(debug ? NEVER : 100);
    }
  }

  @Test
  void aHeartbeatMovesTheLeasesTimer() {
    var world = new World();
    world.send(World.createWithTarget("x", NEVER));
    world.send(new TaskRequest.Acquire("x", 0, "p", 300));
    world.now = 200;
    world.send(new TaskRequest.Heartbeat("p", List.of()));
    assertThat(world.state.nextDueAt()).isEqualTo(500);
    world.send(new TaskRequest.Halt("x"));
    assertThat(world.state.nextDueAt()).isEqualTo(NEVER);
    assertThat(world.state.heldBy("p")).isEmpty();
  }

  @Test
  void resetLeavesNothing() {
    var world = new World();
    world.send(World.create("a", 100));
    world.send(World.createWithTarget("x", 100));
    world.send(new TaskRequest.Acquire("x", 0, "p", 300));
    world.send(new PromiseRequest.RegisterListener("a", World.TARGET));
    world.send(new DebugRequest.Reset());
    assertThat(world.state.size()).isZero();
    assertThat(world.state.nextDueAt()).isEqualTo(NEVER);
    assertThat(world.state.heldBy("p")).isEmpty();
    assertThat(world.promises()).isEmpty();
    world.send(World.createWithTarget("x", 100));
    assertThat(world.task("x")).isEqualTo("pending v0 retry 30000");
  }

  @Test
  void onlyWhatIsFinishedAndToldMayLeave() {
    var world = new World();
    assertThat(world.state.evictSettled("x")).isFalse();
    world.send(World.createWithTarget("x", NEVER));
    assertThat(world.state.evictSettled("x")).isFalse();
    world.send(new PromiseRequest.RegisterListener("x", World.TARGET));
    world.send(World.resolve("x"));
    assertThat(world.state.evictSettled("x")).isFalse();
    world.run(new Command.ForgetListeners(List.of(new Command.Listener("x", World.TARGET))));
    assertThat(world.state.evictSettled("x")).isTrue();
    assertThat(world.state.size()).isZero();
    assertThat(world.state.promise("x")).isNull();
  }

  @Test
  void theHistoryAnswersForWhatHasLeft() {
    var history = new MapHistory();
    var world = new World(Profile.RELEASE, new MemoryState(Profile.RELEASE, history));
    for (var id : List.of("b", "b.1", "b.2", "b.3")) {
      world.send(World.create(id, NEVER, Tags.TARGET, World.TARGET, Tags.BRANCH, "b"));
    }
    history.save(world);
    world.send(World.resolve("b"));
    world.send(World.resolve("b.2"));
    history.save(world);
    assertThat(world.state.evictSettled("b")).isTrue();
    assertThat(world.state.evictSettled("b.2")).isTrue();
    assertThat(world.state.size()).isEqualTo(2);

    assertThat(world.promise("b.2")).isEqualTo("resolved at 0");
    assertThat(world.task("b.2")).isEqualTo("fulfilled v0");
    world.send(World.resolve("b.1"));
    assertThat(world.state.branch("b", "", Long.MAX_VALUE))
        .extracting(World::describe)
        .as("memory wins over a history that lags behind")
        .containsExactly("resolved at 0", "resolved at 0", "resolved at 0", "pending");
    assertThat(world.send(World.createWithTarget("b.2", 5)).status()).isEqualTo(200);
    assertThat(world.state.size()).as("a promise that has left is not made anew").isEqualTo(2);
  }

  private static final String LARGE = "x".repeat(MemoryState.MOST_PAYLOAD + 1);

  private static PromiseRequest.Create large(String id, String... tags) {
    return new PromiseRequest.Create(id, NEVER, Value.ofData(LARGE), World.tags(tags));
  }

  private static PromiseRecord promise(Response response) {
    assertThat(response.body()).isInstanceOf(Response.OfPromise.class);
    return ((Response.OfPromise) response.body()).promise();
  }

  @Test
  void aLargePayloadLeavesMemoryAndIsAnsweredAllTheSame() {
    var history = new MapHistory();
    var world = new World(Profile.RELEASE, new MemoryState(Profile.RELEASE, history));
    world.send(large("p"));
    long whole = world.state.bytes();
    history.save(world);
    world.state.evictPayload("p");
    assertThat(world.state.bytes()).isLessThan(whole - MemoryState.MOST_PAYLOAD);
    var bare = Objects.requireNonNull(world.state.promise("p"));
    assertThat(bare.isWhole()).isFalse();
    assertThat(bare.payload()).isEqualTo(LARGE.length());

    assertThat(promise(world.send(new PromiseRequest.Get("p"))).param().data()).isEqualTo(LARGE);
    assertThat(promise(world.send(large("p"))).param().data()).isEqualTo(LARGE);
    var settled = promise(world.send(World.resolve("p")));
    assertThat(settled.param().data()).isEqualTo(LARGE);
    assertThat(settled.value().data()).isEqualTo("v");
    assertThat(promise(world.send(new PromiseRequest.Get("p")))).isEqualTo(settled);
  }

  @Test
  void aSmallPayloadStaysInMemory() {
    var world = new World(Profile.RELEASE, new MemoryState(Profile.RELEASE, new MapHistory()));
    world.send(World.create("p", NEVER));
    world.state.evictPayload("p");
    assertThat(world.state.promise("p")).isNotNull().matches(Promise::isWhole);
  }

  @Test
  void aPreloadHoldsWhatThereIsRoomForInTheOrderOfIds() {
    var history = new MapHistory();
    var world = new World(Profile.RELEASE, new MemoryState(Profile.RELEASE, history));
    for (var id : List.of("b", "b.1", "b.2", "b.3")) {
      world.send(
          id.equals("b.2")
              ? World.create(id, NEVER, Tags.BRANCH, "b")
              : large(id, Tags.BRANCH, "b"));
    }
    history.save(world);
    for (var id : List.of("b", "b.1", "b.3")) {
      world.state.evictPayload(id);
    }
    assertThat(branch(world, Long.MAX_VALUE)).containsExactly("b.1", "b.2", "b.3");
    assertThat(branch(world, LARGE.length() + 1_000)).containsExactly("b.1", "b.2");
    assertThat(branch(world, 1_000)).as("a later one may fit").containsExactly("b.2");
    assertThat(branch(world, 0)).isEmpty();
  }

  private static List<String> branch(World world, long room) {
    var found = world.state.branch("b", "b", room);
    assertThat(found).allMatch(Promise::isWhole);
    return found.stream().map(Promise::id).toList();
  }

  @Test
  void aSettledPromiseLeavesMemoryThoughSomebodyHasYetToBeToldOfIt() {
    var history = new MapHistory();
    var world = new World(Profile.RELEASE, new MemoryState(Profile.RELEASE, history));
    world.send(large("p"));
    world.send(new PromiseRequest.RegisterListener("p", "poll://uni@g/w"));
    world.send(World.resolve("p"));
    history.save(world);
    assertThat(world.state.evictSettled("p")).isTrue();
    assertThat(world.state.size()).isZero();
    assertThat(world.state.isLive("p")).isTrue();
    assertThat(world.state.listenersOf("p")).containsExactly("poll://uni@g/w");
    var replayed = new ArrayList<Outcome.Unblock>();
    world.state.replay(_ -> {}, replayed::add);
    assertThat(replayed).extracting(unblock -> unblock.promise().id()).containsExactly("p");
    world.run(new Command.ForgetListeners(List.of(new Command.Listener("p", "poll://uni@g/w"))));
    assertThat(world.state.listenersOf("p")).isEmpty();
    assertThat(world.state.isLive("p")).isFalse();
    assertThat(world.state.bytes()).isZero();
  }

  @Test
  void whenEverythingHasLeftNoByteIsCounted() {
    var history = new MapHistory();
    var world = new World(Profile.RELEASE, new MemoryState(Profile.RELEASE, history));
    var pid = "p".repeat(500);
    for (var id : List.of("a", "b", "c")) {
      world.send(World.createWithTarget(id, NEVER));
      world.send(new TaskRequest.Acquire(id, 0, pid, 1_000));
    }
    long held = world.state.bytes();
    assertThat(held).isGreaterThan(3 * 2 * 500);
    world.send(World.suspend("a", 1, "b", "c"));
    world.send(new PromiseRequest.RegisterListener("b", "poll://uni@g/w"));
    world.send(new PromiseRequest.RegisterListener("b", "poll://uni@g/w"));
    world.send(
        new ScheduleRequest.Create(
            "s", "@daily", "{{.id}}", 5, Value.EMPTY, World.tags(Tags.TARGET, World.TARGET)));
    assertThat(world.state.bytes()).isGreaterThan(held - 1_000);
    world.send(new ScheduleRequest.Delete("s"));
    for (var id : List.of("b", "c", "a")) {
      world.send(World.resolve(id));
    }
    history.save(world);
    for (var id : List.of("a", "b", "c")) {
      assertThat(world.state.evictSettled(id)).isTrue();
    }
    world.run(new Command.ForgetListeners(List.of(new Command.Listener("b", "poll://uni@g/w"))));
    assertThat(world.state.bytes()).isZero();
  }

  /** What a database would hold: a copy of everything as it was when it was last saved. */
  private static final class MapHistory implements History {

    private final TreeMap<String, Promise> promises = new TreeMap<>(IdOrder.INSTANCE);
    private final TreeMap<String, Task> tasks = new TreeMap<>(IdOrder.INSTANCE);

    void save(World world) {
      for (var promise : world.promises()) {
        promises.put(promise.id(), promise);
      }
      for (var task : world.tasks()) {
        tasks.put(task.id(), task);
      }
    }

    @Override
    public @Nullable Promise promise(String id) {
      return promises.get(id);
    }

    @Override
    public @Nullable Task task(String id) {
      return tasks.get(id);
    }

    @Override
    public @Nullable Promise whole(String id) {
      return promises.get(id);
    }

    @Override
    public List<Promise> branch(String branch, boolean withRoot, String except, long room) {
      return promises.values().stream().filter(promise -> branch.equals(promise.branch())).toList();
    }
  }
}
