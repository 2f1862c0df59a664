package dev.baton.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.core.RuleSet.Profile;
import dev.baton.protocol.PromiseRequest;
import dev.baton.protocol.Request;
import dev.baton.protocol.Tags;
import dev.baton.protocol.TaskRequest;
import dev.baton.protocol.TaskRequest.FenceAction;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Protocol sections 6 and 9: every request on every state of a task. */
class TaskTableTest {

  /** The task's promise ends here; it is created at 0 and the request comes at 1000. */
  private static final long DEADLINE = 60_000;

  private static final String TABLE =
      """
      # row | task before      | request         | answer                                        | task after
        1 | missing          | get             | 404 Task not found                            | none
        2 | untargeted       | get             | 404 Task not found                            | none
        3 | pending          | get             | 200                                           | pending v0 retry 30000
        4 | acquired         | get             | 200                                           | acquired v1 lease 5000
        5 | suspended        | get             | 200                                           | suspended v1
        6 | halted           | get             | 200                                           | halted v0
        7 | fulfilled        | get             | 200                                           | fulfilled v0
        8 | expired pending  | get             | 200                                           | fulfilled v0
        9 | expired acquired | get             | 200                                           | fulfilled v1

       10 | missing          | acquire 0       | 404 Task not found                            | none
       11 | untargeted       | acquire 0       | 404 Task not found                            | none
       12 | pending          | acquire 0       | 200                                           | acquired v1 lease 6000
       13 | pending          | acquire 1       | 409 Version mismatch                          | pending v0 retry 30000
       14 | acquired         | acquire 1       | 409 Task is not pending                       | acquired v1 lease 5000
       15 | acquired         | acquire 0       | 409 Task is not pending                       | acquired v1 lease 5000
       16 | suspended        | acquire 1       | 409 Task is not pending                       | suspended v1
       17 | halted           | acquire 0       | 409 Task is not pending                       | halted v0
       18 | fulfilled        | acquire 0       | 409 Task is not pending                       | fulfilled v0
       19 | expired pending  | acquire 0       | 409 Task is not pending                       | fulfilled v0
       20 | resumed          | acquire 1       | 200                                           | acquired v2 lease 6000
       21 | released         | acquire 1       | 200                                           | acquired v2 lease 6000

       30 | missing          | create          | 200                                           | acquired v1 lease 6000
       31 | untargeted       | create          | 422 Promise exists without a target task      | none
       32 | settled untargeted | create        | 422 Promise exists without a target task      | none
       33 | pending          | create          | 200                                           | acquired v1 lease 6000
       34 | resumed          | create          | 200                                           | acquired v2 lease 6000
       35 | acquired         | create          | 409 Already exists                            | acquired v1 lease 5000
       36 | suspended        | create          | 409 Already exists                            | suspended v1
       37 | halted           | create          | 409 Already exists                            | halted v0
       38 | fulfilled        | create          | 200                                           | fulfilled v0
       39 | expired pending  | create          | 200                                           | fulfilled v0
       40 | expired acquired | create          | 200                                           | fulfilled v1

       50 | missing          | release 1       | 404 Task not found                            | none
       51 | pending          | release 0       | 409 Task version mismatch or invalid state    | pending v0 retry 30000
       52 | acquired         | release 1       | 200                                           | pending v1 retry 31000
       53 | acquired         | release 0       | 409 Task version mismatch or invalid state    | acquired v1 lease 5000
       54 | acquired         | release 2       | 409 Task version mismatch or invalid state    | acquired v1 lease 5000
       55 | suspended        | release 1       | 409 Task version mismatch or invalid state    | suspended v1
       56 | halted           | release 0       | 409 Task version mismatch or invalid state    | halted v0
       57 | fulfilled        | release 0       | 409 Task version mismatch or invalid state    | fulfilled v0
       58 | expired acquired | release 1       | 409 Task version mismatch or invalid state    | fulfilled v1

       60 | missing          | fulfill 1       | 404 Task not found                            | none
       61 | pending          | fulfill 0       | 409 Task version mismatch or invalid state    | pending v0 retry 30000
       62 | acquired         | fulfill 1       | 200                                           | fulfilled v1
       63 | acquired         | fulfill 2       | 409 Task version mismatch or invalid state    | acquired v1 lease 5000
       64 | suspended        | fulfill 1       | 409 Task version mismatch or invalid state    | suspended v1
       65 | halted           | fulfill 0       | 409 Task version mismatch or invalid state    | halted v0
       66 | fulfilled        | fulfill 0       | 409 Task version mismatch or invalid state    | fulfilled v0
       67 | expired acquired | fulfill 1       | 409 Task version mismatch or invalid state    | fulfilled v1
       68 | overdue          | fulfill 1       | 200                                           | fulfilled v1

       70 | missing          | suspend 1 y     | 404 Task not found                            | none
       71 | pending          | suspend 0 y     | 409 Task is not acquired or version mismatch  | pending v0 retry 30000
       72 | acquired         | suspend 1 y     | 200                                           | suspended v1
       73 | acquired         | suspend 1 y y   | 200                                           | suspended v1
       74 | acquired         | suspend 2 y     | 409 Task is not acquired or version mismatch  | acquired v1 lease 5000
       75 | acquired         | suspend 1 no    | 422 Awaited promise not found                 | acquired v1 lease 5000
       76 | acquired         | suspend 1 y no  | 422 Awaited promise not found                 | acquired v1 lease 5000
       77 | acquired         | suspend 1 done no | 422 Awaited promise not found               | acquired v1 lease 5000
       78 | acquired         | suspend 1 done  | 300                                           | acquired v1 lease 5000
       79 | acquired         | suspend 1 y done | 300                                          | acquired v1 lease 5000
       80 | suspended        | suspend 1 y     | 409 Task is not acquired or version mismatch  | suspended v1
       81 | halted           | suspend 0 y     | 409 Task is not acquired or version mismatch  | halted v0
       82 | fulfilled        | suspend 0 y     | 409 Task is not acquired or version mismatch  | fulfilled v0
       83 | expired acquired | suspend 1 y     | 409 Task is not acquired or version mismatch  | fulfilled v1
       84 | overdue          | suspend 1 y     | 200                                           | suspended v1
       85 | reminded         | suspend 1 y     | 200                                           | suspended v1
       86 | reminded         | suspend 1 done  | 300                                           | acquired v1 lease 5000
       87 | reminded         | suspend 1 no    | 422 Awaited promise not found                 | acquired v1 lease 5000 resumes 1

       90 | missing          | fence 1         | 404 Task not found                            | none
       91 | pending          | fence 0         | 409 Version mismatch                          | pending v0 retry 30000
       92 | acquired         | fence 1         | 200                                           | acquired v1 lease 5000
       93 | acquired         | fence 2         | 409 Version mismatch                          | acquired v1 lease 5000
       94 | suspended        | fence 1         | 409 Version mismatch                          | suspended v1
       95 | halted           | fence 0         | 409 Version mismatch                          | halted v0
       96 | fulfilled        | fence 0         | 409 Version mismatch                          | fulfilled v0
       97 | expired acquired | fence 1         | 409 Version mismatch                          | fulfilled v1
       98 | overdue          | fence 1         | 200                                           | acquired v1 lease 5000
       99 | missing          | fence bad       | 400 Invalid action data: x                    | none
      100 | expired acquired | fence bad       | 400 Invalid action data: x                    | fulfilled v1
      101 | missing          | fence empty     | 400 Promise ID is required                    | none
      102 | missing          | fence address   | 400 Invalid resonate:target address           | none

      110 | missing          | heartbeat p 1   | 200                                           | none
      111 | pending          | heartbeat p 0   | 200                                           | pending v0 retry 30000
      112 | acquired         | heartbeat p 1   | 200                                           | acquired v1 lease 6000
      113 | acquired         | heartbeat p 2   | 200                                           | acquired v1 lease 5000
      114 | acquired         | heartbeat q 1   | 200                                           | acquired v1 lease 5000
      115 | acquired         | heartbeat p     | 200                                           | acquired v1 lease 6000
      116 | acquired         | heartbeat q     | 200                                           | acquired v1 lease 5000
      117 | suspended        | heartbeat p 1   | 200                                           | suspended v1
      118 | suspended        | heartbeat p     | 200                                           | suspended v1
      119 | expired acquired | heartbeat p 1   | 200                                           | acquired v1 lease 65000
      120 | overdue          | heartbeat p 1   | 200                                           | acquired v1 lease 11000

      130 | missing          | halt            | 404 Task not found                            | none
      131 | untargeted       | halt            | 404 Task not found                            | none
      132 | pending          | halt            | 200                                           | halted v0
      133 | acquired         | halt            | 200                                           | halted v1
      134 | suspended        | halt            | 200                                           | halted v1
      135 | halted           | halt            | 200                                           | halted v0
      136 | fulfilled        | halt            | 409 Task is fulfilled                         | fulfilled v0
      137 | expired acquired | halt            | 409 Task is fulfilled                         | fulfilled v1
      138 | reminded         | halt            | 200                                           | halted v1 resumes 1

      140 | missing          | continue        | 404 Task not found                            | none
      141 | pending          | continue        | 409 Task is not halted                        | pending v0 retry 30000
      142 | acquired         | continue        | 409 Task is not halted                        | acquired v1 lease 5000
      143 | suspended        | continue        | 409 Task is not halted                        | suspended v1
      144 | halted           | continue        | 200                                           | pending v0 retry 31000
      145 | fulfilled        | continue        | 409 Task is not halted                        | fulfilled v0
      146 | expired halted   | continue        | 409 Task is not halted                        | fulfilled v0

      150 | pending          | settle          | 200                                           | fulfilled v0
      151 | acquired         | settle          | 200                                           | fulfilled v1
      152 | suspended        | settle          | 200                                           | fulfilled v1
      153 | halted           | settle          | 200                                           | fulfilled v0
      154 | resumed          | settle          | 200                                           | fulfilled v1
      155 | resumed          | release 1       | 409 Task version mismatch or invalid state    | pending v1 retry 30500 resumes 1
      156 | reminded         | release 1       | 200                                           | pending v1 retry 31000 resumes 1
      """;

