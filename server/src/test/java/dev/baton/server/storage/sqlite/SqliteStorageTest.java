package dev.baton.server.storage.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.LIST;

import dev.baton.core.Change;
import dev.baton.core.Portion;
import dev.baton.core.Promise;
import dev.baton.core.PromiseState;
import dev.baton.core.Query;
import dev.baton.core.Reader;
import dev.baton.core.RuleSet;
import dev.baton.core.Schedule;
import dev.baton.core.Task;
import dev.baton.core.TaskState;
import dev.baton.core.UnreadableException;
import dev.baton.protocol.PromiseRecord;
import dev.baton.protocol.Value;
import dev.baton.server.storage.Storage;
import dev.baton.server.storage.StorageContract;
import dev.baton.server.storage.StorageException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteStorageTest extends StorageContract {

  @TempDir Path folder;

  @Override
  protected Storage open() {
    return SqliteStorage.open(folder.resolve("baton.db"), RuleSet.Profile.RELEASE);
  }

  @Override
  protected void restart() {
    storage.close();
    storage = open();
  }

  @Test
  void aTransactionThatFailsLeavesNothingAndTheNextOneWorks() {
    save(new Change.PutPromise(null, promise("p", null, null)));
    assertThatThrownBy(() ->
            save(
                new Change.PutPromise(null, promise("q", null, null)),
                new Change.PutPromise(null, promise("p", null, null))))
        .isInstanceOf(StorageException.class);
    assertThat(read(state -> state.promise("q"))).isNull();
    assertThat(read(state -> state.promise("p"))).isNotNull();
  }

  @Test
  void aSecondServerOnTheSameFileIsRefused() {
    save(new Change.PutPromise(null, promise("p", null, null)));
    assertThatThrownBy(
            () -> SqliteStorage.open(folder.resolve("baton.db"), RuleSet.Profile.RELEASE))
        .isInstanceOf(StorageException.class)
        .hasMessageContaining("baton.db")
        .hasMessageContaining("open already");
  }

  @Test
  void aFileFromBeforeItWasKnownWhenATaskWasTakenOpens() throws Exception {
    Task held = new Task("p", "poll://any@g", 3, new TaskState.Acquired("pid", 60, 1_060, 1_000));
    save(
        new Change.PutPromise(null, promise("p", "poll://any@g", null)),
        new Change.PutTask(null, held));
    storage.close();
    String file = "jdbc:sqlite:" + folder.resolve("baton.db");
    try (var connection = DriverManager.getConnection(file);
        var statement = connection.createStatement()) {
      statement.executeUpdate("ALTER TABLE promises DROP COLUMN task_acquired_at");
      statement.executeUpdate("PRAGMA user_version = 3");
    }
    storage = open();
    assertThat(read(state -> state.task("p")))
        .isEqualTo(held.with(new TaskState.Acquired("pid", 60, 1_060, 0)));
  }

  @Test
  void aFileThatIsNoDatabaseIsRefused() throws Exception {
    Path file = folder.resolve("other.db");
    Files.writeString(
        file, "certainly not a database, and long enough to have a header".repeat(99));
    assertThatThrownBy(() -> SqliteStorage.open(file, RuleSet.Profile.RELEASE))
        .hasMessageContaining("other.db");
  }

  @Test
  void anotherProgramsDatabaseIsRefusedAndLeftAsItIs() throws Exception {
    Path file = folder.resolve("other.db");
    try (var connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        var statement = connection.createStatement()) {
      statement.executeUpdate("CREATE TABLE promises (id TEXT)");
      assertThatThrownBy(() -> SqliteStorage.open(file, RuleSet.Profile.RELEASE))
          .hasMessageContaining("other.db")
          .hasMessageContaining("another program has written the file: its tables are promises");
      try (var tables = statement.executeQuery("SELECT count(*) FROM sqlite_schema")) {
        assertThat(tables.next()).isTrue();
        assertThat(tables.getInt(1)).isEqualTo(1);
      }
    }
  }

  @Test
  void aMissingFolderIsNamed() {
    Path file = folder.resolve("no").resolve("baton.db");
    assertThatThrownBy(() -> SqliteStorage.open(file, RuleSet.Profile.RELEASE))
        .hasMessageContaining("does not exist");
  }

  @Test
  void theSettledOfABranchAreFoundByItsIndex() throws Exception {
    storage.close();
    String file = "jdbc:sqlite:" + folder.resolve("baton.db");
    try (var connection = DriverManager.getConnection(file);
        var plan =
            connection
                .createStatement()
                .executeQuery("EXPLAIN QUERY PLAN SELECT 1 " + SqliteHistory.OF_BRANCH)) {
      assertThat(plan.next()).isTrue();
      assertThat(plan.getString("detail")).contains("USING INDEX promises_branch (branch=?)");
    }
    storage = open();
  }

  @Test
  void whatAnAwaiterHasYetToLearnStays() {
    Promise awaiter = promise("w", "poll://any@g", null);
    Promise awaited = promise("p", null, null);
    save(new Change.PutPromise(null, awaiter), new Change.PutPromise(null, awaited));
    save(
        new Change.PutPromise(
            awaited,
            awaited.settled(
                new PromiseState.Settled(PromiseRecord.State.RESOLVED, Value.EMPTY, 9))),
        new Change.PutCallback("p", "w", true));
    storage.removeSettled(10, 100);
    assertThat(read(state -> state.promise("p"))).isNotNull();
    save(new Change.DeleteCallback("p", "w"));
    storage.removeSettled(10, 100);
    assertThat(read(state -> state.promise("p"))).isNull();
  }

  @Test
  void settledPromisesAreNotKeptInMemory() {
    // They are read from the file: what the file does not have is not there.
    var pending = promise("p", null, null);
    save(new Change.PutPromise(null, pending));
    save(
        new Change.PutPromise(
            pending,
            pending.settled(
                new PromiseState.Settled(PromiseRecord.State.RESOLVED, Value.EMPTY, 9))));
    assertThat(((SqliteStorage) storage).livePromises()).isZero();
    assertThat(read(state -> state.promise("p"))).isNotNull();
  }

  /** Changes the closed file as no server does. */
  private void damage(String... statements) throws SQLException {
    storage.close();
    try (var connection = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("baton.db"));
        var statement = connection.createStatement()) {
      for (String each : statements) {
        assertThat(statement.executeUpdate(each)).as(each).isPositive();
      }
    }
    storage = open();
  }

  private long rowsOf(String table) throws SQLException {
    try (var connection = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("baton.db"));
        var count = connection.createStatement().executeQuery("SELECT COUNT(*) FROM " + table)) {
      return count.getLong(1);
    }
  }

  private void saveTwoOfEach() {
    for (String id : List.of("bad", "good")) {
      Promise pending = promise(id, "poll://any@g", "good");
      Task task = new Task(id, "poll://any@g", 1, new TaskState.Acquired("w", 60, 500, 440));
      save(
          new Change.PutPromise(null, pending),
          new Change.PutTask(null, task),
          new Change.PutListener(id, "poll://uni@g/" + id),
          new Change.PutSchedule(
              new Schedule(id, "* * * * *", id, 1, Value.EMPTY, Map.of(), 1, 2, null)));
    }
    save(
        new Change.PutCallback("bad", "good", false), new Change.PutCallback("good", "bad", false));
    storage.saveGroupSlots("bad", 1);
    storage.saveGroupSlots("good", 2);
  }

  @Test
  void whatCannotBeReadIsSetAsideAndTheRestIsServed() throws Exception {
    saveTwoOfEach();
    damage(
        "UPDATE promises SET tags = '{\"a\":' WHERE id = 'bad'",
        "UPDATE schedules SET promise_tags = '[]' WHERE id = 'bad'",
        "UPDATE group_settings SET slots_per_worker = 'many' WHERE name = 'bad'");
    assertThat(storage.groupSlots()).isEqualTo(Map.of("good", 2));
    // The promise, its listener, the schedule, the setting, and both callbacks.
    assertThat(storage.unreadableRows()).isEqualTo(6);
    List<Task> replayed = new ArrayList<>();
    storage.replay(replayed::add, _ -> {});
    assertThat(replayed).extracting(Task::id).containsExactly("good");
    assertThat(read(state -> state.schedule("good"))).isNotNull();
    assertThat(read(state -> state.branch("good", "", Long.MAX_VALUE)))
        .asInstanceOf(LIST)
        .hasSize(1);
    assertThatThrownBy(() -> read(state -> state.promise("bad")))
        .isInstanceOf(UnreadableException.class)
        .hasMessageContaining("promise bad cannot be read");
    assertThatThrownBy(() -> read(state -> state.schedule("bad")))
        .isInstanceOf(UnreadableException.class);
    try (Reader reader = storage.reader()) {
      Portion<Promise> promises = Portion.unlimited();
      reader.promises(Query.Promises.ALL, null, promises);
      assertThat(promises.found()).extracting(Promise::id).containsExactly("good");
      Portion<Schedule> schedules = Portion.unlimited();
      reader.schedules(Query.Schedules.ALL, null, schedules);
      assertThat(schedules.found()).extracting(Schedule::id).containsExactly("good");
      assertThat(reader.everything(Long.MAX_VALUE)).isNotNull();
    }
    save(new Change.PutPromise(null, promise("new", null, null)));
    assertThat(storage.unreadableRows()).as("each is counted once").isEqualTo(6);
    for (String table : List.of("promises", "schedules", "listeners", "callbacks")) {
      assertThat(rowsOf(table)).as(table).isEqualTo(table.equals("promises") ? 3 : 2);
    }
  }

  @Test
  void aStateThatNobodyKnowsIsNotRead() throws Exception {
    saveTwoOfEach();
    damage("UPDATE promises SET task_state = 77 WHERE id = 'bad'");
    assertThatThrownBy(() -> read(state -> state.task("bad")))
        .isInstanceOf(UnreadableException.class)
        .hasMessageContaining("77");
    assertThat(read(state -> state.task("good"))).isNotNull();
  }

  @Test
  void whatCannotBeReadIsNotRemovedNorWhatBelongsToIt() throws Exception {
    Promise root = promise("r", null, null);
    save(new Change.PutPromise(null, root));
    for (String id : List.of("r.1", "bad", "old")) {
      Promise pending = promise(id, null, null);
      save(new Change.PutPromise(null, pending));
      save(
          new Change.PutPromise(
              pending,
              pending.settled(
                  new PromiseState.Settled(PromiseRecord.State.RESOLVED, Value.EMPTY, 9))));
    }
    damage(
        "UPDATE promises SET tags = '' WHERE id = 'r'",
        "UPDATE promises SET param_headers = '{' WHERE id = 'bad'");
    while (!storage.removeSettled(10, 2).isRoundOver()) {}
    assertThat(rowsOf("promises WHERE id IN ('r', 'r.1', 'bad')")).isEqualTo(3);
    assertThat(rowsOf("promises WHERE id = 'old'")).isZero();
  }
}
