package dev.baton.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.core.RuleSet.Profile;
import dev.baton.protocol.PromiseRecord;
import dev.baton.protocol.PromiseRequest;
import dev.baton.protocol.Response;
import dev.baton.protocol.Tags;
import dev.baton.protocol.TaskRequest;
import dev.baton.protocol.Value;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Protocol sections 6, 7 and 8: every request on every state of a promise. */
class PromiseTableTest {

  private static final long DEADLINE = 10_000;

  @ParameterizedTest(name = "{0} {1}: {3} at {2}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # row | promise before | at    | request                | answer                | promise after
           1 | missing        | 5     | get                    | 404 Promise not found | none
           2 | pending        | 9999  | get                    | 200                   | pending
           3 | pending        | 10000 | get                    | 200                   | rejected_timedout at 10000
           4 | pending        | 99999 | get                    | 200                   | rejected_timedout at 10000
           5 | timer          | 9999  | get                    | 200                   | pending
           6 | timer          | 10000 | get                    | 200                   | resolved at 10000
           7 | false timer    | 10000 | get                    | 200                   | rejected_timedout at 10000
           8 | resolved       | 99999 | get                    | 200                   | resolved at 1

          10 | missing        | 5     | create                 | 200                   | pending
          11 | missing        | 10000 | create                 | 200                   | rejected_timedout at 10000
          12 | missing        | 10001 | create                 | 200                   | rejected_timedout at 10000
          13 | missing        | 10000 | create timer           | 200                   | resolved at 10000
          14 | pending        | 5     | create                 | 200                   | pending
          15 | pending        | 10000 | create                 | 200                   | rejected_timedout at 10000
          16 | resolved       | 5     | create                 | 200                   | resolved at 1

          20 | missing        | 5     | settle resolved        | 404 Promise not found | none
          21 | pending        | 5     | settle resolved        | 200                   | resolved at 5
          22 | pending        | 5     | settle rejected        | 200                   | rejected at 5
          23 | pending        | 5     | settle rejected_canceled | 200                 | rejected_canceled at 5
          24 | pending        | 9999  | settle resolved        | 200                   | resolved at 9999
          25 | pending        | 10000 | settle resolved        | 200                   | rejected_timedout at 10000
          26 | timer          | 10000 | settle rejected        | 200                   | resolved at 10000
          27 | resolved       | 5     | settle rejected        | 200                   | resolved at 1
          28 | resolved       | 10000 | settle rejected        | 200                   | resolved at 1

          30 | missing        | 5     | listen                 | 404 Awaited promise not found | none
          31 | pending        | 5     | listen                 | 200                   | pending
          32 | pending        | 10000 | listen                 | 200                   | rejected_timedout at 10000
          33 | resolved       | 5     | listen                 | 200                   | resolved at 1

          40 | missing        | 5     | tick                   | 200                   | none
          41 | pending        | 9999  | tick                   | 200                   | pending
          42 | pending        | 10000 | tick                   | 200                   | rejected_timedout at 10000
          43 | timer          | 99999 | tick                   | 200                   | resolved at 10000
          44 | resolved       | 99999 | tick                   | 200                   | resolved at 1
          """)
  void aRequestMeetsAPromise(
      int row, String before, long at, String request, String answer, String after) {
    var world = new World();
    prepare(world, before);
    world.now = at;
    assertThat(World.describe(request(world, request))).isEqualTo(answer);
    assertThat(world.promise("x")).isEqualTo(after);
  }

  private static void prepare(World world, String before) {
    switch (before) {
      case "missing" -> {}
      case "pending" -> world.send(World.create("x", DEADLINE));
      case "timer" -> world.send(World.create("x", DEADLINE, Tags.TIMER, "true"));
      case "false timer" -> world.send(World.create("x", DEADLINE, Tags.TIMER, "True"));
      case "resolved" -> {
        world.send(World.create("x", DEADLINE));
        world.now = 1;
        world.send(World.resolve("x"));
      }
      default -> throw new IllegalArgumentException(before);
    }
  }

  private static Response request(World world, String text) {
    if (text.startsWith("settle ")) {
      var as = PromiseRecord.State.ofWire(text.substring("settle ".length()));
      if (as == null) {
        throw new IllegalArgumentException(text);
      }
      return world.send(World.settle("x", as));
    }
    return switch (text) {
      case "get" -> world.send(new PromiseRequest.Get("x"));
      case "create" -> world.send(World.create("x", DEADLINE));
      case "create timer" -> world.send(World.create("x", DEADLINE, Tags.TIMER, "true"));
      case "listen" -> world.send(new PromiseRequest.RegisterListener("x", World.TARGET));
      case "tick" -> world.run(new Command.Tick(false)).response();
      default -> throw new IllegalArgumentException(text);
    };
  }

  @ParameterizedTest(name = "{0} awaited {1}, awaiter {2}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # row | awaited  | awaiter    | answer                                          | awaiter's task after     | waits
           1 | missing  | missing    | 404 Awaited promise not found                   | none                     | false
           2 | missing  | acquired   | 404 Awaited promise not found                   | acquired v1 lease 5000   | false
           3 | pending  | missing    | 422 Awaiter promise not found                   | none                     | false
           4 | pending  | untargeted | 422 Awaiter promise has no resonate:target tag  | none                     | false
           5 | pending  | pending    | 200                                             | pending v0 retry 30000   | true
           6 | pending  | acquired   | 200                                             | acquired v1 lease 5000   | true
           7 | pending  | suspended  | 200                                             | suspended v1             | true
           8 | pending  | halted     | 200                                             | halted v0                | true
           9 | pending  | fulfilled  | 200                                             | fulfilled v0             | false
          10 | resolved | missing    | 422 Awaiter promise not found                   | none                     | false
          11 | resolved | untargeted | 422 Awaiter promise has no resonate:target tag  | none                     | false
          12 | resolved | pending    | 200                                             | pending v0 retry 30000 resumes 1 | false
          13 | resolved | acquired   | 200                                             | acquired v1 lease 5000 resumes 1 | false
          14 | resolved | suspended  | 200                                             | pending v1 retry 31000 resumes 1 | false
          15 | resolved | halted     | 200                                             | halted v0                | false
          16 | resolved | fulfilled  | 200                                             | fulfilled v0             | false
          17 | expired  | suspended  | 200                                             | pending v1 retry 31000 resumes 1 | false
          """)
  void aCallbackIsRegistered(
      int row, String awaited, String awaiter, String answer, String after, boolean waits) {
    var world = new World();
    switch (awaited) {
      case "missing" -> {}
      case "expired" -> world.send(World.create("a", 1_000));
      default -> world.send(World.create("a", 1_000_000));
    }
    world.send(World.create("other", 1_000_000));
    switch (awaiter) {
      case "missing" -> {}
      case "untargeted" -> world.send(World.create("w", 1_000_000));
      default -> world.send(World.createWithTarget("w", 1_000_000));
    }
    switch (awaiter) {
      case "acquired" -> world.send(new TaskRequest.Acquire("w", 0, "p", 5_000));
      case "suspended" -> {
        world.send(new TaskRequest.Acquire("w", 0, "p", 5_000));
        world.send(World.suspend("w", 1, "other"));
      }
      case "halted" -> world.send(new TaskRequest.Halt("w"));
      case "fulfilled" -> world.send(World.resolve("w"));
      default -> {}
    }
    if (awaited.equals("resolved")) {
      world.send(World.resolve("a"));
    }
    world.now = 1_000;
    for (int times = 0; times < 2; times++) {
      var response = world.send(new PromiseRequest.RegisterCallback("a", "w"));
      assertThat(World.describe(response)).isEqualTo(answer);
      assertThat(world.task("w")).isEqualTo(after);
      assertThat(world.state.awaitersOf("a").contains("w")).isEqualTo(waits);
    }
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # row | awaiter  | awaiter's task when the awaited promise settles at 1000
          1 | pending      | pending v0 retry 30000 resumes 1
          2 | acquired     | acquired v1 lease 5000 resumes 1
          3 | suspended    | pending v1 retry 31000 resumes 1
          4 | halted       | halted v1 resumes 1
          """)
  void aSettlementReachesWhoeverWaits(int row, String awaiter, String after) {
    var world = new World();
    world.send(World.create("a", 1_000_000));
    world.send(World.createWithTarget("w", 1_000_000));
    switch (awaiter) {
      case "pending" -> {}
      case "acquired" -> world.send(new TaskRequest.Acquire("w", 0, "p", 5_000));
      default -> {
        world.send(new TaskRequest.Acquire("w", 0, "p", 5_000));
        world.send(World.suspend("w", 1, "a"));
      }
    }
    if (awaiter.equals("halted")) {
      world.send(new TaskRequest.Halt("w"));
    }
    world.send(new PromiseRequest.RegisterCallback("a", "w"));
    world.now = 1_000;
    world.send(World.resolve("a"));
    assertThat(world.task("w")).isEqualTo(after);
  }

  @Test
  void aPromiseBornSettledIsDatedByItsDeadline() {
    var world = new World();
    world.now = DEADLINE + 5;
    world.send(World.create("x", DEADLINE));
    var promise = world.state.promise("x");
    assertThat(promise == null ? -1 : promise.createdAt()).isEqualTo(DEADLINE);
    assertThat(world.promise("x")).isEqualTo("rejected_timedout at 10000");
  }

  @Test
  void aSettledPromiseKeepsItsValueAndADeadlineSetsNone() {
    var world = new World();
    world.send(World.create("x", DEADLINE));
    world.send(World.create("y", DEADLINE));
    world.send(World.resolve("x"));
    world.now = DEADLINE;
    world.tick();
    assertThat(value(world, "x")).isEqualTo(Value.ofData("v"));
    assertThat(value(world, "y")).isEqualTo(Value.EMPTY);
  }

  private static Value value(World world, String id) {
    var promise = world.state.promise(id);
    return promise != null && promise.state() instanceof PromiseState.Settled(_, var value, _)
        ? value
        : Value.ofData("not settled");
  }

  @Test
  void everyListenerIsToldOnceAndStaysUntilItIsForgotten() {
    var world = new World();
    world.send(World.create("x", DEADLINE));
    world.send(new PromiseRequest.RegisterListener("x", "poll://uni@g/1"));
    world.send(new PromiseRequest.RegisterListener("x", "poll://uni@g/1"));
    world.send(new PromiseRequest.RegisterListener("x", "poll://uni@g/2"));
    world.send(World.resolve("x"));
    assertThat(world.unblocks)
        .extracting(Outcome.Unblock::address)
        .containsExactlyInAnyOrder("poll://uni@g/1", "poll://uni@g/2");
    assertThat(world.unblocks).noneMatch(unblock -> unblock.promise().isPending());
    assertThat(world.state.listenersOf("x")).hasSize(2);

    world.run(
        new Command.ForgetListeners(
            List.of(
                new Command.Listener("x", "poll://uni@g/1"),
                new Command.Listener("x", "poll://uni@g/3"),
                new Command.Listener("nobody", "poll://uni@g/1"))));
    assertThat(world.state.listenersOf("x")).containsExactly("poll://uni@g/2");
    world.send(World.resolve("x"));
    assertThat(world.unblocks).hasSize(2);
  }

  @Test
  void aPromiseThatIsSettledByItsDeadlineTellsItsListenersToo() {
    var world = new World();
    world.send(World.create("x", DEADLINE));
    world.send(new PromiseRequest.RegisterListener("x", World.TARGET));
    world.now = DEADLINE;
    world.tick();
    assertThat(world.unblocks)
        .singleElement()
        .satisfies(unblock ->
            assertThat(unblock.promise().toRecord().state())
                .isEqualTo(PromiseRecord.State.REJECTED_TIMEDOUT));
  }

  @Test
  void aRepeatedCreateAddsNoTask() {
    var world = new World();
    world.send(World.create("x", DEADLINE));
    world.send(World.createWithTarget("x", DEADLINE));
    assertThat(world.task("x")).isEqualTo("none");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # row | profile | delay | created at | task
          1 | RELEASE | 5000    | 0     | pending v0 delay 5000
          2 | RELEASE | 5000    | 4999  | pending v0 delay 5000
          3 | RELEASE | 5000    | 5000  | pending v0 retry 35000
          4 | RELEASE | soon    | 0     | pending v0 retry 30000
          5 | RELEASE | +5000   | 0     | pending v0 delay 5000
          6 | MAIN    | 5000    | 0     | pending v0 retry 30000
          """)
  void aDelayPutsOffTheFirstOffer(int row, Profile profile, String delay, long at, String task) {
    var world = new World(profile);
    world.now = at;
    world.send(World.create("x", DEADLINE, Tags.TARGET, World.TARGET, Tags.DELAY, delay));
    assertThat(world.task("x")).isEqualTo(task);
  }