  @ParameterizedTest(name = "{0} {1}: {2}")
  @CsvSource(delimiter = '|', textBlock = TABLE)
  void aRequestMeetsATask(int row, String before, String request, String answer, String after) {
    var world = new World();
    prepare(world, before);
    assertThat(World.describe(world.send(request(request)))).isEqualTo(answer);
    assertThat(world.task("x")).isEqualTo(after);
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # row | task before    | tick at | task after
          1 | pending            | 29999   | pending v0 retry 30000
          2 | acquired           | 4999    | acquired v1 lease 5000
          3 | acquired           | 5000    | pending v1 retry 35000
          4 | suspended          | 59999   | suspended v1
          5 | halted             | 59999   | halted v0
          6 | pending            | 60000   | fulfilled v0
          7 | acquired           | 60000   | fulfilled v1
          8 | suspended          | 60000   | fulfilled v1
          9 | halted             | 60000   | fulfilled v0
          """)
  void timeMeetsATask(int row, String before, long at, String after) {
    var world = new World();
    prepare(world, before);
    world.now = at;
    world.tick();
    assertThat(world.task("x")).isEqualTo(after);
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # row | task before    | heard from | at    | task after
          1 | acquired           | 0          | 4999  | acquired v1 lease 5000
          2 | acquired           | 0          | 5000  | pending v1 retry 35000
          3 | acquired           | 2000       | 5000  | acquired v1 lease 7000
          4 | acquired           | 5000       | 5000  | acquired v1 lease 10000
          5 | acquired           | 5000       | 9999  | acquired v1 lease 10000
          6 | acquired           | 5000       | 10000 | pending v1 retry 40000
          7 | pending            | 0          | 5000  | pending v0 retry 30000
          """)
  void aLeaseLastsItsFullLengthSinceTheServerCouldHear(
      int row, String before, long heardFrom, long at, String after) {
    var world = new World();
    prepare(world, before);
    world.now = at;
    world.run(new Command.EndOverdueLeases(heardFrom));
    assertThat(world.task("x")).isEqualTo(after);
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # row | task before    | clock at | task after
          1 | acquired           | 0        | acquired v1 lease 5000
          2 | acquired           | -4000    | acquired v1 lease 1000
          3 | acquired           | 3000     | acquired v1 lease 5000
          4 | pending            | -4000    | pending v0 retry 30000
          """)
  void aClockThatIsSetBackProlongsNoLease(int row, String before, long at, String after) {
    var world = new World();
    prepare(world, before);
    world.now = at;
    world.run(new Command.CutLeases());
    assertThat(world.task("x")).isEqualTo(after);
  }

  @Test
  void aHeartbeatDoesNotChangeSinceWhenATaskIsHeld() {
    var world = new World();
    prepare(world, "acquired");
    world.now = 3_000;
    world.send(new TaskRequest.Heartbeat("p", List.of(new TaskRequest.TaskRef("x", 1))));
    assertThat(world.state.task("x"))
        .isEqualTo(new Task("x", World.TARGET, 1, new TaskState.Acquired("p", 5_000, 8_000, 0)));
  }

  /** A list in a body of 2 MB names fifty thousand, and each would be looked for in the store. */
  @Test
  void aHeartbeatReadsNothingOfWhatIsNotHeld() {
    var history = new Watched();
    var world = new World(Profile.RELEASE, new MemoryState(Profile.RELEASE, history));
    prepare(world, "acquired");
    history.read.clear();
    world.now = 3_000;
    var listed = new ArrayList<TaskRequest.TaskRef>();
    IntStream.range(0, 50).forEach(i -> listed.add(new TaskRequest.TaskRef("other" + i, 1)));
    listed.add(new TaskRequest.TaskRef("x", 1));
    world.send(new TaskRequest.Heartbeat("p", listed));
    assertThat(world.task("x")).isEqualTo("acquired v1 lease 8000");
    assertThat(history.read).isEmpty();
  }

  /** The first of ten thousand that there is not is the answer. */
  @Test
  void aSuspensionReadsNoMoreThanItHasTo() {
    var history = new Watched();
    var world = new World(Profile.RELEASE, new MemoryState(Profile.RELEASE, history));
    prepare(world, "acquired");
    history.read.clear();
    var actions =
        IntStream.range(0, 50)
            .mapToObj(i -> new PromiseRequest.RegisterCallback("other" + i, "x"))
            .toList();
    assertThat(world.send(new TaskRequest.Suspend("x", 1, actions)).status()).isEqualTo(422);
    assertThat(history.read).containsExactly("other0");
  }

  /** An empty one that knows what was looked for. */
  private static final class Watched implements History {
    final List<String> read = new ArrayList<>();

    @Override
    public @Nullable Promise promise(String id) {
      read.add(id);
      return null;
    }

    @Override
    public @Nullable Promise whole(String id) {
      read.add(id);
      return null;
    }

    @Override
    public @Nullable Task task(String id) {
      read.add(id);
      return null;
    }

    @Override
    public List<Promise> branch(String branch, boolean withRoot, String except, long room) {
      return List.of();
    }
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # row | task before    | with retries | task after
          1 | pending            | true         | pending v0 retry 60000
          2 | pending            | false        | pending v0 retry 30000
          """)
  void offersAreRepeatedOnlyForThoseWhoAskForIt(
      int row, String before, boolean withRetries, String after) {
    var world = new World();
    prepare(world, before);
    world.now = 30_000;
    world.run(new Command.Tick(withRetries));
    assertThat(world.task("x")).isEqualTo(after);
  }

