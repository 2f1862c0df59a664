package dev.baton.server.storage.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.baton.core.Change;
import dev.baton.core.Promise;
import dev.baton.core.PromiseState;
import dev.baton.core.RuleSet;
import dev.baton.core.Task;
import dev.baton.core.TaskState;
import dev.baton.protocol.PromiseRecord;
import dev.baton.protocol.Value;
import dev.baton.server.storage.Storage;
import dev.baton.server.storage.StorageContract;
import dev.baton.server.storage.StorageException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
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
}