  @Test
  void whenTheDelayIsOverTheTaskIsOffered() {
    var world = new World();
    world.send(World.create("x", DEADLINE, Tags.TARGET, World.TARGET, Tags.DELAY, "5000"));
    assertThat(world.state.nextDueAt()).isEqualTo(5_000);
    world.now = 4_999;
    world.tick();
    assertThat(world.task("x")).isEqualTo("pending v0 delay 5000");
    world.now = 5_000;
    world.tick();
    assertThat(world.task("x")).isEqualTo("pending v0 retry 35000");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # row | profile | timer | scope  | task
          1 | RELEASE | true  | global | pending v0 delay 10000
          2 | RELEASE | true  | other  | pending v0 retry 30000
          3 | RELEASE | false | global | pending v0 retry 30000
          4 | MAIN    | true  | global | pending v0 retry 30000
          """)
  void aSleepIsOfferedToNobody(int row, Profile profile, String timer, String scope, String task) {
    var world = new World(profile);
    world.send(createSleep("x", timer, scope));
    assertThat(world.task("x")).isEqualTo(task);
  }

  /** As the TypeScript SDK makes it: the param is an empty string, encoded. */
  private static PromiseRequest.Create createSleep(String id, String timer, String scope) {
    var tags = World.tags(Tags.TARGET, World.TARGET, Tags.TIMER, timer, Tags.SCOPE, scope);
    return new PromiseRequest.Create(id, DEADLINE, Value.ofData("IiI="), tags);
  }

  @Test
  void theDeadlineEndsASleepUnofferedAndWakesTheSleeper() {
    var world = new World();
    world.send(World.createWithTarget("w", 99_999));
    world.send(new TaskRequest.Acquire("w", 0, "p", 60_000));
    world.send(createSleep("w:1", "true", "global"));
    world.send(World.suspend("w", 1, "w:1"));
    world.now = DEADLINE;
    world.tick();
    assertThat(world.promise("w:1")).isEqualTo("resolved at 10000");
    assertThat(world.task("w:1")).isEqualTo("fulfilled v0");
    assertThat(world.task("w")).isEqualTo("pending v1 retry 40000 resumes 1");
  }

  @Test
  void underTheMainRulesTheClockLeavesPromisesWithoutTargetAlone() {
    var world = new World(Profile.MAIN);
    world.send(World.create("x", DEADLINE));
    world.send(World.createWithTarget("y", DEADLINE));
    world.now = DEADLINE;
    world.tick();
    assertThat(world.promise("x")).isEqualTo("pending");
    assertThat(world.promise("y")).isEqualTo("rejected_timedout at 10000");
    assertThat(world.state.nextDueAt()).isEqualTo(Long.MAX_VALUE);
    world.send(new PromiseRequest.Get("x"));
    assertThat(world.promise("x")).isEqualTo("rejected_timedout at 10000");
  }

  @Test
  void aTaskThatEndsInTheSameStepIsNotWokenUp() {
    var world = new World();
    world.send(World.create("a", DEADLINE));
    world.send(World.createWithTarget("w", DEADLINE));
    world.send(new TaskRequest.Acquire("w", 0, "p", 5_000));
    world.send(World.suspend("w", 1, "a"));
    world.now = DEADLINE;
    world.tick();
    assertThat(world.task("w")).isEqualTo("fulfilled v1");
  }

  @Test
  void whatATouchHasDoneStaysWhenTheRequestIsRefused() {
    var world = new World();
    world.send(World.createWithTarget("x", DEADLINE));
    world.send(World.create("y", DEADLINE));
    world.now = DEADLINE;
    var response = world.send(World.suspend("x", 1, "y", "no"));
    assertThat(response.status()).isEqualTo(409);
    assertThat(world.promise("x")).isEqualTo("rejected_timedout at 10000");
    assertThat(world.promise("y")).isEqualTo("rejected_timedout at 10000");
  }

  @Test
  void sumsOfTimesDoNotWrap() {
    var world = new World();
    world.now = 1_000;
    world.send(World.createWithTarget("x", Long.MAX_VALUE));
    world.send(new TaskRequest.Acquire("x", 0, "p", Long.MAX_VALUE));
    assertThat(world.task("x")).isEqualTo("acquired v1 lease " + Long.MAX_VALUE);
    world.tick();
    assertThat(world.task("x")).isEqualTo("acquired v1 lease " + Long.MAX_VALUE);
  }
}
