package dev.baton.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.protocol.PromiseRecord;
import dev.baton.protocol.PromiseRequest;
import dev.baton.protocol.Response;
import dev.baton.protocol.Tags;
import dev.baton.protocol.TaskRecord;
import dev.baton.protocol.TaskRequest;
import dev.baton.protocol.TaskRequest.FenceAction;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What the answers of protocol section 9 carry. */
class TaskAnswersTest {

  private final World world = new World();

  @Test
  void anAcquirerGetsTaskPromiseAndTheRestOfTheBranch() {
    inBranch("b", "x");
    inBranch("b", "b");
    inBranch("b", "a");
    inBranch("c", "other");
    world.send(World.create("none", 1_000_000));
    var acquired = acquire("x", 0);
    assertThat(acquired.task())
        .isEqualTo(new TaskRecord("x", TaskRecord.State.ACQUIRED, 1, 0, 5_000L, "p"));
    assertThat(acquired.promise().id()).isEqualTo("x");
    assertThat(acquired.preload()).extracting(PromiseRecord::id).containsExactly("a", "b");
  }

  @Test
  void withoutABranchThereIsNoPreload() {
    world.send(World.createWithTarget("x", 1_000_000));
    world.send(World.create("y", 1_000_000));
    assertThat(acquire("x", 0).preload()).isEmpty();
  }

  @Test
  void preloadShowsWhatIsStoredEvenIfItsDeadlineHasPassed() {
    inBranch("b", "x");
    world.send(World.create("y", 500, Tags.BRANCH, "b"));
    world.now = 1_000;
    assertThat(acquire("x", 0).preload())
        .extracting(PromiseRecord::state)
        .containsExactly(PromiseRecord.State.PENDING);
  }

  @Test
  void aFenceAnswersWithItsActionAndSeesWhatItHasCreated() {
    inBranch("b", "x");
    acquire("x", 0);
    var create = World.create("x.1", 1_000_000, Tags.BRANCH, "b");
    var response = world.send(new TaskRequest.Fence("x", 1, new FenceAction.Create(create)));
    var fenced = (Response.Fenced) response.body();
    assertThat(fenced.kind()).isEqualTo("promise.create");
    assertThat(fenced.action().status()).isEqualTo(200);
    assertThat(fenced.preload()).extracting(PromiseRecord::id).containsExactly("x.1");
    assertThat(world.promise("x.1")).isEqualTo("pending");
  }

  @Test
  void aFenceThatDeclinesThePreloadGetsNone() {
    inBranch("b", "x");
    acquire("x", 0);
    var create = World.create("x.1", 1_000_000, Tags.BRANCH, "b");
    var response = world.send(new TaskRequest.Fence("x", 1, new FenceAction.Create(create), false));
    assertThat(((Response.Fenced) response.body()).preload()).isEmpty();
    assertThat(world.promise("x.1")).isEqualTo("pending");
  }

  @Test
  void aFencedSettleOfAMissingPromiseIsToldInside() {
    inBranch("b", "x");
    acquire("x", 0);
    var response =
        world.send(new TaskRequest.Fence("x", 1, new FenceAction.Settle(World.resolve("no"))));
    assertThat(response)
        .isEqualTo(
            Response.ok(
                new Response.Fenced(
                    "promise.settle", Response.failure(404, "Promise not found"), List.of())));
  }

  @Test
  void aFencedSettleOutOfReachIsAnsweredAsIfThePromiseWereNotThere() {
    inBranch("b", "x");
    world.send(World.create("secret", 500));
    acquire("x", 0);
    world.now = 1_000; // Nor is the deadline of what is out of reach applied.
    var fence = new TaskRequest.Fence("x", 1, new FenceAction.OutOfReach(World.resolve("secret")));
    var outcome = world.run(new Command.Client(fence));
    assertThat(outcome.changes()).isEmpty();
    assertThat(outcome.response())
        .isEqualTo(
            Response.ok(
                new Response.Fenced(
                    "promise.settle", Response.failure(404, "Promise not found"), List.of())));
  }

  @Test
  void aFencedSettleShowsSettledInItsPreload() {
    inBranch("b", "x");
    world.send(World.create("x.1", 1_000_000, Tags.BRANCH, "b"));
    acquire("x", 0);
    var response =
        world.send(new TaskRequest.Fence("x", 1, new FenceAction.Settle(World.resolve("x.1"))));
    assertThat(((Response.Fenced) response.body()).preload())
        .extracting(PromiseRecord::state)
        .containsExactly(PromiseRecord.State.RESOLVED);
  }