  @ParameterizedTest(name = "{0} {1} {2}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # row | task before    | pid | task after
          1 | acquired           | p   | pending v1 retry 31000
          2 | acquired           | q   | acquired v1 lease 5000
          3 | pending            | p   | pending v0 retry 30000
          4 | suspended          | p   | suspended v1
          5 | halted             | p   | halted v0
          6 | expired acquired   | p   | fulfilled v1
          """)
  void theLeasesOfAProcessThatIsGoneEnd(int row, String before, String pid, String after) {
    var world = new World();
    prepare(world, before);
    world.run(new Command.EndLeases(pid, "y"));
    assertThat(world.task("x")).as("out of reach").startsWith(before.replace("expired ", ""));
    world.run(new Command.EndLeases(pid, "x"));
    assertThat(world.task("x")).isEqualTo(after);
  }

  @ParameterizedTest(name = "{0} {1} {2}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # row | task before    | version | task after
          1 | missing            | 1       | none
          2 | pending            | 0       | pending v0 retry 30000
          3 | acquired           | 1       | pending v1 retry 31000
          4 | acquired           | 0       | acquired v1 lease 5000
          5 | suspended          | 1       | suspended v1
          6 | halted             | 0       | halted v0
          7 | expired acquired   | 1       | fulfilled v1
          """)
  void aLeaseThatItsHolderNeverKnewOfEnds(int row, String before, long version, String after) {
    var world = new World();
    prepare(world, before);
    world.run(new Command.EndLease("x", version, 0, 5_000));
    assertThat(world.task("x")).isEqualTo(after);
  }

