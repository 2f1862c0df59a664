package dev.baton.server.storage.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.baton.core.Change;
import dev.baton.core.Promise;
import dev.baton.core.PromiseState;
import dev.baton.core.RuleSet;
import dev.baton.core.Schedule;
import dev.baton.core.State;
import dev.baton.core.Task;
import dev.baton.core.TaskState;
import dev.baton.protocol.PromiseRecord;
import dev.baton.protocol.Value;
import dev.baton.testing.Postgres;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a server that follows an owner knows is what it would have read after its end. */
class FollowIT {

  private static final int IDS = 40;

  private final String url = Postgres.shared().newDatabase();
  private final PostgresStorage.Settings settings = PostgresStorage.Settings.of(url, Postgres.USER);
  private final Random random = new Random(7);
  private PostgresStorage owner = PostgresStorage.open(settings, RuleSet.Profile.RELEASE);

  @AfterEach
  void close() {
    owner.close();
  }

  private Claim claim() throws SQLException {
    try (Connection connection = DriverManager.getConnection(url, Postgres.USER, "")) {
      Shard shard = new Shard(null);
      shard.take(connection);
      return new Claim(shard, true);
    }
  }

  private static Promise promise(String id, int payload, int ofTags) {
    return new Promise(
        id,
        new Value(null, "x".repeat(payload)),
        Map.of("resonate:target", "poll://any@g", "note", "x".repeat(ofTags)),
        9_000_000_000_000L,
        1L,
        new PromiseState.Pending(),
        0);
  }

  /** Something that may happen, by what is there. */
  private List<Change> change(State state) {
    String id = "p" + random.nextInt(IDS);
    String other = "p" + random.nextInt(IDS);
    Promise before = state.promise(id);
    Task task = state.task(id);
    if (before == null) {
      return List.of(
          new Change.PutPromise(null, promise(id, random.nextInt(6_000), random.nextInt(6_000))),
          new Change.PutTask(
              null, new Task(id, "poll://any@g", 0, new TaskState.Pending(5, false))));
    }
    if (!before.isPending() || task == null) {
      return List.of(new Change.PutListener(id, "poll://any@late" + random.nextInt(3)));
    }
    return switch (random.nextInt(8)) {
      case 0, 1 -> settle(state, before, task);
      case 2 -> List.of(put(task, new TaskState.Acquired("w" + random.nextInt(3), 9, 99, 1)));
      case 3 -> List.of(put(task, new TaskState.Suspended()));
      case 4 -> List.of(new Change.PutListener(id, "poll://any@c" + random.nextInt(3)));
      case 5 -> {
        List<String> listeners = new ArrayList<>(state.listenersOf(id));
        yield listeners.isEmpty()
            ? List.of()
            : List.of(new Change.DeleteListener(id, listeners.getFirst()));
      }
      case 6 -> {
        Promise awaited = state.promise(other);
        yield awaited == null || other.equals(id)
            ? List.of()
            : List.of(new Change.PutCallback(other, id, !awaited.isPending()));
      }
      default -> schedule();
    };
  }

  private List<Change> schedule() {
    String id = "s" + random.nextInt(4);
    return random.nextBoolean()
        ? List.of(new Change.DeleteSchedule(id))
        : List.of(
            new Change.PutSchedule(
                new Schedule(
                    id,
                    "* * * * *",
                    "{{.id}}",
                    5,
                    new Value(null, "x".repeat(random.nextInt(8_000))),
                    Map.of(),
                    1,
                    random.nextInt(99),
                    null)));
  }

  private static Change put(Task task, TaskState state) {
    return new Change.PutTask(task, new Task(task.id(), task.target(), task.version() + 1, state));
  }