  @Test
  void aTaskBornExpiredIsFulfilledAtVersionZero() {
    world.now = 1_000;
    var response =
        world.send(new TaskRequest.Create("p", 5_000, World.createWithTarget("x", 1_000)));
    var acquired = (Response.Acquired) response.body();
    assertThat(acquired.task())
        .isEqualTo(new TaskRecord("x", TaskRecord.State.FULFILLED, 0, 0, null, null));
    assertThat(acquired.promise().createdAt()).isEqualTo(1_000);
    assertThat(acquired.promise().settledAt()).isEqualTo(1_000);
  }

  @Test
  void aTaskThatExistsIsAnsweredWithItsStoredPromise() {
    world.send(World.createWithTarget("x", 1_000_000));
    var response = world.send(new TaskRequest.Create("p", 5_000, World.createWithTarget("x", 99)));
    assertThat(((Response.Acquired) response.body()).promise().timeoutAt()).isEqualTo(1_000_000);
  }

  @Test
  void waitingCallbacksSurviveTheTasksComingsAndGoings() {
    world.send(World.create("a", 1_000_000));
    world.send(World.createWithTarget("x", 1_000_000));
    acquire("x", 0);
    world.send(new PromiseRequest.RegisterCallback("a", "x"));
    world.send(new TaskRequest.Release("x", 1));
    acquire("x", 1);
    world.send(new TaskRequest.Halt("x"));
    world.send(new TaskRequest.Continue("x"));
    acquire("x", 2);
    world.send(World.resolve("a"));
    assertThat(world.task("x")).isEqualTo("acquired v3 lease 5000 resumes 1");
  }

  @Test
  void whatAResumedTaskNoLongerAwaitsMayStillRemindIt() {
    world.send(World.create("a", 1_000_000));
    world.send(World.create("b", 1_000_000));
    world.send(World.createWithTarget("x", 1_000_000));
    acquire("x", 0);
    world.send(World.suspend("x", 1, "a", "b"));
    world.send(World.resolve("a"));
    assertThat(world.task("x")).isEqualTo("pending v1 retry 30000 resumes 1");
    acquire("x", 1);
    assertThat(world.task("x")).isEqualTo("acquired v2 lease 5000");
    world.send(World.resolve("b"));
    assertThat(world.task("x")).isEqualTo("acquired v2 lease 5000 resumes 1");
  }

  @Test
  void anEmptyHeartbeatExtendsEveryLeaseOfTheProcessAndNoOther() {
    for (var id : List.of("a", "b.1", "c")) {
      world.send(World.createWithTarget(id, 1_000_000));
    }
    acquire("a", 0);
    acquire("b.1", 0);
    world.send(new TaskRequest.Acquire("c", 0, "q", 5_000));
    world.now = 2_000;
    world.send(new TaskRequest.Heartbeat("p", List.of()));
    assertThat(world.task("a")).isEqualTo("acquired v1 lease 7000");
    assertThat(world.task("b.1")).isEqualTo("acquired v1 lease 7000");
    assertThat(world.task("c")).isEqualTo("acquired v1 lease 5000");
  }

  @Test
  void searchesPageByIdAndNameACursorOnlyIfThereIsMore() {
    for (var id : List.of("c", "a", "b", "d")) {
      world.send(World.createWithTarget(id, 1_000_000));
    }
    acquire("b", 0);
    assertThat(tasks(null, 2L, null)).isEqualTo("[a, b] b");
    assertThat(tasks(null, 2L, "b")).isEqualTo("[c, d] null");
    assertThat(tasks(null, 3L, "aa")).isEqualTo("[b, c, d] null");
    assertThat(tasks(TaskRecord.State.PENDING, 2L, null)).isEqualTo("[a, c] c");
    assertThat(tasks(TaskRecord.State.ACQUIRED, null, null)).isEqualTo("[b] null");
    assertThat(tasks(TaskRecord.State.HALTED, null, null)).isEqualTo("[] null");
  }

  private String tasks(
      TaskRecord.@Nullable State state, @Nullable Long limit, @Nullable String cursor) {
    var page = (Response.TaskPage) world.send(new TaskRequest.Search(state, limit, cursor)).body();
    return page.tasks().stream().map(TaskRecord::id).toList() + " " + page.cursor();
  }

  private void inBranch(String branch, String id) {
    world.send(World.create(id, 1_000_000, Tags.TARGET, World.TARGET, Tags.BRANCH, branch));
  }

  private Response.Acquired acquire(String id, long version) {
    var response = world.send(new TaskRequest.Acquire(id, version, "p", 5_000));
    assertThat(response.status()).isEqualTo(200);
    return (Response.Acquired) response.body();
  }
}
