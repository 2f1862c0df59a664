package dev.baton.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.protocol.PromiseRecord;
import dev.baton.protocol.PromiseRequest;
import dev.baton.protocol.Response;
import dev.baton.protocol.Tags;
import dev.baton.protocol.TaskRecord;
import dev.baton.protocol.TaskRequest;
import dev.baton.protocol.TaskRequest.FenceAction;
import dev.baton.protocol.Value;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Requests that the owner before may have done: the present one decides since 1000. */
class RepeatedRequestsTest {

  private static final long OWNED_SINCE = 1_000;
  private static final long FAR = 1_000_000;
  private static final TaskRequest.Acquire ACQUIRE = new TaskRequest.Acquire("x", 0, "p", 5_000);

  private final World world = new World();

  @BeforeEach
  void create() {
    world.send(World.create("x", FAR, Tags.TARGET, World.TARGET, Tags.BRANCH, "b"));
    world.send(World.create("y", FAR, Tags.BRANCH, "b"));
    world.send(World.create("z", FAR));
    world.now = 900;
  }

  /** The next owner gets what the one before may have got. */
  private Response repeat(TaskRequest request) {
    world.now = Math.max(world.now, OWNED_SINCE);
    return world.run(new Command.Repeated(request, OWNED_SINCE, 0)).response();
  }

  private static TaskRequest.Fulfill fulfill(PromiseRecord.State as, Value value) {
    return new TaskRequest.Fulfill("x", 1, new PromiseRequest.Settle("x", as, value));
  }

  private static TaskRequest.Fulfill fulfill() {
    return fulfill(PromiseRecord.State.RESOLVED, Value.ofData("v"));
  }

  /** What becomes of a request whether it was done before or not. */
  enum First {
    DONE,
    NOT_DONE
  }

  @ParameterizedTest
  @EnumSource
  void anAcquireIsAnsweredAsForTheFirstTime(First first) {
    if (first == First.DONE) {
      world.send(ACQUIRE);
      world.send(new PromiseRequest.RegisterCallback("z", "x"));
      world.send(World.resolve("z"));
      assertThat(world.task("x")).isEqualTo("acquired v1 lease 5900 resumes 1");
    }
    world.now = 3_000;
    var granted = (Response.Acquired) repeat(ACQUIRE).body();
    assertThat(granted.task())
        .isEqualTo(new TaskRecord("x", TaskRecord.State.ACQUIRED, 1, 0, 5_000L, "p"));
    assertThat(granted.promise().id()).isEqualTo("x");
    assertThat(granted.preload()).extracting(PromiseRecord::id).containsExactly("y");
    assertThat(world.task("x")).as("a whole lease").isEqualTo("acquired v1 lease 8000");
  }

  @Test
  void anAcquireThatWasDoneIsAnsweredSoByEachOwnerOnce() {
    world.send(ACQUIRE);
    assertThat(repeat(ACQUIRE).status()).isEqualTo(200);
    assertThat(repeat(ACQUIRE).status()).isEqualTo(409);
    var byTheNext = new Command.Repeated(ACQUIRE, 2_000, 0);
    world.now = 2_000;
    assertThat(world.run(byTheNext).response().status()).isEqualTo(200);
  }

  @Test
  void whatIsNoRepeatIsRefusedAsEver() {
    world.send(ACQUIRE);
    assertThat(World.describe(world.send(ACQUIRE))).isEqualTo("409 Task is not pending");
    world.send(fulfill());
    assertThat(World.describe(world.send(fulfill())))
        .isEqualTo("409 Task version mismatch or invalid state");
  }

  @Test
  void anotherProcessDoesNotHoldIt() {
    world.send(new TaskRequest.Acquire("x", 0, "other", 5_000));
    assertThat(World.describe(repeat(ACQUIRE))).isEqualTo("409 Task is not pending");
    assertThat(world.task("x")).isEqualTo("acquired v1 lease 5900");
  }