  /** Whoever waits for it is told, and it waits for nobody. */
  private List<Change> settle(State state, Promise before, Task task) {
    List<Change> changes = new ArrayList<>();
    for (String awaiter : List.copyOf(state.awaitersOf(before.id()))) {
      changes.add(new Change.PutCallback(before.id(), awaiter, true));
    }
    for (String awaited : List.copyOf(state.awaitedBy(before.id()))) {
      changes.add(new Change.DeleteCallback(awaited, before.id()));
    }
    for (String awaited : List.copyOf(state.firedFor(before.id()))) {
      changes.add(new Change.DeleteCallback(awaited, before.id()));
    }
    changes.add(
        new Change.PutPromise(
            before,
            before.settled(
                new PromiseState.Settled(PromiseRecord.State.RESOLVED, Value.EMPTY, 7))));
    changes.add(put(task, new TaskState.Fulfilled()));
    return changes;
  }

  private void work(int steps) {
    for (int i = 0; i < steps; i++) {
      owner.transact(rows -> {
        rows.save(change(rows.state()));
        return true;
      });
    }
  }

  /** All that a dispatcher and the rules may see. */
  private static List<String> seen(PostgresStorage storage) {
    List<String> seen = new ArrayList<>();
    storage.transact(rows -> {
      State state = rows.state();
      for (int i = 0; i < IDS; i++) {
        String id = "p" + i;
        Promise promise = state.promise(id);
        seen.add(
            id
                + " "
                + (promise == null ? null : state.whole(promise))
                + state.task(id)
                + new TreeSet<>(state.awaitersOf(id))
                + new TreeSet<>(state.awaitedBy(id))
                + new TreeSet<>(state.firedFor(id))
                + new TreeSet<>(state.listenersOf(id)));
      }
      for (int i = 0; i < 4; i++) {
        seen.add("s" + i + " " + state.schedule("s" + i));
      }
      for (int i = 0; i < 3; i++) {
        seen.add("w" + i + " " + new TreeSet<>(state.heldBy("w" + i)));
      }
      seen.add("held " + new TreeSet<>(state.held()));
      seen.add("due " + rows.nextDueAt(true));
      seen.add("bytes " + rows.liveBytes());
      return true;
    });
    List<String> replayed = new ArrayList<>();
    storage.replay(
        task -> replayed.add(task.toString()),
        unblock -> replayed.add(unblock.address() + " " + unblock.promise().id()));
    replayed.sort(null);
    seen.addAll(replayed);
    seen.add("live " + storage.livePromises());
    return seen;
  }

  @Test
  void itKnowsWhatTheOwnerHasWrittenSinceItBeganToRead() throws SQLException {
    for (int round = 0; round < 15; round++) {
      work(60);
      owner.note();
      PostgresStorage next = PostgresStorage.ahead(settings, RuleSet.Profile.RELEASE);
      work(60);
      byte[] noted = owner.noted();
      next.follow(claim(), noted);
      List<String> followed = seen(next);
      next.close();
      owner.close();
      owner = PostgresStorage.open(settings, RuleSet.Profile.RELEASE);
      assertThat(followed).as("round " + round).isEqualTo(seen(owner));
    }
  }

  @Test
  void whatItReadsAgainBeforeTheEndNeedNotBeToldAtTheEnd() throws SQLException {
    for (int round = 0; round < 15; round++) {
      work(60);
      owner.note();
      PostgresStorage next = PostgresStorage.ahead(settings, RuleSet.Profile.RELEASE);
      for (int again = 0; again < 3; again++) {
        work(40);
        byte[] noted = owner.takeNotes();
        work(20); // Some of it is read too early, and told again.
        next.readAgain(noted);
      }
      work(20);
      next.follow(claim(), owner.noted());
      List<String> followed = seen(next);
      next.close();
      owner.close();
      owner = PostgresStorage.open(settings, RuleSet.Profile.RELEASE);
      assertThat(followed).as("round " + round).isEqualTo(seen(owner));
    }
  }