  @Test
  void aLeaseOfWhichItsHolderHasShownThatItKnowsGoesOn() {
    var world = new World();
    prepare(world, "acquired");
    world.now = 3_000;
    world.send(new TaskRequest.Heartbeat("p", List.of(new TaskRequest.TaskRef("x", 1))));
    world.run(new Command.EndLease("x", 1, 0, 5_000));
    assertThat(world.task("x")).isEqualTo("acquired v1 lease 8000");
  }

  @ParameterizedTest(name = "{0} {1} {2}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # row | task before     | version | task after
          1 | missing             | 0       | none
          2 | pending             | 0       | pending v1 retry 31000
          3 | pending             | 1       | pending v0 retry 30000
          4 | acquired            | 0       | acquired v1 lease 5000
          5 | acquired            | 1       | acquired v1 lease 5000
          6 | suspended           | 1       | suspended v1
          7 | expired pending     | 0       | fulfilled v0
          """)
  void anOfferThatIsVoidIsMadeAnewUnderTheNextVersion(
      int row, String before, long version, String after) {
    var world = new World();
    prepare(world, before);
    world.run(new Command.RenewOffer("x", version));
    assertThat(world.task("x")).isEqualTo(after);
  }

  /** Brings x to a state, with y pending and done settled beside it, and the clock to 1000. */
  private static void prepare(World world, String before) {
    world.send(World.create("y", 1_000_000));
    world.send(World.create("done", 1_000_000));
    world.send(World.resolve("done"));
    switch (before) {
      case "missing" -> {}
      case "untargeted", "settled untargeted" -> world.send(World.create("x", DEADLINE));
      default -> world.send(World.createWithTarget("x", DEADLINE));
    }
    var last = before.substring(before.lastIndexOf(' ') + 1);
    switch (last) {
      case "missing", "pending" -> {}
      case "untargeted" -> {
        if (before.startsWith("settled")) {
          world.send(World.resolve("x"));
        }
      }
      case "acquired", "overdue" -> acquire(world);
      case "suspended" -> {
        acquire(world);
        world.send(World.suspend("x", 1, "y"));
      }
      case "resumed" -> {
        world.send(World.create("z", 1_000_000));
        acquire(world);
        world.send(World.suspend("x", 1, "z"));
        world.now = 500;
        world.send(World.resolve("z"));
      }
      case "reminded" -> {
        acquire(world);
        world.send(new PromiseRequest.RegisterCallback("done", "x"));
      }
      case "released" -> {
        acquire(world);
        world.send(new TaskRequest.Release("x", 1));
      }
      case "halted" -> world.send(new TaskRequest.Halt("x"));
      case "fulfilled" -> world.send(World.resolve("x"));
      default -> throw new IllegalArgumentException(before);
    }
    world.now = before.startsWith("expired") ? DEADLINE : before.equals("overdue") ? 6_000 : 1_000;
  }

  private static void acquire(World world) {
    world.send(new TaskRequest.Acquire("x", 0, "p", 5_000));
  }

  private static Request request(String text) {
    var words = List.of(text.split(" "));
    return switch (words.getFirst()) {
      case "get" -> new TaskRequest.Get("x");
      case "acquire" -> new TaskRequest.Acquire("x", version(words), "p", 5_000);
      case "create" -> new TaskRequest.Create("p", 5_000, World.createWithTarget("x", 1_000_000));
      case "release" -> new TaskRequest.Release("x", version(words));
      case "fulfill" -> new TaskRequest.Fulfill("x", version(words), World.resolve("x"));
      case "suspend" ->
          World.suspend("x", version(words), words.subList(2, words.size()).toArray(String[]::new));
      case "fence" -> fence(words.get(1));
      case "heartbeat" ->
          new TaskRequest.Heartbeat(
              words.get(1),
              words.size() == 2
                  ? List.of()
                  : List.of(new TaskRequest.TaskRef("x", Long.parseLong(words.get(2)))));
      case "halt" -> new TaskRequest.Halt("x");
      case "continue" -> new TaskRequest.Continue("x");
      case "settle" -> World.resolve("x");
      default -> throw new IllegalArgumentException(text);
    };
  }

  private static long version(List<String> words) {
    return Long.parseLong(words.get(1));
  }

  private static TaskRequest.Fence fence(String how) {
    return switch (how) {
      case "bad" ->
          new TaskRequest.Fence("x", 1, new FenceAction.Malformed(null, "Invalid action data: x"));
      case "empty" -> new TaskRequest.Fence("x", 1, new FenceAction.Create(World.create("", 5)));
      case "address" ->
          new TaskRequest.Fence(
              "x", 1, new FenceAction.Create(World.create("x.1", 5, Tags.TARGET, "nowhere")));
      default ->
          new TaskRequest.Fence(
              "x", Long.parseLong(how), new FenceAction.Create(World.create("x.1", 1_000_000)));
    };
  }
}