  @Test
  void anotherVersionIsHeld() {
    world.send(ACQUIRE);
    world.send(new TaskRequest.Release("x", 1));
    world.send(new TaskRequest.Acquire("x", 1, "p", 5_000));
    assertThat(repeat(ACQUIRE).status()).isEqualTo(409);
  }

  /** The process was offered it anew, and has asked for it with another request. */
  @Test
  void whatThePresentOwnerHasLetItHaveWasAskedForOtherwise() {
    world.now = OWNED_SINCE;
    world.send(ACQUIRE);
    assertThat(repeat(ACQUIRE).status()).isEqualTo(409);
  }

  /** The owner before was lost to the server that asks, offered the task anew, and went on. */
  @Test
  void whatWasTakenAfterTheRequestWasLostWasAskedForOtherwise() {
    world.send(ACQUIRE);
    world.now = 1_200;
    for (long lostMsAgo : new long[] {301, 300, 299}) {
      var repeated = new Command.Repeated(ACQUIRE, OWNED_SINCE, lostMsAgo);
      assertThat(world.run(repeated).response().status()).isEqualTo(lostMsAgo < 300 ? 200 : 409);
    }
  }

  @Test
  void aLeaseThatHasEndedIsNotGivenBack() {
    world.send(ACQUIRE);
    world.run(new Command.EndLease("x", 1, 900, 5_900));
    assertThat(World.describe(repeat(ACQUIRE))).isEqualTo("409 Version mismatch");
  }

  /** The lease that its holder did not know of is not there any more: it knows of the next. */
  @Test
  void aLeaseThatIsGrantedAgainIsAnotherOne() {
    world.send(ACQUIRE);
    assertThat(repeat(ACQUIRE).status()).isEqualTo(200);
    world.run(new Command.EndLease("x", 1, 900, 5_900));
    assertThat(world.task("x")).isEqualTo("acquired v1 lease 6000");
    world.run(new Command.EndLease("x", 1, OWNED_SINCE, 6_000));
    assertThat(world.task("x")).startsWith("pending v1");
  }

  @Test
  void aDeadlineEndsWhatWasTaken() {
    world.send(ACQUIRE);
    world.now = FAR;
    assertThat(World.describe(repeat(ACQUIRE))).isEqualTo("409 Task is not pending");
    assertThat(World.describe(repeat(fulfill())))
        .isEqualTo("409 Task version mismatch or invalid state");
  }

  @ParameterizedTest
  @EnumSource
  void aFulfillIsAnsweredWithItsPromise(First first) {
    var value = new Value(Map.of("a", "b"), "v");
    var fulfill = fulfill(PromiseRecord.State.REJECTED, value);
    world.send(ACQUIRE);
    if (first == First.DONE) {
      world.send(fulfill);
    }
    var answer = (Response.OfPromise) repeat(fulfill).body();
    assertThat(answer.promise().state()).isEqualTo(PromiseRecord.State.REJECTED);
    assertThat(answer.promise().value()).isEqualTo(value);
    assertThat(answer.promise().settledAt()).isEqualTo(first == First.DONE ? 900 : OWNED_SINCE);
    assertThat(world.task("x")).isEqualTo("fulfilled v1");
  }

  @Test
  void anotherOutcomeIsNotItsOwn() {
    world.send(ACQUIRE);
    world.send(fulfill());
    for (var other :
        new TaskRequest.Fulfill[] {
          fulfill(PromiseRecord.State.REJECTED, Value.ofData("v")),
          fulfill(PromiseRecord.State.RESOLVED, Value.ofData("w")),
          fulfill(PromiseRecord.State.RESOLVED, new Value(Map.of(), "v")),
          fulfill(PromiseRecord.State.RESOLVED, Value.EMPTY),
          new TaskRequest.Fulfill("x", 2, World.resolve("x")),
          new TaskRequest.Fulfill("x", 0, World.resolve("x"))
        }) {
      assertThat(World.describe(repeat(other)))
          .isEqualTo("409 Task version mismatch or invalid state");
    }
  }