  @Test
  void itReadsAgainWhileTheOwnerWrites() throws Exception {
    work(60);
    for (int round = 0; round < 5; round++) {
      owner.note();
      PostgresStorage next = PostgresStorage.ahead(settings, RuleSet.Profile.RELEASE);
      work(60);
      for (int again = 0; again < 5; again++) {
        byte[] noted = owner.takeNotes();
        Thread writer = Thread.ofPlatform().start(() -> work(60));
        next.readAgain(noted);
        writer.join();
      }
      next.follow(claim(), owner.noted());
      List<String> followed = seen(next);
      next.close();
      owner.close();
      owner = PostgresStorage.open(settings, RuleSet.Profile.RELEASE);
      assertThat(followed).as("round " + round).isEqualTo(seen(owner));
    }
  }

  @Test
  void itKnowsTheSettingsOfGroupsWithoutAskingForThem() throws SQLException {
    owner.saveGroupSlots("before", 1);
    owner.saveGroupSlots("gone", 2);
    owner.note();
    PostgresStorage next = PostgresStorage.ahead(settings, RuleSet.Profile.RELEASE);
    owner.saveGroupSlots("since", 3);
    next.readAgain(owner.takeNotes());
    owner.saveGroupSlots("gone", null);
    next.follow(claim(), owner.noted());
    try (Connection connection = DriverManager.getConnection(url, Postgres.USER, "");
        Statement beside = connection.createStatement()) {
      beside.execute("DELETE FROM baton_group_settings"); // As nobody may but the owner.
    }
    assertThat(next.groupSlots()).isEqualTo(Map.of("before", 1, "since", 3));
    assertThat(next.groupSlots()).as("later they are asked for").isEmpty();
    next.close();
  }

  /** An owner of an earlier version does not say whether settings have been written. */
  @Test
  void itReadsThemAgainIfItIsNotToldThatTheyAreTheSame() throws Exception {
    owner.saveGroupSlots("g", 1);
    owner.note();
    PostgresStorage next = PostgresStorage.ahead(settings, RuleSet.Profile.RELEASE);
    owner.saveGroupSlots("g", 2);
    byte[] noted = owner.noted();
    next.follow(claim(), Arrays.copyOf(noted, noted.length - 1));
    assertThat(next.groupSlots()).isEqualTo(Map.of("g", 2));
    next.close();
  }

  @Test
  void whatItPractisesLeavesNothingInTheDatabase() throws SQLException {
    work(60);
    List<Integer> before = rows();
    PostgresStorage.ahead(settings, RuleSet.Profile.RELEASE).close();
    assertThat(rows()).isEqualTo(before);
    work(1); // The owner still is the owner.
  }

  private List<Integer> rows() throws SQLException {
    List<Integer> counts = new ArrayList<>();
    try (Connection connection = DriverManager.getConnection(url, Postgres.USER, "");
        Statement select = connection.createStatement()) {
      for (String table :
          List.of("promises", "callbacks", "listeners", "schedules", "group_settings", "probe")) {
        try (ResultSet row = select.executeQuery("SELECT count(*) FROM baton_" + table)) {
          row.next();
          counts.add(row.getInt(1));
        }
      }
    }
    return counts;
  }

  @Test
  void afterItWasEmptiedEverythingIsReadAnew() throws SQLException {
    work(60);
    owner.note();
    PostgresStorage next = PostgresStorage.ahead(settings, RuleSet.Profile.RELEASE);
    owner.transact(rows -> {
      rows.save(List.of(new Change.Clear()));
      return true;
    });
    work(5);
    next.follow(claim(), owner.noted());
    List<String> followed = seen(next);
    next.close();
    owner.close();
    owner = PostgresStorage.open(settings, RuleSet.Profile.RELEASE);
    assertThat(followed).isEqualTo(seen(owner));
  }

  @Test
  void withoutTheNotesSomethingWouldBeMissed() throws SQLException {
    work(60);
    owner.note();
    PostgresStorage next = PostgresStorage.ahead(settings, RuleSet.Profile.RELEASE);
    work(60);
    next.follow(claim(), new Touched().bytes());
    List<String> followed = seen(next);
    next.close();
    owner.close();
    owner = PostgresStorage.open(settings, RuleSet.Profile.RELEASE);
    assertThat(followed).isNotEqualTo(seen(owner));
  }
}