  /** A timer's deadline resolves it with an empty value, as its holder would. */
  @Test
  void aTimersDeadlineIsNobodysFulfilment() {
    world.send(World.create("t", 950, Tags.TARGET, World.TARGET, Tags.TIMER, "true"));
    world.send(new TaskRequest.Acquire("t", 0, "p", 5_000));
    var settle = new PromiseRequest.Settle("t", PromiseRecord.State.RESOLVED, Value.EMPTY);
    assertThat(repeat(new TaskRequest.Fulfill("t", 1, settle)).status()).isEqualTo(409);
    assertThat(world.promise("t")).isEqualTo("resolved at 950");
  }

  @ParameterizedTest
  @EnumSource
  void aSuspendIsAnsweredWhileItsTaskWaits(First first) {
    var suspend = World.suspend("x", 1, "y", "z", "y");
    world.send(ACQUIRE);
    if (first == First.DONE) {
      world.send(suspend);
    }
    assertThat(repeat(suspend)).isEqualTo(Response.ok());
    assertThat(world.task("x")).isEqualTo("suspended v1");
    world.send(World.resolve("z"));
    assertThat(world.task("x")).startsWith("pending v1");
  }

  /** It is on offer again, as it would be after the end of a lease. */
  @Test
  void aSuspendIsNotKnownOnceItsTaskIsOnOffer() {
    world.send(ACQUIRE);
    world.send(World.suspend("x", 1, "y", "z"));
    world.send(World.resolve("z"));
    assertThat(World.describe(repeat(World.suspend("x", 1, "y", "z"))))
        .isEqualTo("409 Task is not acquired or version mismatch");
  }

  @Test
  void aTaskThatWaitsForSomethingElseWasSuspendedOtherwise() {
    world.send(ACQUIRE);
    world.send(World.suspend("x", 1, "y"));
    assertThat(repeat(World.suspend("x", 1, "y", "z")).status()).isEqualTo(409);
    assertThat(repeat(World.suspend("x", 0, "y")).status()).isEqualTo(409);
    assertThat(repeat(World.suspend("x", 2, "y")).status()).isEqualTo(409);
  }

  /** It was told the first time, too, that what it awaits is settled, and holds its task. */
  @Test
  void aSuspendThatCameTooLateIsToldSoAgain() {
    var suspend = World.suspend("x", 1, "y", "z");
    world.send(ACQUIRE);
    world.send(World.resolve("z"));
    assertThat(world.send(suspend).status()).isEqualTo(300);
    assertThat(repeat(suspend).status()).isEqualTo(300);
    assertThat(world.task("x")).isEqualTo("acquired v1 lease 5900");
  }

  /** The end of a lease leaves the same behind. */
  @Test
  void aReleaseIsNotKnownByATaskOnOffer() {
    world.send(ACQUIRE);
    world.send(new TaskRequest.Release("x", 1));
    assertThat(World.describe(repeat(new TaskRequest.Release("x", 1))))
        .isEqualTo("409 Task version mismatch or invalid state");
  }

  @Test
  void aFenceIsDoneTwiceAsOnceWhileItsTaskIsHeld() {
    var fence = new TaskRequest.Fence("x", 1, new FenceAction.Settle(World.resolve("y")));
    world.send(ACQUIRE);
    world.send(fence);
    assertThat(repeat(fence).status()).isEqualTo(200);
    world.send(fulfill());
    assertThat(World.describe(repeat(fence))).isEqualTo("409 Version mismatch");
  }

  @Test
  void whatIsNotThereIsNotFound() {
    assertThat(repeat(new TaskRequest.Acquire("none", 0, "p", 5_000)).status()).isEqualTo(404);
  }
}
